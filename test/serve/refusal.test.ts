import { describe, expect, test } from 'vitest';
import { rowKey, rowsPrefix, term } from '../../src/keys.ts';
import { readRows } from '../../src/publish/directory-rows.ts';
import { serve } from '../../src/serve/serve.ts';
import { MemoryStore } from '../../src/store/memory.ts';
import { hostWith } from './shelf.ts';

describe('a feed that is not there', async () => {
  const { get } = await hostWith('gone: [/gone/]');

  test('is answered in text, and the answer is kept for a minute', async () => {
    const response = await get('/tags/dokcer/');
    expect(response.status).toBe(404);
    expect(await response.text()).toBe(
      'There is no feed at this address. All feeds are listed at /. Did you mean /tags/docker/?\n',
    );
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('public, max-age=60');
    expect(response.headers.get('vary')).toBe('Accept');
  });

  test('is answered with a page that has a link', async () => {
    const accept = 'text/html,application/xhtml+xml,*/*;q=0.8';
    const response = await get(`/tags/${encodeURIComponent('ёлки')}/`, { accept });
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toMatch(/default-src 'none'/);
    const path = `/tags/${encodeURIComponent('ёлка')}/`;
    const text = await response.text();
    expect(text).toContain(`<a href="${path}"><bdi>/tags/ёлка/</bdi></a>`);
    expect(text).toContain('<a href="/">All feeds</a>');
  });

  test('is answered with problem details (RFC 9457)', async () => {
    const response = await get('/tags/dokcer/feed.atom', { accept: 'application/json' });
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toEqual({
      title: 'Not Found',
      status: 404,
      detail: 'There is no feed at this address. All feeds are listed at /.',
      near: '/tags/docker/feed.atom',
    });
  });

  test('is answered without a body to HEAD', async () => {
    const [get404, head] = [await get('/x/y'), await get('/x/y', {}, 'HEAD')];
    expect(Object.fromEntries(head.headers)).toEqual(Object.fromEntries(get404.headers));
    expect(await head.text()).toBe('');
  });

  test('and never will be is 410, in each form', async () => {
    expect((await get('/gone/')).status).toBe(410);
    for (const [accept, type] of [
      ['*/*', 'text/plain; charset=utf-8'],
      ['text/html', 'text/html; charset=utf-8'],
      ['application/json', 'application/problem+json'],
    ]) {
      const response = await get('/gone', { accept: accept! });
      expect([response.status, response.headers.get('content-type')]).toEqual([410, type]);
    }
  });
});

describe('the feed that was probably meant', async () => {
  const terms = [
    'tags/docker',
    'tags/c-plus-plus',
    'tags/go',
    'tags/json',
    'tags/photon',
    'tags/python',
    'categories/news',
    'authors/ann-lee',
  ];
  const host = await hostWith('', [...terms, 'categories/docker-news']);
  const near = async (path: string) =>
    ((await (await host.get(path, { accept: 'application/json' })).json()) as { near?: string })
      .near;

  test.each([
    ['/tags/dcoker/feed.rss', '/tags/docker/feed.rss'],
    ['/tags/dockers/feed.json', '/tags/docker/feed.json'],
    ['/tag/docker/', '/tags/docker/'],
    ['/tag/docker/feed/atom/', '/tags/docker/feed.atom'],
    ['/tag/docker/feed.xml', '/tags/docker/'],
    ['/docker', '/tags/docker/'],
    ['/docker.rss', '/tags/docker/feed.rss'],
    ['/author/ann-le/rss/', '/authors/ann-lee/feed.rss'],
    ['/tags/c-plusplus/', '/tags/c-plus-plus/'],
    ['/tags/jason/feed.xml', '/tags/json/'],
    ['/tags/jsno/feed.rss', '/tags/json/feed.rss'],
    ['/tag/json/feed/atom/', '/tags/json/feed.atom'],
    // As far from `photon`, but for the letters.
    ['/tags/pyhton/', '/tags/python/'],
    ['/feed.xml', '/feed.rss'],
    ['/rss2.xml', '/feed.rss'],
    ['/atom.xml', '/feed.atom'],
    ['/blog/feed', '/feed.rss'],
  ])('by %s is %s', async (path, expected) => {
    expect(await near(path)).toBe(expected);
  });

  test.each([
    '/tags/kubernetes/',
    '/tags/xy/',
    '/wp-login.php',
    '/favicon.ico',
    '/tags/docker/nothing-of-the-kind',
  ])('by %s is none', async (path) => {
    expect(await near(path)).toBeUndefined();
  });

  test('is never the one that was asked for', async () => {
    await host.feeds.delete('tags/go/index.html');
    expect(await near('/tags/go/')).toBeUndefined();
    await host.feeds.delete('feed.rss');
    expect(await near('/feed.rss')).toBeUndefined();
  });

  test('is never one that is gone or has moved', async () => {
    const { get } = await hostWith(
      'gone: [/tags/docker/]\nmoved: {/categories/news/feed.rss: /feed.rss}',
    );
    for (const path of ['/tags/dockre/', '/categories/new/feed.rss'])
      expect(await (await get(path)).text()).not.toContain('Did you mean');
  });

  test('is found with one list, whatever is asked', async () => {
    let calls = 0;
    class Counting extends MemoryStore {
      override async list(...args: Parameters<MemoryStore['list']>) {
        calls++;
        return super.list(...args);
      }
    }
    const state = new Counting(() => 0);
    for (let at = 0; at < 3000; at++) await state.put(`terms/tags/term-${at}.json`, '{}');
    const request = new Request(`http://localhost/tags/${'term'.repeat(400)}/feed.rss`);
    const started = performance.now();
    await serve(request, { ...host.shelves, state }, host.site);
    expect(calls).toBe(1);
    expect(performance.now() - started).toBeLessThan(500);
  });

  test('is found among 5,000 terms, with one list too', async () => {
    const letters = 'abcdefghijklmnopqrstuvwxyz';
    const slugs = Array.from(
      { length: 5000 },
      (_, at) => `${letters[at % 26]}${letters[(at * 7) % 26]}-number-${at}`,
    );
    let lists = 0;
    class Counting extends MemoryStore {
      override async list(...args: Parameters<MemoryStore['list']>) {
        // Whether there is such a feed that is not built yet is another question.
        if (args[0].startsWith(rowsPrefix)) lists++;
        return super.list(...args);
      }
    }
    const state = new Counting(() => 0);
    const row = { count: 1, newest: '2024-03-01T00:00:00Z', told: true };
    for (const slug of [...slugs, 'zebra', 'ёлка'])
      await state.put(rowKey(term('tags', slug)), JSON.stringify({ label: slug, ...row }));
    await readRows(state);
    const near = async (path: string) => {
      lists = 0;
      const request = new Request(`http://localhost${path}`, {
        headers: { accept: 'application/json' },
      });
      const response = await serve(request, { ...host.shelves, state }, host.site);
      expect([response.status, lists]).toEqual([404, 1]);
      return ((await response.json()) as { near?: string }).near;
    };
    expect(await near('/tags/zebar/feed.rss')).toBe('/tags/zebra/feed.rss');
    expect(await near('/tag/zebras/')).toBe('/tags/zebra/');
    expect(await near('/zebra.atom')).toBe('/tags/zebra/feed.atom');
    expect(await near(`/tags/${encodeURIComponent('ёлки')}/`)).toBe(
      `/tags/${encodeURIComponent('ёлка')}/`,
    );
    expect(await near('/tags/mmnumber-12')).toMatch(/^\/tags\/mg-number-12/);
  });
});
