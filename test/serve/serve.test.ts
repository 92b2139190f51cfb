import { describe, expect, test } from 'vitest';
import { Unavailable } from '../../src/errors.ts';
import { serve } from '../../src/serve/serve.ts';
import { MemoryStore } from '../../src/store/memory.ts';
import { hostWith } from './shelf.ts';

const headersOf = (response: Response) => Object.fromEntries(response.headers);
const host = await hostWith('hubs: [https://hub.example/, "https://hub.example/b?a=1,2"]\n');

describe('a feed', () => {
  test('comes with what a reader needs to ask seldom', async () => {
    const response = await host.get('/tags/%D1%91%D0%BB%D0%BA%D0%B0/feed.atom');
    expect(response.status).toBe(200);
    expect(headersOf(response)).toEqual({
      etag: expect.stringMatching(/^"[0-9a-f]+"$/),
      'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT',
      'cache-control':
        'public, max-age=900, s-maxage=86400, stale-while-revalidate=900, stale-if-error=604800',
      'content-type': 'application/atom+xml; charset=utf-8',
      'content-length': String((await response.arrayBuffer()).byteLength),
      vary: 'Accept-Encoding, Sec-Fetch-Dest',
      link: '<https://feeds.example/tags/%D1%91%D0%BB%D0%BA%D0%B0/feed.atom>; rel="self", <https://hub.example/>; rel="hub", <https://hub.example/b?a=1,2>; rel="hub"',
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'ETag, Link, Retry-After',
      'x-content-type-options': 'nosniff',
    });
  });

  test('of a publisher who does not invalidate stays at the edge as long as with readers', async () => {
    const { get } = await hostWith('invalidate: false\nfreshness: 600\n');
    const cache = (await get('/feed.rss')).headers.get('cache-control');
    expect(cache).toMatch(/max-age=600, s-maxage=600,/);
  });

  test.each([
    ['/feed.rss', 'application/rss+xml; charset=utf-8'],
    ['/feed.atom', 'application/atom+xml; charset=utf-8'],
    ['/feed.json', 'application/feed+json; charset=utf-8'],
    ['/feeds.opml', 'text/xml; charset=utf-8'],
    ['/feeds.json', 'application/json; charset=utf-8'],
    ['/', 'text/html; charset=utf-8'],
    ['/tags/docker/', 'text/html; charset=utf-8'],
  ])('%s is %s', async (path, type) => {
    const response = await host.get(path);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, type]);
  });

  test.each(['/', '/feeds.opml', '/feeds.json'])('%s is no feed and has no hub', async (path) => {
    expect((await host.get(path)).headers.has('link')).toBe(false);
  });

  test('has the same headers for HEAD, and no body', async () => {
    const asked = { 'accept-encoding': 'gzip' };
    const [get, head] = [
      await host.get('/feed.rss', asked),
      await host.get('/feed.rss', asked, 'HEAD'),
    ];
    expect(head.status).toBe(200);
    expect(headersOf(head)).toEqual(headersOf(get));
    expect(await head.text()).toBe('');
  });

  test('is answered whole where a range is asked for', async () => {
    const response = await host.get('/feed.rss', { range: 'bytes=0-9' });
    expect(response.status).toBe(200);
    expect(response.headers.has('content-range')).toBe(false);
  });

  test('is the same with any query', async () => {
    const [one, other] = [await host.get('/feed.rss'), await host.get('/feed.rss?utm_source=x&y')];
    expect(other.status).toBe(200);
    expect(other.headers.get('etag')).toBe(one.headers.get('etag'));
  });

  test('changes its validators when its bytes change, and not before', async () => {
    const { feeds, clock, get } = await hostWith();
    const validators = async () => {
      const { headers } = await get('/feed.rss');
      return [headers.get('etag'), headers.get('last-modified')];
    };
    const before = await validators();
    clock.now += 60_000;
    expect(await validators()).toEqual(before);
    await feeds.put('feed.rss', 'other');
    const after = await validators();
    expect(after[0]).not.toBe(before[0]);
    expect(after[1]).toBe('Thu, 01 Jan 2026 00:01:00 GMT');
  });

  test('that a reader has is answered with 304 and these headers alone', async () => {
    const { headers } = await host.get('/feed.rss');
    const response = await host.get('/feed.rss', { 'if-none-match': headers.get('etag')! });
    expect(response.status).toBe(304);
    expect(await response.text()).toBe('');
    const kept = ['etag', 'cache-control', 'vary'];
    // Fetch §4.1 asks for it of a script's own conditional request too.
    const shared = 'access-control-allow-origin';
    expect([...response.headers.keys()].sort()).toEqual([...kept, shared].sort());
    for (const name of kept) expect(response.headers.get(name)).toBe(headers.get(name));
  });
});

describe('a page', () => {
  test('may not run scripts, be framed or send forms', async () => {
    const { headers } = await host.get('/tags/docker/');
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; .*frame-ancestors 'none'/,
    );
    expect(headers.get('referrer-policy')).toBe('strict-origin-when-cross-origin');
    expect(headers.get('vary')).toBe('Accept-Encoding');
  });
});

describe('a browser that opens a feed', () => {
  const browser = { 'sec-fetch-dest': 'document', 'sec-fetch-mode': 'navigate' };

  test.each([
    ['/feed.rss', '/'],
    ['/tags/docker/feed.atom', '/tags/docker/'],
    ['/tags/%D1%91%D0%BB%D0%BA%D0%B0/feed.json', '/tags/%D1%91%D0%BB%D0%BA%D0%B0/'],
  ])('at %s is sent to %s', async (path, page) => {
    const response = await host.get(path, { ...browser, 'if-none-match': '*' });
    expect([response.status, response.headers.get('location')]).toEqual([302, page]);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('vary')).toBe('Sec-Fetch-Dest');
  });

  test('sees the feed itself with ?raw', async () => {
    expect((await host.get('/feed.rss?raw', browser)).status).toBe(200);
  });

  test('sees the feed itself where it follows a link on one of our pages', async () => {
    const follows = { ...browser, 'sec-fetch-site': 'same-origin' };
    expect((await host.get('/feed.rss', follows)).status).toBe(200);
    expect((await host.get('/feed.rss', { ...browser, 'sec-fetch-site': 'none' })).status).toBe(
      302,
    );
  });

  test('sees the feed itself where no page is stored', async () => {
    const { feeds, get } = await hostWith();
    await feeds.delete('tags/docker/index.html');
    expect((await get('/tags/docker/feed.rss', browser)).status).toBe(200);
  });

  test.each(['/', '/feeds.opml', '/feeds.json'])('sees %s, which is no feed', async (path) => {
    expect((await host.get(path, browser)).status).toBe(200);
  });

  test.each([{}, { 'sec-fetch-dest': 'empty' }, { accept: 'text/html,*/*' }])(
    'is not what a reader with %j is taken for',
    async (headers) => {
      expect((await host.get('/feed.rss', headers as Record<string, string>)).status).toBe(200);
    },
  );

  test('sees the page of a feed that has moved, as behind a CDN that knows no rules', async () => {
    const ruled = await hostWith('moved: { /tags/docker/feed.rss: /feed.rss }');
    const response = await ruled.get('/tags/docker/feed.rss', browser);
    expect([response.status, response.headers.get('location')]).toEqual([302, '/tags/docker/']);
    const reader = await ruled.get('/tags/docker/feed.rss');
    expect([reader.status, reader.headers.get('location')]).toEqual([301, '/feed.rss']);
  });

  test('is led on from a page that is not there by what is said of its feed', async () => {
    const ruled = await hostWith(
      'moved: { /tags/js/feed.atom: /tags/docker/feed.atom }\ngone: [/tags/php/feed.rss]',
    );
    const response = await ruled.get('/tags/js/', browser);
    expect([response.status, response.headers.get('location')]).toEqual([
      301,
      '/tags/docker/feed.atom',
    ]);
    expect((await ruled.get('/tags/php/', browser)).status).toBe(410);
    expect((await ruled.get('/tags/perl/', browser)).status).toBe(404);
  });
});

describe('methods', () => {
  test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'PROPFIND', 'ODD'])(
    '%s is refused, and the answer says what is not',
    async (method) => {
      const response = await host.get('/feed.rss', {}, method);
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
      expect(response.headers.get('cache-control')).toBe('no-store');
    },
  );

  test('a preflight is told that scripts may read with any header', async () => {
    const asked = { origin: 'https://reader.example', 'access-control-request-method': 'GET' };
    const response = await host.get('/nothing/here', asked, 'OPTIONS');
    expect(response.status).toBe(204);
    expect(headersOf(response)).toMatchObject({
      allow: 'GET, HEAD, OPTIONS',
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, HEAD, OPTIONS',
      'access-control-allow-headers': '*',
    });
  });
});

describe('bad input', () => {
  test.each([
    ['%00', '/tags/%00/feed.rss', 400],
    ['half an escape', '/tags/%E0%A4%A/feed.rss', 400],
    ['bytes that are no UTF-8', '/tags/%FF/feed.rss', 400],
    ['a line break', '/tags/a%0d%0aset-cookie:x/feed.rss', 400],
    ['a backslash', '/tags%5Cdocker/feed.rss', 400],
    ['.. in escapes', '/tags/..%2f..%2f..%2fetc/passwd', 400],
    ['.. that a URL resolves', '/tags/../../../etc/passwd', 404],
    ['%2e%2e that a URL resolves', '/%2e%2e/%2e%2e/etc/passwd', 404],
    ['a path longer than keys are', `/tags/${'a'.repeat(2000)}/feed.rss`, 404],
    ['a path of slashes', '/'.repeat(2000), 301],
    ['a word of Object', '/constructor', 404],
    ['a URL of 100 KB', `/${'a'.repeat(100_000)}`, 414],
    ['a query of 100 KB', `/feed.rss?${'a'.repeat(100_000)}`, 414],
    ['10,000 tags in a mix', `/mix/${'tags:a+'.repeat(1000)}/feed.rss`, 404],
  ])('%s is answered', async (_, path, status) => {
    const response = await host.get(path);
    expect(response.status).toBe(status);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('no Location starts with two slashes, wherever the request does', async () => {
    for (const path of [
      '//evil.example/feed.rss',
      '//evil.example',
      '///tags//docker',
      '//tags/docker/',
    ]) {
      const location = (await host.get(path)).headers.get('location');
      expect(location ?? '/').toMatch(/^\/(?!\/)/);
    }
  });
});

describe('a store in trouble', () => {
  const request = new Request('http://localhost/feed.rss');
  const failing = (error: Error) =>
    new (class extends MemoryStore {
      override get(): Promise<never> {
        return Promise.reject(error);
      }
    })(() => 0);

  test('that is slow is 503, which says when to come back', async () => {
    const shelves = { ...host.shelves, feeds: failing(new Unavailable('slow')) };
    const response = await serve(request, shelves, host.site);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '30']);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
  });

  test('with a fault of ours is not hidden', async () => {
    const shelves = { ...host.shelves, feeds: failing(new Error('ours')) };
    await expect(serve(request, shelves, host.site)).rejects.toThrow('ours');
  });
});
