import { execSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderWith, tidings } from './terminal.ts';

const feed = '{"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": []}';

test('check writes a line for each target', async () => {
  const folder = folderWith({ 'a.json': feed, 'b.json': feed });
  const { status, out } = await tidings('check', join(folder, 'a.json'), join(folder, 'b.json'));
  expect(status).toBe(0);
  expect(out).toMatch(/^.*a\.json: JSON Feed 1\.1.*\n.*b\.json: JSON Feed 1\.1.*\n$/s);
});

test('a reader that stops reading is no error', () => {
  const command = `"${process.execPath}" src/cli/main.ts --help | head -n 1`;
  const out = execSync(`bash -o pipefail -c '${command}' 2>&1`, { encoding: 'utf8' });
  expect(out).toBe('Usage: tidings [options] [command]\n');
});
