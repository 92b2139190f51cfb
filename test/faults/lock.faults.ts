import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lockName } from '../../src/store/filesystem.ts';
import { folderWith, put, tidings } from '../cli/terminal.ts';
import { writeBlog } from './blog-folder.ts';

test('the lock of another machine that does not renew it is taken over after 20 seconds', async () => {
  const [posts, out] = [writeBlog(folderWith({}), 3), folderWith({})];
  put(out, lockName, 'elsewhere 1 x');
  const begun = performance.now();
  const { status, err } = await tidings('build', posts, '--out', out);
  expect(performance.now() - begun).toBeGreaterThan(20_000);
  expect(status).toBe(0);
  expect(err).toBe(
    `another build writes to ${out}: waiting for it, or until you delete ${join(out, lockName)}\n`,
  );
  expect(existsSync(join(out, lockName))).toBe(false);
});
