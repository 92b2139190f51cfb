import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { post } from '../blog.ts';
import { commandLine, folderWith, put } from './terminal.ts';

/** The commands as people run them: on a terminal, which util-linux's `script` makes. */
const script = '/usr/bin/script';
const hasScript = existsSync(script) && isUtilLinux();
if (!hasScript) console.log('skipped: there is no script(1) of util-linux here to make a terminal');

const soon = { timeout: 10_000, interval: 10 };
const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

/** The cursor hidden, lines not wrapped, which a killed process cannot take back; a place kept, where others write meanwhile. */
const modeLeft = /\u001b(\[\?\d+l|7|8)/;

/** `tidings ARGS` on a terminal: what it shows there, and its exit status. */
function onTerminal(...args: string[]) {
  return nodeOnTerminal(commandLine, ...args);
}

function nodeOnTerminal(...args: string[]) {
  const line = [process.execPath, ...args].map((arg) => `'${arg}'`).join(' ');
  const child = spawn(script, ['--return', '--quiet', '--command', `exec ${line}`, '/dev/null']);
  running.push(child);
  const shown = { text: '' };
  child.stdout.on('data', (text) => {
    shown.text += text;
  });
  const ended = once(child, 'close').then(([status]) => status as number);
  return { shown, ended, type: (keys: string) => child.stdin.write(keys) };
}

function isUtilLinux(): boolean {
  return String(execFileSync(script, ['--version'])).includes('util-linux');
}

function writeBlog(posts: number): string {
  const folder = folderWith({ 'posts/tidings.yml': 'url: https://blog.example\n' });
  for (let nth = 0; nth < posts; nth++)
    put(
      folder,
      `posts/${nth}.md`,
      post({ title: `P${nth}`, date: '2024-01-01', tags: [`t${nth % 40}`] }),
    );
  return folder;
}

describe.skipIf(!hasScript)('on a terminal', () => {
  test('build shows a bar for posts and feeds, takes it away, and tells what it did', async () => {
    const folder = writeBlog(50);
    const { shown, ended } = onTerminal('build', `${folder}/posts`, '--out', `${folder}/o`);
    expect(await ended, shown.text).toBe(0);
    expect(shown.text).toMatch(/posts [█░]+ \d+ of 50/);
    expect(shown.text).toMatch(/feeds [█░]+ \d+ of \d+/);
    expect(shown.text).toMatch(/posts +50 read: 50 live/);
    expect(shown.text).not.toMatch(modeLeft);
  });

  test('each bar ends full', async () => {
    const folder = writeBlog(50);
    const { shown, ended } = onTerminal('build', `${folder}/posts`, '--out', `${folder}/o`);
    expect(await ended, shown.text).toBe(0);
    for (const phase of ['posts', 'feeds']) {
      const bars = shown.text.matchAll(new RegExp(`${phase} [█░]+ (\\d+) of (\\d+)`, 'g'));
      const [, done, total] = [...bars].at(-1)!;
      expect(done).toBe(total);
    }
  });

  test('no bar is begun by what goes on beside work that failed', async () => {
    const module = JSON.stringify(join(import.meta.dirname, '../../src/cli/progress.ts'));
    const code = `const { withProgress } = await import(${module});
      let late;
      const failing = withProgress(async (show) => { late = show; throw new Error("failed"); });
      await failing.catch(() => {});
      late({ phase: "late", done: 1, total: 2 });`;
    const { shown, ended } = nodeOnTerminal('--input-type=module', '--eval', code);
    expect(await ended, shown.text).toBe(0);
    expect(shown.text).not.toContain('late');
  });

  test('build ends, and leaves the terminal as it was, when the posts go away meanwhile', async () => {
    const folder = writeBlog(3000);
    const { shown, ended } = onTerminal('build', `${folder}/posts`, '--out', `${folder}/o`);
    await vi.waitFor(() => expect(shown.text).toMatch(/posts [█░]+ [1-9]\d* of 3000/), soon);
    renameSync(`${folder}/posts`, `${folder}/moved`);
    expect(await ended, shown.text).not.toBe(0);
    expect(shown.text).toMatch(/posts is gone: bring it back/);
    expect(shown.text).not.toMatch(modeLeft);
  });

  test('build ends at once, and leaves the terminal as it was, when it is interrupted', async () => {
    const folder = writeBlog(3000);
    const args = ['build', `${folder}/posts`, '--out', `${folder}/o`];
    const { shown, ended, type } = onTerminal(...args);
    await vi.waitFor(() => expect(shown.text).toMatch(/posts [█░]+ [1-9]\d* of 3000/), soon);
    type('\u0003');
    expect(await ended, shown.text).toBe(130);
    expect(shown.text).not.toMatch(/posts +\d+ read/);
    expect(shown.text).not.toMatch(modeLeft);
  });

  test('serve ends at once when it is interrupted while it builds', async () => {
    const args = ['serve', `${writeBlog(3000)}/posts`, '--port', '0'];
    const { shown, ended, type } = onTerminal(...args);
    await vi.waitFor(() => expect(shown.text).toMatch(/posts [█░]+ [1-9]\d* of 3000/), soon);
    type('\u0003');
    expect(await ended, shown.text).toBe(130);
    expect(shown.text).not.toContain('every feed is listed');
    expect(shown.text).not.toMatch(modeLeft);
  });

  test('serve ends well when it is interrupted', async () => {
    const args = ['serve', `${writeBlog(5)}/posts`, '--port', '0'];
    const { shown, ended, type } = onTerminal(...args);
    await vi.waitFor(() => expect(shown.text).toMatch(/every feed is listed at http/), soon);
    type('\u0003');
    expect(await ended, shown.text).toBe(0);
  });

  test('serve shows the bar, then where the feeds are', async () => {
    const { shown } = onTerminal('serve', `${writeBlog(50)}/posts`, '--port', '0');
    await vi.waitFor(() => expect(shown.text).toMatch(/every feed is listed at http/), soon);
    expect(shown.text).toMatch(/posts [█░]+ \d+ of 50/);
    expect(shown.text).not.toMatch(modeLeft);
  });

  test('serve ends where the site file is invalid', async () => {
    const folder = writeBlog(1);
    put(folder, 'posts/tidings.yml', 'url: nonsense\n');
    const { shown, ended } = onTerminal('serve', `${folder}/posts`, '--port', '0');
    expect(await ended).toBe(2);
    expect(shown.text).toMatch(/tidings\.yml: line 1: url: /);
  });

  test('sync shows the bar', async () => {
    const folder = writeBlog(50);
    const places = ['--out', `${folder}/o`, '--state', `${folder}/s`];
    const { shown, ended } = onTerminal('sync', `${folder}/posts`, ...places);
    expect(await ended, shown.text).toBe(0);
    expect(shown.text).toMatch(/compared [█░]+ \d+ of \d+/);
    expect(shown.text).not.toMatch(modeLeft);
  });
});
