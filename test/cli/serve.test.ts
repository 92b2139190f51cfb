import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Serving, serveBlog } from '../../src/cli/serve.ts';
import { post } from '../blog.ts';
import { asNobody, commandLine, folderWith, put, tidings } from './terminal.ts';

const running: Serving[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.close();
});

/** Serves a folder on a free port and keeps what is printed. */
async function served(
  folder: string | undefined,
  { onOut = () => {}, site }: { onOut?(text: string): void; site?: string } = {},
) {
  const said = { out: '', err: '' };
  const serving = await serveBlog(
    folder,
    { port: 0, host: '127.0.0.1', ...(site && { site }) },
    {
      out: (text) => {
        said.out += text;
        onOut(text);
      },
      err: (text) => {
        said.err += text;
      },
    },
  );
  running.push(serving);
  const titles = async (path: string) => {
    const response = await fetch(serving.address + path);
    if (response.status !== 200) return response.status;
    return ((await response.json()) as { items: { title: string }[] }).items.map(
      ({ title }) => title,
    );
  };
  return { said, titles, address: serving.address };
}

const site = 'url: https://blog.example\ntitle: The Blog\n';
const two = {
  'tidings.yml': `${site}entries: 50\n`,
  'one.md': post({ title: 'One', date: '2024-03-01', tags: ['x'] }),
  'two.md': post({ title: 'Two', date: '2024-03-02', tags: ['y'] }),
};
const soon = { timeout: 5000, interval: 20 };

type Titles = Awaited<ReturnType<typeof served>>['titles'];

/** An edit, and one more, are shown: the folder is watched. */
async function editIsSeen(folder: string, titles: Titles, name = 'one.md'): Promise<void> {
  for (const title of ['One, edited', 'One, again']) {
    put(folder, name, post({ title, date: '2024-03-01' }));
    await vi.waitFor(async () => expect(await titles('/feed.json')).toContain(title), soon);
  }
}

describe('tidings serve', () => {
  test('without a folder serves the example posts, and lists every feed', async () => {
    const { said, address } = await served(undefined);
    expect(said.out).toMatch(/\d+ live/);
    expect(said.out).toMatch(/\d+ feeds in 3 formats, \d+ problems?/);
    // Every page and feed that can be reached from there.
    const seen = new Set([`${address}/`]);
    for (const at of seen) {
      const response = await fetch(at);
      expect(response.status, at).toBe(200);
      if (!response.headers.get('content-type')?.startsWith('text/html')) continue;
      for (const [, href] of (await response.text()).matchAll(/href="([^"]+)"/g)) {
        const link = new URL(href!, at);
        if (link.origin === address) seen.add(link.href.replace(/#.*/, ''));
      }
    }
    expect(seen.size).toBeGreaterThan(120);
  });

  test('refreshes what a changed, new or deleted file touches', async () => {
    const folder = folderWith(two);
    const { said, titles } = await served(folder);
    expect(await titles('/feed.json')).toEqual(['Two', 'One']);
    put(folder, 'one.md', post({ title: 'One, edited', date: '2024-03-01', tags: ['x'] }));
    await vi.waitFor(
      async () => expect(await titles('/tags/x/feed.json')).toEqual(['One, edited']),
      soon,
    );
    // The site's in three formats, x's with its page, and that of all feeds; y's were not looked at.
    await vi.waitFor(
      () => expect(said.out).toMatch(/one\.md: 8 documents of 3 feeds refreshed in \d+ ms\n/),
      soon,
    );
    put(folder, 'sub/three.md', post({ title: 'Three', date: '2024-03-03', tags: ['x'] }));
    await vi.waitFor(
      async () => expect(await titles('/tags/x/feed.json')).toEqual(['Three', 'One, edited']),
      soon,
    );
    rmSync(join(folder, 'two.md'));
    await vi.waitFor(
      async () => expect(await titles('/feed.json')).toEqual(['Three', 'One, edited']),
      soon,
    );
    expect(await titles('/tags/y/feed.json')).toEqual([]);
  });

  test('takes up what changes while it starts', async () => {
    const folder = folderWith(two);
    let isStarting = true;
    const starting = served(folder).finally(() => {
      isStarting = false;
    });
    const written: string[] = [];
    while (isStarting) {
      const title = `N${written.length}`;
      written.push(title);
      put(folder, `${title}.md`, post({ title, date: '2024-04-01', tags: [title] }));
      await turn();
    }
    const { titles } = await starting;
    expect(written.length).toBeGreaterThan(5);
    const shown = () => Promise.all(written.map((title) => titles(`/tags/${title}/feed.json`)));
    await vi.waitFor(
      async () => expect(await shown()).toEqual(written.map((title) => [title])),
      soon,
    );
  });

  test('takes up what changes as it says that it is ready', async () => {
    const folder = folderWith(two);
    const onOut = (text: string) => {
      if (!text.includes('feeds in 3 formats')) return;
      put(folder, 'one.md', post({ title: 'One, edited', date: '2024-03-01', tags: ['x'] }));
      put(folder, 'three.md', post({ title: 'Three', date: '2024-03-03', tags: ['x'] }));
      rmSync(join(folder, 'two.md'));
      put(folder, 'tidings.yml', 'url: https://blog.example\ntitle: Renamed\n');
    };
    const { titles, address } = await served(folder, { onOut });
    await vi.waitFor(
      async () => expect(await titles('/feed.json')).toEqual(['Three', 'One, edited']),
      soon,
    );
    const feed = async () => (await fetch(`${address}/tags/x/feed.rss`)).text();
    await vi.waitFor(async () => expect(await feed()).toContain('Renamed'), soon);
  });

  test('takes up whole trees of folders that come, move and go', async () => {
    const folder = folderWith(two);
    const { titles } = await served(folder);
    for (let nth = 0; nth < 40; nth++) {
      put(
        folder,
        `from/${nth % 7}/${nth}/p.md`,
        post({ title: `P${nth}`, date: '2024-04-01', tags: ['p'] }),
      );
      if (nth % 5 === 0) await turn();
    }
    await sleep(30);
    renameSync(join(folder, 'from/3'), join(folder, 'to'));
    for (let nth = 0; nth < 20; nth++) {
      put(folder, `to/${nth}.md`, post({ title: `Q${nth}`, date: '2024-04-02', tags: ['q'] }));
      await sleep(nth);
    }
    rmSync(join(folder, 'from/4'), { recursive: true });
    const left = Array.from({ length: 40 }, (_, nth) => nth).filter((nth) => nth % 7 !== 4);
    const sorted = async (path: string) => [(await titles(path)) as string[]].flat().sort();
    await vi.waitFor(async () => expect(await sorted('/tags/q/feed.json')).toHaveLength(20), soon);
    await vi.waitFor(
      async () =>
        expect(await sorted('/tags/p/feed.json')).toEqual(left.map((nth) => `P${nth}`).sort()),
      soon,
    );
  });

  test('takes up a changed site file, and keeps the last good one where it is invalid', async () => {
    const folder = folderWith(two);
    const { said, address } = await served(folder);
    const feed = async () => (await fetch(`${address}/tags/x/feed.rss`)).text();
    put(folder, 'tidings.yml', 'url: https://blog.example\ntitle: Renamed\n');
    await vi.waitFor(async () => expect(await feed()).toContain('Renamed'), soon);
    put(folder, 'tidings.yml', 'url: nonsense\n');
    await vi.waitFor(() => expect(said.err).toMatch(/url/), soon);
    expect(await feed()).toContain('Renamed');
  });

  test('reports a post that became unreadable, and goes on serving what it was', async () => {
    const folder = folderWith(two);
    const { said, titles } = await served(folder);
    put(folder, 'one.md', Uint8Array.of(0, 1, 2, 255));
    await vi.waitFor(() => expect(said.err).toMatch(/one\.md/), soon);
    expect(await titles('/feed.json')).toEqual(['Two', 'One']);
  });

  test('says that the folder is gone, and keeps its feeds', async () => {
    const folder = folderWith(two);
    const { said, titles } = await served(folder);
    rmSync(folder, { recursive: true });
    await vi.waitFor(() => expect(said.err).toMatch(/is gone/), soon);
    expect(await titles('/feed.json')).toEqual(['Two', 'One']);
  });

  test('says it once, and goes on when the folder is back', async () => {
    const folder = folderWith({
      ...two,
      'later.md': post({ title: 'Later', date: new Date(Date.now() + 1500).toISOString() }),
    });
    const { said, titles } = await served(folder);
    const away = folderWith({});
    renameSync(folder, `${away}/posts`);
    await vi.waitFor(() => expect(said.err).toMatch(/is gone/), soon);
    await sleep(2500);
    expect(await titles('/feed.json')).toEqual(['Two', 'One']);
    put(`${away}/posts`, 'one.md', post({ title: 'One, edited', date: '2024-03-01' }));
    renameSync(`${away}/posts`, folder);
    const now = ['Later', 'Two', 'One, edited'];
    await vi.waitFor(async () => expect(await titles('/feed.json')).toEqual(now), soon);
    await editIsSeen(folder, titles);
    expect(said.err.match(/is gone/g)).toHaveLength(1);
  });

  test.each<[string, (folder: string, other: string) => Promise<void> | void]>([
    [
      'deleted and copied anew',
      (folder, other) => {
        rmSync(folder, { recursive: true });
        cpSync(other, folder, { recursive: true });
      },
    ],
    [
      'replaced by another',
      (folder, other) => {
        renameSync(folder, `${other}-old`);
        renameSync(other, folder);
      },
    ],
    [
      'away for an instant',
      async (folder, other) => {
        cpSync(other, folder, { recursive: true });
        renameSync(folder, `${other}-away`);
        await sleep(50);
        renameSync(`${other}-away`, folder);
      },
    ],
  ])('goes on with a folder that is %s', async (_, replace) => {
    const parent = folderWith({});
    const [folder, other] = [join(parent, 'posts'), join(parent, 'other')];
    for (const [name, text] of Object.entries(two)) put(folder, name, text);
    cpSync(folder, other, { recursive: true });
    put(other, 'three.md', post({ title: 'Three', date: '2024-03-03' }));
    const { titles } = await served(folder);
    await replace(folder, other);
    const now = ['Three', 'Two', 'One'];
    await vi.waitFor(async () => expect(await titles('/feed.json')).toEqual(now), soon);
    await sleep(1500);
    await editIsSeen(folder, titles);
  });

  test('goes on where a link leads to another folder', async () => {
    const parent = folderWith({});
    const link = join(parent, 'current');
    for (const [name, text] of Object.entries(two)) put(join(parent, '1'), name, text);
    cpSync(join(parent, '1'), join(parent, '2'), { recursive: true });
    put(join(parent, '2'), 'three.md', post({ title: 'Three', date: '2024-03-03' }));
    symlinkSync('1', link);
    const { titles } = await served(link);
    symlinkSync('2', `${link}-new`);
    renameSync(`${link}-new`, link);
    const now = ['Three', 'Two', 'One'];
    await vi.waitFor(async () => expect(await titles('/feed.json')).toEqual(now), soon);
    await editIsSeen(link, titles);
  });

  test('shows no post as gone in a folder that is filled in the place of another', async () => {
    const parent = folderWith({});
    const folder = join(parent, 'posts');
    const names = Array.from({ length: 20 }, (_, nth) => `p${nth}.md`);
    const write = async (pause: number) => {
      for (const [nth, name] of names.entries()) {
        put(folder, name, post({ title: name, date: '2024-03-01' }));
        if (pause > 0 && nth % 2 === 0) await sleep(pause);
      }
    };
    await write(0);
    const { titles } = await served(folder);
    const counts = new Set<number>();
    let isOver = false;
    const counting = (async () => {
      while (!isOver) {
        counts.add(((await titles('/feed.json')) as string[]).length);
        await sleep(5);
      }
    })();
    renameSync(folder, join(parent, 'old'));
    await write(40);
    await sleep(2500);
    isOver = true;
    await counting;
    expect([...counts]).toEqual([20]);
    await editIsSeen(folder, titles, 'p1.md');
  });

  test('hears of a post once where a link leads to the folder itself', async () => {
    const folder = folderWith(two);
    symlinkSync('.', join(folder, 'self'));
    const { titles } = await served(folder);
    await editIsSeen(folder, titles);
    await sleep(300);
    expect(await titles('/feed.json')).toEqual(['Two', 'One, again']);
  });

  test('shows no post as gone in a folder that comes back file by file', async () => {
    const folder = folderWith(two);
    const { said, titles } = await served(folder);
    rmSync(folder, { recursive: true });
    await vi.waitFor(() => expect(said.err).toMatch(/is gone/), soon);
    const seen: unknown[] = [];
    const files = { ...two, 'three.md': post({ title: 'Three', date: '2024-03-03' }) };
    for (const [name, text] of Object.entries(files)) {
      put(folder, name, text);
      for (let nth = 0; nth < 7; nth++) {
        seen.push(await titles('/feed.json'));
        await sleep(100);
      }
    }
    const [before, now] = [['Two', 'One'].join(), ['Three', 'Two', 'One'].join()];
    await vi.waitFor(async () => expect(String(await titles('/feed.json'))).toBe(now), soon);
    expect(new Set(seen.map(String)).difference(new Set([before, now]))).toEqual(new Set());
    expect(String(seen[10])).toBe(before);
  });

  test('keeps the settings while a site file elsewhere is gone, and takes up what it says then', async () => {
    const folder = folderWith(two);
    const site = join(
      folderWith({ 'site.yml': 'url: https://blog.example\ntitle: First\n' }),
      'site.yml',
    );
    const { said, address } = await served(folder, { site });
    const title = async () =>
      /<title>([^<]*)/.exec(await (await fetch(`${address}/feed.rss`)).text())![1];
    renameSync(site, `${site}-away`);
    await vi.waitFor(() => expect(said.err).toMatch(/site\.yml is gone/), soon);
    await sleep(1500);
    expect(await title()).toBe('First');
    renameSync(`${site}-away`, site);
    for (const name of ['Second', 'Third']) {
      writeFileSync(site, `url: https://blog.example\ntitle: ${name}\n`);
      await vi.waitFor(async () => expect(await title()).toBe(name), soon);
    }
  });

  test('publishes a scheduled post when its time comes', async () => {
    const at = new Date(Date.now() + 1500).toISOString();
    const folder = folderWith({
      ...two,
      'later.md': post({ title: 'Later', date: at, tags: ['z'] }),
    });
    const { titles } = await served(folder);
    expect(await titles('/tags/z/feed.json')).toBe(404);
    await vi.waitFor(
      async () => expect(await titles('/tags/z/feed.json')).toEqual(['Later']),
      soon,
    );
  });

  test('answers a poll of an unchanged feed with 304 and no body', async () => {
    const { address } = await served(folderWith(two));
    const first = await fetch(`${address}/feed.rss`);
    expect(first.headers.get('content-type')).toBe('application/rss+xml; charset=utf-8');
    const etag = first.headers.get('etag')!;
    const again = await fetch(`${address}/feed.rss`, { headers: { 'if-none-match': etag } });
    expect(again.status).toBe(304);
    expect(await again.text()).toBe('');
    // The date comes when its second is over.
    const date = await vi.waitFor(async () => {
      const { headers } = await fetch(`${address}/feed.rss`);
      return headers.get('last-modified') ?? Promise.reject(new Error('no date'));
    }, soon);
    const since = { 'if-modified-since': date };
    expect((await fetch(`${address}/feed.rss`, { headers: since })).status).toBe(304);
  });

  test('says which post it may not read, and serves the others', async ({ skip }) => {
    const nobody = asNobody();
    if (!nobody) return skip();
    const folder = folderWith(two);
    put(folder, 'locked.md', 'x');
    chmodSync(join(folder, 'locked.md'), 0);
    chmodSync(folder, 0o755);
    const child = spawn(process.execPath, [commandLine, 'serve', folder, '--port', '0'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      ...nobody,
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text) => {
        said += text;
      });
    await vi
      .waitFor(() => expect(said).toContain('every feed is listed'), { ...soon, timeout: 30_000 })
      .finally(() => child.kill());
    await once(child, 'close');
    expect(said).toMatch(/locked\.md.*permission denied/);
    expect(said).toContain('2 live');
  });

  test('says which port is taken, and what to do', async () => {
    const { address } = await served(folderWith(two));
    const { status, err } = await tidings(
      'serve',
      folderWith(two),
      '--port',
      new URL(address).port,
    );
    expect(status).toBe(2);
    expect(err).toMatch(/another program.*--port/);
  });
});
