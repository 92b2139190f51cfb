import { spawn } from 'node:child_process';
import { chmodSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Serving, serveBlog } from '../../src/cli/serve.ts';
import { post } from '../blog.ts';
import { folderWith, put, tidings } from './terminal.ts';

const running: Serving[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.close();
});

/** Serves a folder on a free port and keeps what is printed. */
async function served(folder: string | undefined, onOut: (text: string) => void = () => {}) {
  const said = { out: '', err: '' };
  const serving = await serveBlog(
    folder,
    { port: 0, host: '127.0.0.1' },
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

describe('tidings serve', () => {
  test('without a folder serves the example posts, and says where every feed is listed', async () => {
    const { said, address } = await served(undefined);
    expect(said.out).toMatch(/\d+ live/);
    expect(said.out).toMatch(/\d+ feeds in 3 formats, \d+ problems?/);
    expect(said.out).toContain(`${address}/\n`);
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
    const { titles, address } = await served(folder, (text) => {
      if (!text.startsWith('every feed')) return;
      put(folder, 'one.md', post({ title: 'One, edited', date: '2024-03-01', tags: ['x'] }));
      put(folder, 'three.md', post({ title: 'Three', date: '2024-03-03', tags: ['x'] }));
      rmSync(join(folder, 'two.md'));
      put(folder, 'tidings.yml', 'url: https://blog.example\ntitle: Renamed\n');
    });
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
    renameSync(folder, `${folder}-away`);
    await vi.waitFor(() => expect(said.err).toMatch(/is gone/), soon);
    await sleep(2500);
    expect(await titles('/feed.json')).toEqual(['Two', 'One']);
    put(`${folder}-away`, 'one.md', post({ title: 'One, edited', date: '2024-03-01' }));
    renameSync(`${folder}-away`, folder);
    const now = ['Later', 'Two', 'One, edited'];
    await vi.waitFor(async () => expect(await titles('/feed.json')).toEqual(now), soon);
    // Nobody watches it any more, and yet:
    put(folder, 'one.md', post({ title: 'One, again', date: '2024-03-01' }));
    await vi.waitFor(async () => expect(await titles('/feed.json')).toContain('One, again'), soon);
    expect(said.err.match(/is gone/g)).toHaveLength(1);
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

  test('says which post it may not read, and serves the others', async () => {
    const folder = folderWith(two);
    put(folder, 'locked.md', 'x');
    chmodSync(join(folder, 'locked.md'), 0);
    chmodSync(folder, 0o755);
    // Root may read everything: then the test would show nothing.
    const asNobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const child = spawn(process.execPath, ['src/cli/main.ts', 'serve', folder, '--port', '0'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      ...asNobody,
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text) => {
        said += text;
      });
    await vi.waitFor(() => expect(said).toContain('every feed is listed'), soon);
    child.kill();
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
