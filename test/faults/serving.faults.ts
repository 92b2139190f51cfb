import { spawnSync } from 'node:child_process';
import { appendFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { post } from '../blog.ts';
import { folderWith } from '../cli/terminal.ts';
import { nthPost, put, startWithin, writeBlog } from './blog-folder.ts';
import { type SmallDisk, smallDisk, whyNoDisk } from './small-disk.ts';

const why = whyNoDisk();
if (why) console.log(`skipped, for no disk can be mounted here: ${why}`);

const ends: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});
const soon = { timeout: 10_000, interval: 50 };

/** `npm start -- POSTS` in a process of its own. */
async function served(posts: string, within: string[] = []) {
  const { child, ended, said } = startWithin(within, 'serve', posts, '--port', '0');
  ends.push(() => {
    child.kill('SIGKILL');
    return ended;
  });
  let out = '';
  child.stdout!.on('data', (text) => {
    out += text;
  });
  const address = await vi.waitFor(() => /http:\S+(?=\/\n)/.exec(out)![0], soon);
  const titles = async (path = '/feed.json') => {
    const { items } = (await (await fetch(address + path)).json()) as {
      items: { title: string }[];
    };
    return items.map(({ title }) => title);
  };
  return { child, titles, said };
}

test('a server that was suspended takes up what changed meanwhile, and what came due', async () => {
  const posts = writeBlog(folderWith({}), 10);
  const at = new Date(Date.now() + 4000).toISOString();
  put(posts, 'later.md', post({ title: 'Later', date: at, tags: ['z'] }));
  const { child, titles } = await served(posts);
  child.kill('SIGSTOP');
  put(posts, 'new.md', post({ title: 'New', date: '2025-01-01', tags: ['t1'] }));
  put(posts, 'p1.md', post({ title: 'Edited', date: '2024-06-01', tags: ['t1'] }));
  rmSync(join(posts, 'p9.md'));
  await sleep(5000);
  child.kill('SIGCONT');
  await vi.waitFor(
    async () => expect(await titles()).toEqual(['Later', 'New', 'Edited', 'P8', 'P7']),
    soon,
  );
  expect(await titles('/tags/t1/feed.json')).toEqual(['New', 'Edited']);
});

test('a folder among the posts that is exchanged is watched again', async () => {
  const posts = writeBlog(join(folderWith({}), 'posts'), 3);
  put(posts, 'in/a.md', post({ title: 'A', date: '2025-01-01' }));
  put(posts, '../other/b.md', post({ title: 'B', date: '2025-01-02' }));
  const { titles } = await served(posts);
  await vi.waitFor(async () => expect(await titles()).toContain('A'), soon);
  await sleep(500);
  renameSync(join(posts, 'in'), join(posts, '../gone'));
  renameSync(join(posts, '../other'), join(posts, 'in'));
  const later = { ...soon, timeout: 25_000 };
  const now = ['B', 'P2', 'P1', 'P0'];
  await vi.waitFor(async () => expect(await titles()).toEqual(now), later);
  for (const title of ['Once', 'Twice']) {
    put(posts, 'in/b.md', post({ title, date: '2025-01-02' }));
    await vi.waitFor(async () => expect(await titles()).toContain(title), later);
  }
});

const limit = '/proc/sys/user/max_inotify_watches';
const canLimit = spawnSync('unshare', [
  '--user',
  '--map-root-user',
  'sh',
  '-c',
  `echo 9 > ${limit}`,
]);
if (canLimit.status !== 0)
  console.log(`skipped, for no limit of watches can be set here: ${canLimit.stderr}`);

test.skipIf(canLimit.status !== 0)(
  'a server that may watch few files says so once, and looks for changes',
  async () => {
    const posts = writeBlog(folderWith({}), 30);
    const { titles, said } = await served(posts, [
      ...['unshare', '--user', '--map-root-user'],
      ...['sh', '-c', `echo 9 > ${limit}; exec "$@"`, 'sh'],
    ]);
    await vi.waitFor(() => expect(said()).toMatch(/looking for them instead: ENOSPC/), soon);
    for (const [nth, title] of ['Once', 'Twice'].entries()) {
      put(posts, 'p1.md', post({ title, date: '2025-01-01' }));
      put(posts, `sub/${nth}.md`, post({ title: `New ${nth}`, date: '2025-01-02' }));
      const now = expect.arrayContaining([title, `New ${nth}`]);
      await vi.waitFor(async () => expect(await titles()).toEqual(now), soon);
    }
    expect(said().match(/ENOSPC/g)).toHaveLength(1);
  },
);

describe.skipIf(why)('a server whose posts are on a full disk', () => {
  test('goes on, and shows posts as they are when there is room again', async () => {
    const disk: SmallDisk = smallDisk('size=200k');
    ends.push(disk.remove);
    const posts = writeBlog(join(disk.folder, 'posts'), 10);
    const { titles } = await served(posts);
    expect(await titles()).toHaveLength(5);
    // An editor that truncates before it writes, as most do: what does not fit is lost, and the post is cut.
    const fill = join(disk.folder, 'fill');
    expect(() => {
      for (;;) appendFileSync(fill, 'x'.repeat(4096));
    }).toThrow(/ENOSPC/);
    expect(() =>
      writeFileSync(join(posts, 'p9.md'), nthPost(9, 'Much more. '.repeat(1000))),
    ).toThrow(/ENOSPC/);
    await sleep(500);
    expect((await titles()).length).toBeGreaterThan(3);
    rmSync(fill);
    put(posts, 'p9.md', post({ title: 'Whole again', date: '2025-01-01' }));
    await vi.waitFor(async () => expect((await titles())[0]).toBe('Whole again'), soon);
  });
});
