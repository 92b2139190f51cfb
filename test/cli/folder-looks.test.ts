import { chmodSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderLooks } from '../../src/cli/folder-looks.ts';
import { FilesystemStore } from '../../src/store/filesystem.ts';
import { folderWith, put } from './terminal.ts';

const three = { 'a.md': 'a', 'in/b.md': 'b', 'c.txt': 'c' };

/** Does something as one who may not read everything, as root may. */
function asOther(work: () => void): void {
  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.seteuid!('nobody');
  try {
    work();
  } finally {
    if (isRoot) process.seteuid!(0);
  }
}

test('a look finds the posts that came, changed and went since the last that was taken up', () => {
  const folder = folderWith(three);
  const looks = folderLooks(new FilesystemStore(folder));
  expect(looks.find().keys).toEqual([]);
  put(folder, 'a.md', 'longer');
  put(folder, 'new/d.md', 'd');
  put(folder, 'c.txt', 'longer');
  rmSync(join(folder, 'in/b.md'));
  expect(looks.find().keys.sort()).toEqual(['a.md', 'in/b.md', 'new/d.md']);
  expect(looks.find().keys).toHaveLength(3);
  looks.takeUp();
  expect(looks.find().keys).toEqual([]);
  looks.forget('a.md');
  expect(looks.find().keys).toEqual(['a.md']);
  rmSync(join(folder, 'a.md'));
  expect(looks.find().keys).toEqual(['a.md']);
});

test('it tells how long the folder has been as it is', async () => {
  const folder = folderWith(three);
  const looks = folderLooks(new FilesystemStore(folder));
  await new Promise((done) => setTimeout(done, 50));
  expect(looks.find().sameFor).toBeGreaterThanOrEqual(49);
  put(folder, 'a.md', 'longer');
  expect(looks.find().sameFor).toBe(0);
});

test('what is in a folder that may not be entered is not gone, and the rest is found', () => {
  const folder = folderWith(three);
  const other = folderWith({ 'e.md': 'e' });
  chmodSync(folder, 0o755);
  const looks = folderLooks(new FilesystemStore(folder));
  put(folder, 'a.md', 'longer');
  mkdirSync(join(folder, 'locked'));
  chmodSync(join(folder, 'in'), 0);
  chmodSync(join(folder, 'locked'), 0);
  // Where one may not look.
  symlinkSync(join(other, 'e.md'), join(folder, 'e.md'));
  asOther(() => {
    const { keys, failures } = looks.find();
    expect(keys).toEqual(['a.md']);
    expect(failures.map(({ message }) => message).sort()).toEqual([
      expect.stringMatching(/^cannot list .*in\/: permission denied/),
      expect.stringMatching(/^cannot list .*locked\/: permission denied/),
      expect.stringMatching(/^cannot read e\.md: permission denied/),
    ]);
    looks.takeUp();
    expect(looks.find().keys).toEqual([]);
  });
  chmodSync(join(folder, 'in'), 0o755);
  rmSync(join(folder, 'in/b.md'));
  expect(looks.find().keys.sort()).toEqual(['e.md', 'in/b.md']);
});
