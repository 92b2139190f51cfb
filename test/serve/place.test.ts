import { describe, expect, test } from 'vitest';
import { hostWith } from './shelf.ts';

const decomposed = encodeURIComponent('ёлка'.normalize('NFD'));
const ёлка = encodeURIComponent('ёлка');

describe('a feed under another spelling', async () => {
  const { get } = await hostWith();

  test.each([
    ['/tags/C%2B%2B/feed.rss', '/tags/c-plus-plus/feed.rss'],
    ['/tags/c++/', '/tags/c-plus-plus/'],
    ['/tags/Docker/feed.atom', '/tags/docker/feed.atom'],
    ['/Tags/docker/Feed.RSS', '/tags/docker/feed.rss'],
    ['/TAGS/DOCKER', '/tags/docker/'],
    ['/tags/docker', '/tags/docker/'],
    ['/tags/docker/feed.rss/', '/tags/docker/feed.rss'],
    ['/tags/docker//', '/tags/docker/'],
    ['//tags//docker/feed.json', '/tags/docker/feed.json'],
    [`/tags/${decomposed}/feed.rss`, `/tags/${ёлка}/feed.rss`],
    [`/tags/${encodeURIComponent('ЁЛКА')}/`, `/tags/${ёлка}/`],
    ['/FEED.RSS', '/feed.rss'],
    ['/feed.json/', '/feed.json'],
    ['/Feeds.OPML', '/feeds.opml'],
    ['/feeds.json/', '/feeds.json'],
    ['//', '/'],
    ['/tags/Docker/feed.rss?utm_source=x', '/tags/docker/feed.rss'],
  ])('%s is at %s', async (path, location) => {
    const response = await get(path);
    expect([response.status, response.headers.get('location')]).toEqual([301, location]);
    expect((await get(location)).status).toBe(200);
  });

  test.each([
    '/tags/Nobody/feed.rss',
    '/Nothing',
    '/tags/nobody',
    '/mix/Tags:a/feed.rss',
    '/tags/x/before/1.atom',
  ])('%s leads nowhere, for there is no such feed', async (path) => {
    expect((await get(path)).status).toBe(404);
  });

  test('is found at once, however often it says index.html', async () => {
    const many = 'index.html/'.repeat(700);
    const begun = performance.now();
    expect((await get(`/tags/docker/before/${many}`)).status).toBe(404);
    expect(performance.now() - begun).toBeLessThan(100);
    expect((await get(`/tags/docker/${many}`)).headers.get('location')).toBe('/tags/docker/');
  });

  test('that only differs in its escapes is the feed', async () => {
    expect((await get('/tag%73/d%6fcker/feed.rss')).status).toBe(200);
    expect((await get('/tags/docker/index.html')).status).toBe(200);
  });
});

describe("the publisher's own rules", async () => {
  const settings = `legacy: [wordpress, jekyll]
moved:
  /rss.xml: /feed.rss
  /old/: https://elsewhere.example/feed?x=1#y
  /tags/js/feed.rss: /tags/docker/feed.rss
  /tags/docker/feed.json: /tags/docker/feed.atom
  /to-preset: /tag/docker/feed/
  /to-query: /?feed=atom
  /to-spelling: /tags/C++/feed.rss
  /to-ourselves: https://feeds.example/tag/docker/feed/atom/
  /to-ourselves-by-http: http://Feeds.example:80/tag/docker/feed/atom/
  /to-itself: https://feeds.example/to-itself
  /to-itself-by-http: http://feeds.example/to-itself-by-http
  /round: http://feeds.example/and-round
  /and-round: https://feeds.example/round/
  /to-nothing: /nothing?q=1#z
  /to-letters: /tags/ёлка/feed.rss
  /tags/one/: /tags/Two/
  /tags/two/: /tags/One/
  /to-gone: /tag/gone/feed/
gone: [/comments/feed/, /tags/gone/feed.rss, /categories/news/feed.rss]
`;
  const { get } = await hostWith(settings);
  const at = async (path: string) => {
    const response = await get(path);
    return [response.status, response.headers.get('location')];
  };

  test.each([
    ['/rss.xml', '/feed.rss'],
    ['/rss.xml/', '/feed.rss'],
    ['/rss.xml?x=1', '/feed.rss'],
    ['/old', 'https://elsewhere.example/feed?x=1#y'],
    ['/old/', 'https://elsewhere.example/feed?x=1#y'],
    ['/tags/js/feed.rss', '/tags/docker/feed.rss'],
    // A rule counts before the feed that is stored there.
    ['/tags/docker/feed.json', '/tags/docker/feed.atom'],
    // Two rules, a rule and a preset, a spelling and a rule: one hop.
    ['/tag/js/feed/', '/tags/docker/feed.rss'],
    ['/tags/JS/feed.rss', '/tags/docker/feed.rss'],
    ['/to-preset', '/tags/docker/feed.rss'],
    ['/to-query', '/feed.atom'],
    ['/to-spelling', '/tags/c-plus-plus/feed.rss'],
    ['/to-ourselves', '/tags/docker/feed.atom'],
    ['/to-ourselves-by-http', '/tags/docker/feed.atom'],
    ['/to-nothing', '/nothing?q=1#z'],
    ['/to-letters', `/tags/${ёлка}/feed.rss`],
  ])('lead from %s to %s', async (path, location) => {
    expect(await at(path)).toEqual([301, location]);
  });

  test.each([
    '/comments/feed/',
    '/comments/feed',
    '/comments/feed/?x',
    '/tags/gone/feed.rss',
    '/tags/Gone/feed.rss',
    '/tag/gone/feed/',
    '/to-gone',
    // Also where a feed is stored.
    '/categories/news/feed.rss',
    '/category/news/feed/',
  ])('end %s', async (path) => {
    expect(await at(path)).toEqual([410, null]);
  });

  test('that lead round in a circle lead nowhere', async () => {
    for (const path of ['/tags/one', '/tags/one/', '/tags/TWO', '/tags/two/'])
      expect((await at(path))[0], path).toBe(404);
    // By the name of our own host too, which the site file cannot refuse: it may be the CDN's.
    for (const path of ['/to-itself', '/to-itself-by-http', '/round', '/and-round'])
      expect((await at(path))[0], path).toBe(404);
  });

  test('hold for minutes, also at the edge, which is not told when they change', async () => {
    for (const path of ['/rss.xml', '/comments/feed/'])
      expect((await get(path)).headers.get('cache-control')).toBe('public, max-age=900');
  });
});

describe('feeds under a path of the host', () => {
  test('are named with that path', async () => {
    const { get } = await hostWith('');
    expect((await get('/tags/Docker/')).headers.get('location')).toBe('/tags/docker/');
    const under = await hostWith('legacy: [jekyll]');
    const site = { ...under.site, feeds: 'https://example.com/feeds' };
    const { serve } = await import('../../src/serve/serve.ts');
    const request = new Request('http://localhost/feed.xml');
    const response = await serve(request, under.shelves, site);
    expect(response.headers.get('location')).toBe('/feeds/feed.atom');
  });
});
