import { chmod, mkdir, mkdtemp, readdir, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Gone, NotFound, TooLarge, Unavailable } from '../../src/errors.ts';
import { FilesystemStore } from '../../src/store/filesystem.ts';
import { contract } from './contract.ts';

const folders: string[] = [];
async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'tidings-store-'));
  folders.push(made);
  return made;
}
afterAll(() => Promise.all(folders.map((made) => rm(made, { recursive: true }))));

contract('filesystem', async () => new FilesystemStore(await folder()));

describe('a folder as a store', () => {
  test.each(['../out', 'a/../../out', '/etc/passwd', 'a//b', '.', 'a/./b', 'a\0b', 'a\\..\\b', ''])(
    'the key %j never leaves the folder',
    async (key) => {
      const store = new FilesystemStore(await folder());
      await expect(store.put(key, 'x')).rejects.toThrow(NotFound);
      await expect(store.get(key)).rejects.toThrow(NotFound);
    },
  );

  test('a file that is being written is neither listed nor left behind', async () => {
    const root = await folder();
    const store = new FilesystemStore(root);
    await writeFile(join(root, '.tidings-00000000-0000-4000-8000-000000000000'), 'half');
    await store.put('a', 'whole');
    expect((await store.list('')).objects.map(({ key }) => key)).toEqual(['a']);
    expect((await readdir(root)).filter((name) => name !== 'a')).toHaveLength(1);
  });

  test('a write that fails says which file and why, and leaves what was there', async () => {
    const root = await folder();
    const store = new FilesystemStore(root);
    await store.put('a/b', 'old');
    const failure = await store.put('a', 'new').catch((error) => error);
    expect(failure).toBeInstanceOf(Unavailable);
    expect(failure.message).toContain(join(root, 'a'));
    expect(failure.cause).toBeInstanceOf(Error);
    expect(Buffer.from((await store.get('a/b')).body).toString()).toBe('old');
    expect(await readdir(root)).toEqual(['a']);
  });

  test('a folder deleted between two writes is made again', async () => {
    const root = await folder();
    const store = new FilesystemStore(root);
    await store.put('tags/a/feed.rss', '1');
    await rm(join(root, 'tags'), { recursive: true });
    await store.put('tags/a/feed.rss', '2');
    expect((await store.get('tags/a/feed.rss')).size).toBe(1);
  });

  test('a file that is too large is refused unread, and can be told from others', async () => {
    const root = await folder();
    const store = new FilesystemStore(root);
    const size = 5 * 2 ** 30;
    await writeFile(join(root, 'large'), '');
    await truncate(join(root, 'large'), size);
    await expect(store.get('large')).rejects.toThrow(TooLarge);
    await expect(store.get('large')).rejects.toThrow(`${join(root, 'large')} is ${size} bytes`);
    const { etag, ...head } = await store.head('large');
    expect(head).toMatchObject({ size });
    await truncate(join(root, 'large'), size + 1);
    expect((await store.head('large')).etag).not.toBe(etag);
  });

  test('a folder that does not exist is NotFound to list, and says so', async () => {
    const store = new FilesystemStore(join(await folder(), 'none'));
    await expect(store.list('')).rejects.toThrow(/none/);
  });

  test('a folder that was there and is gone is Gone: what it held does not count as deleted', async () => {
    const root = await folder();
    const store = new FilesystemStore(root);
    await store.put('a', '1');
    await rm(root, { recursive: true });
    await expect(store.get('a')).rejects.toThrow(Gone);
    await expect(store.get('a')).rejects.toThrow(`${root} is gone`);
    await expect(store.list('')).rejects.toThrow(Gone);
    // One that is written to is made.
    await store.put('b', '1');
    await expect(store.get('a')).rejects.toThrow(NotFound);
  });

  test('links are followed, but never in a circle or to nothing', async () => {
    const root = await folder();
    const other = await folder();
    await writeFile(join(other, 'post.md'), 'x');
    await mkdir(join(root, 'in'));
    await symlink(other, join(root, 'linked'));
    await symlink(root, join(root, 'in', 'circle'));
    await symlink(join(root, 'nowhere'), join(root, 'dangling.md'));
    const store = new FilesystemStore(root);
    expect((await store.list('')).objects.map(({ key }) => key)).toEqual(['linked/post.md']);
  });

  test('a folder that may not be entered is not one without posts, nor a link into it none', async () => {
    const root = await folder();
    const other = await folder();
    await chmod(root, 0o755);
    await mkdir(join(root, 'in'));
    await writeFile(join(root, 'in', 'a.md'), 'x');
    await symlink(join(other, 'b.md'), join(root, 'b.md'));
    await chmod(join(root, 'in'), 0o444);
    const isRoot = process.getuid?.() === 0;
    if (isRoot) process.seteuid!('nobody');
    try {
      const store = new FilesystemStore(root);
      await expect(store.list('')).rejects.toThrow(`${join(root, 'in')}/: permission denied`);
      expect((await store.list('b')).objects).toEqual([{ key: 'b.md' }]);
      await expect(store.get('b.md')).rejects.toThrow('b.md: permission denied');
    } finally {
      if (isRoot) process.seteuid!(0);
      await chmod(join(root, 'in'), 0o755);
    }
  });

  test('names to be skipped are not part of the store', async () => {
    const root = await folder();
    await mkdir(join(root, 'node_modules'));
    await writeFile(join(root, 'node_modules', 'a.md'), 'x');
    await writeFile(join(root, 'b.md'), 'x');
    const store = new FilesystemStore(root, (name) => name === 'node_modules');
    expect((await store.list('')).objects.map(({ key }) => key)).toEqual(['b.md']);
  });
});
