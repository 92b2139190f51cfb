import { parseAtomFeed, parseJsonFeed, parseRssFeed } from 'feedsmith';
import { describe, expect, test } from 'vitest';
import { check } from '../../src/check/check.ts';
import { type Format, formats } from '../../src/keys.ts';
import { archiveOf, nextIn } from './archive.ts';

const titles: Record<Format, (text: string) => (string | undefined)[]> = {
  rss: (text) => (parseRssFeed(text).items ?? []).map(({ title }) => title),
  atom: (text) => (parseAtomFeed(text).entries ?? []).map(({ title }) => title?.value),
  json: (text) => (parseJsonFeed(text).items ?? []).map(({ title }) => title),
};
const wellKnown = '20200101T000000Z~000000000000000000000000~00000000000000000000000000000000';

const blog = await archiveOf(120, (at) => (at % 2 === 0 ? ['even', 'Big Data'] : ['odd']));

describe('older entries', () => {
  test.each(formats)('are met once, from feed to page to page, in %s', async (format) => {
    for (const [folder, count] of [
      ['/', 120],
      ['/tags/even/', 60],
      ['/mix/tags:big-data+tags:even/', 60],
    ] as const) {
      const seen: (string | undefined)[] = [];
      let pages = 0;
      for (let path: string | undefined = `${folder}feed.${format}`; path; pages++) {
        const response = await blog.get(path);
        expect(response.status, path).toBe(200);
        const text = await response.text();
        seen.push(...titles[format](text));
        expect(check(Buffer.from(text)).findings).toEqual([]);
        path = nextIn(text, format);
      }
      const step = 120 / count;
      expect(seen).toEqual(Array.from({ length: count }, (_, at) => `P${(count - 1 - at) * step}`));
      expect(pages).toBe(1 + Math.ceil((count - 3) / 50));
    }
  });

  test('cost one list and fifty gets', async () => {
    const first = nextIn(await (await blog.get('/feed.atom')).text(), 'atom')!;
    const response = await blog.get(first);
    expect(titles.atom(await response.text())).toHaveLength(50);
    const { state, feeds } = blog.cost();
    expect([state.lists, state.gets]).toEqual([1, 50]);
    expect([state.puts, state.heads, state.deletes]).toEqual([0, 0, 0]);
    expect(feeds).toEqual({ ...feeds, gets: 0, lists: 0, heads: 0, puts: 0 });
  });

  test('are named as their feed is, with their own address, and the way to it', async () => {
    const feed = await (await blog.get('/tags/even/feed.atom')).text();
    const path = nextIn(feed, 'atom')!;
    const page = await (await blog.get(path)).text();
    const told = (text: string) =>
      /<id>(.+?)<\/id>[\s\S]*?<title>(.+?)<\/title>/.exec(text)?.slice(1, 3);
    expect(told(page)).toEqual(told(feed));
    const links = [...page.split('<entry>')[0]!.matchAll(/<link rel="([^"]+)" href="([^"]+)"/g)];
    expect(Object.fromEntries(links.map(([, rel, address]) => [rel, address]))).toEqual({
      self: `https://feeds.example${path}`,
      alternate: 'https://feeds.example/tags/even/',
      next: expect.stringMatching(/^https:\/\/feeds\.example\/tags\/even\/before\/[^/]+\.atom$/),
      first: 'https://feeds.example/tags/even/feed.atom',
    });
    const json = JSON.parse(await (await blog.get(path.replace(/atom$/, 'json'))).text());
    expect(json.feed_url).toBe(`https://feeds.example${path.replace(/atom$/, 'json')}`);
    expect(json.hubs).toBeUndefined();
  });

  test('have validators and headers, and no date that nobody knows', async () => {
    const path = nextIn(await (await blog.get('/feed.json')).text(), 'json')!;
    const { headers } = await blog.get(path, { 'accept-encoding': 'br' });
    expect(Object.fromEntries(headers)).toMatchObject({
      etag: expect.stringMatching(/^"[0-9a-f]{32}-br"$/),
      'cache-control': expect.stringMatching(/max-age=900, s-maxage=900,/),
      'content-type': 'application/feed+json; charset=utf-8',
      'content-encoding': 'br',
      link: `<https://feeds.example${path}>; rel="self"`,
    });
    expect(headers.has('last-modified')).toBe(false);
    const again = { 'accept-encoding': 'br', 'if-none-match': headers.get('etag')! };
    expect((await blog.get(path, again)).status).toBe(304);
    const since = { 'if-modified-since': new Date().toUTCString() };
    expect((await blog.get(path, since)).status).toBe(200);
    const head = await blog.get(path, { 'accept-encoding': 'br' }, 'HEAD');
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  test('of a feed that has no more are not linked; the last page of all is one without a next', async () => {
    const few = await archiveOf(3, () => ['a']);
    for (const path of ['/feed.rss', '/tags/a/feed.rss', '/mix/tags:a+authors:x/feed.rss'])
      expect(await (await few.get(path)).text()).not.toContain('rel="next"');
  });

  test('after a place where nothing is left any more are an empty feed', async () => {
    const response = await blog.get(
      '/tags/even/before/19990101T000000Z~000000000000000000000000~00000000000000000000000000000000.atom',
    );
    expect(response.status).toBe(200);
    const text = await response.text();
    expect(titles.atom(text)).toEqual([]);
    expect(check(Buffer.from(text)).findings).toEqual([]);
    expect(text).not.toContain('rel="next"');
  });

  test('are shown to a browser as the page of their feed', async () => {
    const path = nextIn(await (await blog.get('/tags/even/feed.rss')).text(), 'rss')!;
    const response = await blog.get(path, { 'sec-fetch-dest': 'document' });
    expect([response.status, response.headers.get('location')]).toEqual([302, '/tags/even/']);
  });

  test.each([
    ['/tags/Big%20Data/', '/tags/big-data/'],
    ['/Tags/EVEN/', '/tags/even/'],
    ['/mix/tags:even+tags:big-data/', '/mix/tags:big-data+tags:even/'],
    ['/mix/tags:even/', '/tags/even/'],
  ])('in another spelling, %s, are at %s', async (written, right) => {
    const response = await blog.get(`${written}before/${wellKnown}.rss`);
    expect([response.status, response.headers.get('location')]).toEqual([
      301,
      `${right}before/${wellKnown}.rss`,
    ]);
  });
});

describe('bad input', () => {
  test.each([
    ['nonsense for a cursor', '/before/nonsense.atom', 404],
    ['no cursor', '/before/.atom', 404],
    ['nothing at all', '/before/', 404],
    ['the thirtieth of February', `/before/${wellKnown.replace('0101T', '0230T')}.atom`, 404],
    ['24 o’clock', `/before/${wellKnown.replace('T00', 'T24')}.atom`, 404],
    ['a handle that is too short', `/before/${wellKnown.slice(0, -1)}.atom`, 404],
    ['capital hex', `/before/${wellKnown.replace(/0{24}/, 'F'.repeat(24))}.atom`, 404],
    ['another format', `/before/${wellKnown}.xml`, 404],
    ['no format', `/before/${wellKnown}`, 404],
    ['more behind it', `/tags/even/before/${wellKnown}.rss/more`, 404],
    ['a slash at the end', `/tags/even/before/${wellKnown}.rss/`, 301],
    ['a term that there is not', `/tags/none/before/${wellKnown}.rss`, 404],
    ['a taxonomy that there is not', `/nothing/even/before/${wellKnown}.rss`, 404],
    ['a place in the index that is no selection', `/ids/even/before/${wellKnown}.rss`, 404],
    ['a mix that is none', `/mix/even/before/${wellKnown}.rss`, 404],
    ['a mix of terms that there are not', `/mix/tags:none+tags:even/before/${wellKnown}.rss`, 404],
    ['..', `/tags/even/before/..%2f..%2f${wellKnown}.rss`, 400],
    ['%00', `/before/${wellKnown}%00.rss`, 400],
    ['a line break', `/before/${wellKnown}%0d%0aX-Y:z.rss`, 400],
    ['a cursor of 100 KB', `/before/${'0'.repeat(100_000)}.atom`, 414],
    ['a cursor of 8 KB', `/before/${'0'.repeat(8000)}.atom`, 404],
  ])('with %s is answered, for a few requests', async (_, path, status) => {
    const response = await blog.get(path);
    expect(response.status).toBe(status);
    const { state, feeds } = blog.cost();
    expect(state.lists).toBeLessThanOrEqual(2);
    expect(state.gets + feeds.gets + feeds.heads).toBeLessThanOrEqual(8);
    expect(state.puts + feeds.puts).toBe(0);
  });

  test('names the feed that was probably meant', async () => {
    const response = await blog.get('/tags/even/before/nonsense.rss', {
      accept: 'application/json',
    });
    expect(((await response.json()) as { near?: string }).near).toBe('/tags/even/feed.rss');
  });
});
