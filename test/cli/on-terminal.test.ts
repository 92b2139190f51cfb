import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { post } from '../blog.ts';
import { folderWith, put } from './terminal.ts';

/** The commands as people run them: on a terminal, which util-linux's `script` makes. */
const script = '/usr/bin/script';
const hasScript = existsSync(script) && isUtilLinux();
if (!hasScript) console.log('skipped: there is no script(1) of util-linux here to make a terminal');

const root = join(import.meta.dirname, '../..');
const soon = { timeout: 10_000, interval: 10 };
const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

/** ECMA-48, RM with a private mode: the cursor hidden, lines not wrapped. A killed process cannot take it back. */
const modeLeft = /\u001b\[\?\d+l/;

/** `tidings ARGS` on a terminal: what it shows there, and its exit status. */
function onTerminal(main: string, ...args: string[]) {
  const line = [process.execPath, join(root, main), ...args].map((arg) => `'${arg}'`).join(' ');
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
    put(folder, `posts/${nth}.md`, post({ title: `P${nth}`, date: '2024-01-01', tags: ['x'] }));
  return folder;
}

describe.skipIf(!hasScript)('on a terminal', () => {
  describe.each(['src/cli/main.ts', 'dist/cli/main.mjs'])('%s', (main) => {
    test('build shows a bar for posts and feeds, takes it away, and tells what it did', async () => {
      const folder = writeBlog(50);
      const { shown, ended } = onTerminal(main, 'build', `${folder}/posts`, '--out', `${folder}/o`);
      expect(await ended, shown.text).toBe(0);
      expect(shown.text).toMatch(/posts [█░]+ \d+ of 50/);
      expect(shown.text).toMatch(/feeds [█░]+ \d+ of \d+/);
      expect(shown.text).toMatch(/posts +50 read: 50 live/);
      expect(shown.text).not.toMatch(modeLeft);
    });

    test('build ends, and leaves the terminal as it was, when the posts go away meanwhile', async () => {
      const folder = writeBlog(3000);
      const { shown, ended } = onTerminal(main, 'build', `${folder}/posts`, '--out', `${folder}/o`);
      await vi.waitFor(() => expect(shown.text).toMatch(/posts [█░]+ [1-9]\d* of 3000/), soon);
      renameSync(`${folder}/posts`, `${folder}/moved`);
      expect(await ended, shown.text).not.toBe(0);
      expect(shown.text).toMatch(/posts is gone: bring it back/);
      expect(shown.text).not.toMatch(modeLeft);
    });

    test('build ends at once, and leaves the terminal as it was, when it is interrupted', async () => {
      const folder = writeBlog(3000);
      const args = ['build', `${folder}/posts`, '--out', `${folder}/o`];
      const { shown, ended, type } = onTerminal(main, ...args);
      await vi.waitFor(() => expect(shown.text).toMatch(/posts [█░]+ [1-9]\d* of 3000/), soon);
      type('\u0003');
      expect(await ended, shown.text).toBe(130);
      expect(shown.text).not.toMatch(/posts +\d+ read/);
      expect(shown.text).not.toMatch(modeLeft);
    });

    test('serve ends at once when it is interrupted while it builds', async () => {
      const args = ['serve', `${writeBlog(3000)}/posts`, '--port', '0'];
      const { shown, ended, type } = onTerminal(main, ...args);
      await vi.waitFor(() => expect(shown.text).toMatch(/posts [█░]+ [1-9]\d* of 3000/), soon);
      type('\u0003');
      expect(await ended, shown.text).toBe(130);
      expect(shown.text).not.toContain('every feed is listed');
      expect(shown.text).not.toMatch(modeLeft);
    });

    test('serve ends well when it is interrupted', async () => {
      const args = ['serve', `${writeBlog(5)}/posts`, '--port', '0'];
      const { shown, ended, type } = onTerminal(main, ...args);
      await vi.waitFor(() => expect(shown.text).toMatch(/every feed is listed at http/), soon);
      type('\u0003');
      expect(await ended, shown.text).toBe(0);
    });

    test('serve shows the bar, then where the feeds are', async () => {
      const { shown } = onTerminal(main, 'serve', `${writeBlog(50)}/posts`, '--port', '0');
      await vi.waitFor(() => expect(shown.text).toMatch(/every feed is listed at http/), soon);
      expect(shown.text).toMatch(/posts [█░]+ \d+ of 50/);
      expect(shown.text).not.toMatch(modeLeft);
    });

    test('serve ends where the site file is invalid', async () => {
      const folder = writeBlog(1);
      put(folder, 'posts/tidings.yml', 'url: nonsense\n');
      const { shown, ended } = onTerminal(main, 'serve', `${folder}/posts`, '--port', '0');
      expect(await ended).toBe(2);
      expect(shown.text).toMatch(/tidings\.yml: line 1: url: /);
    });

    test('sync shows the bar', async () => {
      const folder = writeBlog(50);
      const places = ['--out', `${folder}/o`, '--state', `${folder}/s`];
      const { shown, ended } = onTerminal(main, 'sync', `${folder}/posts`, ...places);
      expect(await ended, shown.text).toBe(0);
      expect(shown.text).toMatch(/compared [█░]+ \d+ of \d+/);
      expect(shown.text).not.toMatch(modeLeft);
    });
  });
});
