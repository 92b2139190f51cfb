import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { filesIn, nthPost, put, writeBlog } from '../faults/blog-folder.ts';
import { differences } from '../faults/killed.ts';
import { folderWith, tidings } from './terminal.ts';

/** Files that are empty or cut off, as a machine that lost its power may leave what it wrote last. */

async function built() {
  const folder = folderWith({});
  const [out, state] = [join(folder, 'out'), join(folder, 'state')];
  const posts = writeBlog(join(folder, 'posts'), 8);
  const args = [posts, '--out', out, '--state', state];
  await tidings('build', ...args);
  // An edit, so that there is something to do.
  put(posts, 'p1.md', nthPost(1, 'Edited.'));
  const fresh = join(folder, 'fresh');
  await tidings('build', posts, '--out', fresh);
  return { out, state, args, fresh: filesIn(fresh) };
}

describe('files that are cut off', () => {
  const tear = (folder: string, match: RegExp, part = 0.5) => {
    for (const [name, { length }] of filesIn(folder))
      if (match.test(name)) truncateSync(join(folder, name), Math.floor(length * part));
  };

  test('among the feeds are written anew', async () => {
    const { out, args, fresh } = await built();
    tear(out, /./);
    expect((await tidings('build', ...args)).status).toBe(0);
    expect(differences(filesIn(out), fresh)).toEqual([]);
  });

  test('among the feeds are written anew where no post has changed', async () => {
    const { out, args, fresh } = await built();
    await tidings('build', ...args);
    tear(out, /./);
    expect((await tidings('build', ...args)).status).toBe(0);
    expect(differences(filesIn(out), fresh)).toEqual([]);
  });

  test('among the rows of the directory are made anew', async () => {
    const { out, state, args, fresh } = await built();
    tear(state, /^terms\//);
    const { status, err } = await tidings('build', ...args);
    expect([status, err]).toEqual([0, '']);
    expect(differences(filesIn(out), fresh)).toEqual([]);
  });

  test.each([0, 0.5])(
    'anywhere in the state, with %d left, are named, and mended by sync --repair',
    async (part) => {
      const { out, state, args, fresh } = await built();
      tear(state, /./, part);
      const { status, err } = await tidings('build', ...args);
      expect(status).toBe(1);
      expect(err).toMatch(/p1\.md: .*--repair/);
      expect((await tidings('sync', ...args, '--repair')).status).toBe(0);
      expect((await tidings('build', ...args)).status).toBe(0);
      expect(differences(filesIn(out), fresh)).toEqual([]);
    },
  );
});
