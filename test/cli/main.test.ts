import { execSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { post } from '../blog.ts';
import { commandLine, folderWith, tidings } from './terminal.ts';

const feed = '{"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": []}';

test('check writes a line for each target', async () => {
  const folder = folderWith({ 'a.json': feed, 'b.json': feed });
  const { status, out } = await tidings('check', join(folder, 'a.json'), join(folder, 'b.json'));
  expect(status).toBe(0);
  expect(out).toMatch(/^.*a\.json: JSON Feed 1\.1.*\n.*b\.json: JSON Feed 1\.1.*\n$/s);
});

test('tells its version', async () => {
  const { status, out } = await tidings('--version');
  expect(out).toBe(`${JSON.parse(readFileSync('package.json', 'utf8')).version}\n`);
  expect(status).toBe(0);
});

test('says which Node it needs, under an older one', () => {
  const older = `Object.defineProperty(process, 'versions', { value: { node: '20.20.2' } })`;
  const args = ['--import', `data:text/javascript,${older}`, commandLine, '--version'];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect([status, stderr]).toEqual([2, expect.stringMatching(/needs Node\.js 24 or newer/)]);
});

test('a reader that stops reading is no error', () => {
  const command = `"${process.execPath}" src/cli/main.ts --help | head -n 1`;
  const out = execSync(`bash -o pipefail -c '${command}' 2>&1`, { encoding: 'utf8' });
  expect(out).toBe('Usage: tidings [options] [command]\n');
});

// Linux's device that is always full.
test.skipIf(!existsSync('/dev/full'))('a full disk under what is printed stops no build', () => {
  const posts = folderWith({ 'a.md': post({ title: 'A', date: '2024-03-01' }) });
  const built = (redirected: string) => {
    const out = join(folderWith({}), 'out');
    const command = `"${process.execPath}" src/cli/main.ts build ${posts} --out ${out} ${redirected}`;
    const { status, stderr } = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
    expect(readFileSync(join(out, 'feed.rss'), 'utf8')).toContain('<title>A</title>');
    expect(existsSync(join(out, '.tidings-lock'))).toBe(false);
    return { status, stderr };
  };
  const { status, stderr } = built('>/dev/full');
  expect(status).toBe(1);
  expect(stderr).toMatch(/^what is printed here is cut off: ENOSPC.*\n$/);
  expect(built('2>/dev/full').status).toBe(0);
});
