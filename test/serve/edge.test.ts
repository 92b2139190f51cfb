import { gunzipSync, gzipSync } from 'node:zlib';
import { transformSync } from 'esbuild';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  contentType,
  feedAt,
  formats,
  queryPath,
  reserved,
  twinKey,
  twinned,
} from '../../src/keys.ts';
import { askedAt } from '../../src/serve/edge.ts';
import { codingFor, compressor } from '../../src/serve/encoding.ts';
import { serve } from '../../src/serve/serve.ts';
import { readSite } from '../../src/site.ts';
import { listAll } from '../../src/store/store.ts';
import { testBlog } from '../blog.ts';
import { nextIn, settings, writePost } from './archive.ts';
import { type Asked, atEdge, code, type Given } from './edge.ts';
import { type Host, hostWith } from './shelf.ts';

const browser = { 'sec-fetch-dest': 'document', 'sec-fetch-site': 'none' };
const gzip = { 'accept-encoding': 'gzip, deflate, br' };
const one = (target: string, headers: Asked['headers'] = {}, method = 'GET') =>
  atEdge([{ target, headers, method }])[0]!;
const queried = (target: string) => queryPath + Buffer.from(target).toString('base64url');

test('is small, and of JavaScript that CloudFront accepts', () => {
  expect(Buffer.byteLength(code)).toBeLessThan(10_000);
  expect(code).not.toContain('${');
  // What runtime 2.0 lacks; njs refuses it too, but is not on every machine.
  const lacking = ['destructuring', 'for-of', 'class', 'array-spread', 'default-argument'];
  const supported = Object.fromEntries(
    [...lacking, 'generator', 'object-rest-spread'].map((feature) => [feature, false]),
  );
  const bare = transformSync(code, { target: 'es2020', supported, logLevel: 'silent' }).code;
  expect(bare).not.toMatch(/\?\.[a-z]|\?\?|\bnew |replaceAll|setTimeout|require/);
});

test('knows the names that src/keys.ts makes', () => {
  expect(code).toContain(`'${queryPath}'`);
  for (const name of reserved) {
    const expected = ['mix', 'before'].includes(name) ? 302 : undefined;
    expect(one(`/${name}/x/feed.rss`, browser).statusCode).toBe(expected);
  }
});

describe('goes on with', () => {
  test.each([
    ['/', '/index.html'],
    ['/tags/docker/', '/tags/docker/index.html'],
    ['/feed.rss', '/feed.rss'],
    ['/feed.atom', '/feed.atom.gz'],
    ['/tags/docker/feed.json', '/tags/docker/feed.json.gz'],
    ['/tags/docker/feed%2Eatom', '/tags/docker/feed%2Eatom.gz'],
    ['/tags/%D1%91%D0%BB%D0%BA%D0%B0/feed.atom', '/tags/%D1%91%D0%BB%D0%BA%D0%B0/feed.atom.gz'],
    ['/feeds.json', '/feeds.json'],
    ['/feeds.opml', '/feeds.opml'],
    ['/tags/docker', '/tags/docker'],
    ['/feed.rss?utm_source=x&raw', '/feed.rss'],
    ['/feed/', '/feed/index.html'],
    ['/?p=12', '/index.html'],
    ['/?feed=', '/index.html'],
    ['/?feed=rss2', queried('/?feed=rss2')],
    ['/?feed=atom&tag=c%2B%2B', queried('/?feed=atom&tag=c%2B%2B')],
    ['/index.php?feed=atom&tag=a&tag=b', queried('/index.php?feed=atom&tag=a&tag=b')],
    ['/category/a/b/?feed=rss2', queried('/category/a/b/?feed=rss2')],
    ['/feed.rss?feed=atom', '/feed.rss'],
    [`/?feed=${'x'.repeat(2000)}`, '/feeds/query/'],
    ['/feed.atom.gz', '/feed.atom.gz.gz'],
    ['/feeds/query/Lw', '/feeds/query/Lw.gz'],
    ['/%zz/feed.atom', '/%zz/feed.atom'],
    ['/before/20240309T081500Z~a.atom', '/before/20240309T081500Z~a.atom'],
  ])('%s as %s, without a query', (target, uri) => {
    expect(one(target, gzip)).toMatchObject({ uri, querystring: {} });
  });

  test('the distribution’s own name, whatever is said', () => {
    for (const said of [
      { 'x-tidings-host': 'evil.example' },
      { host: 'evil.example' },
      { host: 'D111111ABCDEF8.cloudfront.net:443' },
      { host: 'd111111abcdef8.cloudfront.net.' },
    ])
      expect(one('/', said).headers['x-tidings-host']).toEqual({
        value: 'd111111abcdef8.cloudfront.net',
      });
  });
});

describe('a browser', () => {
  test.each([
    ['/feed.rss', browser],
    ['/feed.json?utm_source=x', browser],
    ['/tags/docker/feed.atom', { ...browser, 'sec-fetch-site': 'cross-site' }],
    ['/tags/%D1%91/feed.rss', { ...browser, 'sec-fetch-site': 'same-site' }],
    ['/mix/tags:a+tags:b/feed.rss', browser],
    ['/before/20240309T081500Z~a.atom', browser, '../'],
    ['/mix/tags:a+tags:b/before/20240309T081500Z~a.json', browser, '../'],
    ['/tags/docker/before/', browser, '../'],
    ['/tags/docker/before', browser, './'],
    ['/tags/docker/before/x/y', browser, '../../'],
  ])('at %s %j is sent to the page', (target, headers, page = './') => {
    const { statusCode, headers: given } = one(target, headers);
    expect(statusCode).toBe(302);
    expect(given['location']).toEqual({ value: page });
  });

  test.each([
    ['/feed.rss?raw', browser],
    ['/feed.rss?raw=1', browser],
    ['/feed.rss', { ...browser, 'sec-fetch-site': 'same-origin' }],
    ['/feed.rss', { 'sec-fetch-dest': 'empty' }],
    ['/feed.rss', { accept: 'text/html' }],
    ['/feeds.opml', browser],
    ['/feeds/x/feed.rss', browser],
    ['/tags%2Fdocker%2Ffeed.rss', browser],
  ])('with %s %j gets what it asks for', (target, headers) => {
    expect(one(target, headers).uri).toBeDefined();
  });
});

test.each([
  ['OPTIONS', {}],
  ['GET', browser],
])('answers %s %j itself with the headers that serve has', async (method, headers) => {
  const host = await hostWith();
  const response = await host.get('/feed.rss', headers, method);
  const { statusCode, headers: given } = one('/feed.rss', headers, method);
  const { location, 'content-length': _, ...expected } = Object.fromEntries(response.headers);
  expect(statusCode).toBe(response.status);
  expect(Object.entries(given).map(([name, { value }]) => [name, value])).toEqual(
    expect.arrayContaining(Object.entries(expected)),
  );
  expect(Object.keys(given)).toHaveLength(Object.keys(expected).length + (location ? 1 : 0));
});

/** A twin is chosen where gzip is what `npm start` would answer with, if it had no brotli. */
test('a twin is for readers that like gzip at least as well as nothing', () => {
  const weight = fc.constantFrom(
    '',
    ';q=0',
    ';q=0.5',
    '; Q=1.000',
    ';q=0.001',
    ';q=2',
    ';q=',
    ';q = 0.7',
  );
  const coding = fc.constantFrom(
    'gzip',
    'x-gzip',
    'GZIP',
    'deflate',
    'identity',
    '*',
    ' ',
    'gzipped',
  );
  const header = fc
    .array(
      fc.tuple(coding, weight).map((parts) => parts.join('')),
      { maxLength: 4 },
    )
    .map((all) => all.join(', '));
  const headers = fc.sample(header, 2000);
  const given = atEdge(
    headers.map((accept) => ({ target: '/feed.atom', headers: { 'accept-encoding': accept } })),
  );
  const chosen = given.map(({ uri }) => (uri === '/feed.atom.gz' ? 'gzip' : 'identity'));
  // Where nothing may be sent, npm start says so; CloudFront sends it plain.
  const best = headers.map((accept) => codingFor(`${accept}, br;q=0`, 5000) ?? 'identity');
  expect(headers.map((accept, at) => [accept, chosen[at]])).toEqual(
    headers.map((accept, at) => [accept, best[at]]),
  );
  expect(new Set(chosen)).toEqual(new Set(['gzip', 'identity']));
});

test('of what it made of an address, serve finds the address', () => {
  const pieces = [
    '/',
    '.',
    'gz',
    'feed',
    'atom',
    'tags',
    'x',
    '%D1%91',
    '?feed=rss2',
    '&tag=a+b',
    'category',
    '?',
  ];
  const target = fc
    .array(fc.constantFrom(...pieces), { maxLength: 8 })
    .map((some) => `/${some.join('')}`);
  const targets = fc.sample(target, 2000).filter((path) => !path.startsWith('//'));
  const back = atEdge(targets.map((path) => ({ target: path, headers: gzip }))).map(({ uri }) =>
    askedAt(uri!),
  );
  for (const [at, path] of targets.entries()) {
    const [asked, found] = [new URL(path, 'http://cdn'), new URL(back[at]!, 'http://cdn')];
    expect(found.pathname.replace(/\/index\.html$/, '/')).toBe(
      asked.pathname.replace(/\/index\.html$/, '/'),
    );
  }
});

test('what a stranger makes up names no other host', () => {
  for (const asked of ['//evil.example/', 'https://evil.example/', '', 'x'])
    expect(new URL(askedAt(queried(asked)), 'http://cdn').host).toBe('cdn');
});

/** The cloud in small: the edge function, then S3, then `serve` for what S3 does not have. */
describe('answers as npm start does', () => {
  const rules = `
legacy: [wordpress, jekyll, hugo, ghost, hexo]
moved: { /tags/js/feed.rss: /tags/docker/feed.rss, /old.xml: https://old.example/feed, /tags/gone/: /tags/docker/ }
gone: [/tags/php/feed.rss, /tags/php/, /comments/feed/]`;
  const hosts: Record<string, Host> = {};
  beforeAll(async () => {
    Object.assign(hosts, { ruled: await hostWith(rules), plain: await hostWith() });
    for (const { feeds } of Object.values(hosts))
      for await (const { key } of listAll(feeds, '')) {
        const format = feedAt(key)?.format;
        if (format && twinned.includes(format))
          await feeds.put(twinKey(key), gzipSync((await feeds.get(key)).body));
      }
  });

  interface Outcome {
    status: number;
    location?: string;
    type?: string | null;
    body?: string;
  }

  const known = new Map<string, Given>();
  /** Starting the engine takes longer than its work: the many are asked at once. */
  const edge = (asked: Asked) => {
    const id = JSON.stringify(asked);
    if (!known.has(id)) known.set(id, atEdge([asked])[0]!);
    return known.get(id)!;
  };

  /** What a request comes to here, redirects followed. */
  async function locally({ target, headers = {} }: Asked, host: Host): Promise<Outcome[]> {
    return followed(target, async (path) => {
      // Which coding is chosen is another test's.
      const { 'accept-encoding': _, ...sent } = headers;
      const request = new Request(`http://cdn${path}`, { headers: sent as never });
      return outcome(await serve(request, host.shelves, host.site));
    });
  }

  async function inCloud({ target, headers = {} }: Asked, host: Host): Promise<Outcome[]> {
    return followed(target, async (path) => {
      const given = edge({ target: path, headers });
      if (given.statusCode) {
        const { location } = given.headers;
        return {
          status: given.statusCode,
          location: new URL(location!.value, `http://cdn${path}`).pathname,
        };
      }
      const key = decodeURIComponent(given.uri!.slice(1));
      const stored = await host.feeds.get(key).catch(() => undefined);
      if (stored) {
        const bytes = key.endsWith('.gz') ? gunzipSync(stored.body) : stored.body;
        return { status: 200, type: contentType(key), body: new TextDecoder().decode(bytes) };
      }
      const request = new Request(`http://cdn${askedAt(given.uri!)}`);
      return outcome(await serve(request, host.shelves, host.site));
    });
  }

  async function outcome(response: Response): Promise<Outcome> {
    const location = response.headers.get('location');
    // Of a 404 the text may name another near feed.
    if (response.status === 404) return { status: 404 };
    if (location !== null) return { status: response.status, location };
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      body: await response.text(),
    };
  }

  async function followed(
    target: string,
    ask: (path: string) => Promise<Outcome>,
  ): Promise<Outcome[]> {
    const seen: Outcome[] = [];
    for (let path = target; seen.length < 6; ) {
      const found = await ask(path);
      seen.push(found);
      if (!found.location?.startsWith('/')) return seen;
      path = found.location;
    }
    throw new Error(`${target} leads round and round`);
  }

  const paths = [
    '/',
    '/index.html',
    '/feed.rss',
    '/feed.atom',
    '/feed.json',
    '/feeds.opml',
    '/feeds.json',
    '/tags/docker/',
    '/tags/docker',
    '/tags/docker/feed.rss',
    '/tags/docker/feed.atom',
    '/Tags/Docker/feed.atom',
    '/tags/docker/feed.atom/',
    '/tags/C%2B%2B/feed.json',
    '/tags/c-plus-plus/',
    '/tags/%D1%91%D0%BB%D0%BA%D0%B0/feed.atom',
    '/tags/none/',
    '/tags/none/feed.rss',
    '/tags/none/feed.atom',
    '/tags/js/',
    '/tags/js/feed.rss',
    '/tags/php/',
    '/tags/php/feed.rss',
    '/tags/php/feed.atom',
    '/tags/gone/',
    '/old.xml',
    '/comments/feed/',
    '/feed/',
    '/feed',
    '/feed/atom/',
    '/tag/docker/feed/',
    '/tag/docker/feed/atom',
    '/category/a/news/feed/',
    '/author/ann/feed/json/',
    '/feed.xml',
    '/atom.xml',
    '/feed/by_tag/docker.xml',
    '/tags/docker/index.xml',
    '/rss/',
    '/rss2.xml',
    '/nothing',
    '/feed.atom.gz',
    '/tags/docker/feed.json.gz',
    '/x.gz',
    '/tag/docker/',
    '/category/news',
    '/index.php',
  ];
  const queries = [
    '',
    '?',
    '?raw',
    '?utm_source=x',
    '?feed=rss2',
    '?feed=atom',
    '?feed=json&tag=docker',
    '?feed=atom&tag=c%2B%2B',
    '?feed=rdf&category_name=a/news',
    '?feed=comments-rss2',
    '?feed=rss2&p=12',
    '?feed=rss2&cat=',
    '?feed=',
    '?feed=x&tag=docker',
    '?feed=atom&author_name=ann',
    '?tag=docker',
    '?feed=atom&feed=rss2',
    '?feed=rss2&tag=none',
    '?feed=%61tom',
  ];
  const headers: Record<string, string>[] = [
    {},
    gzip,
    browser,
    { ...browser, 'sec-fetch-site': 'same-origin' },
  ];

  const all = paths.flatMap((path) =>
    queries.flatMap((query) => headers.map((sent) => ({ target: path + query, headers: sent }))),
  );
  /** Requests that are answered otherwise there than here. */
  async function differences(asked: Asked[], host: Host): Promise<unknown[]> {
    for (const [at, given] of atEdge(asked).entries()) known.set(JSON.stringify(asked[at]), given);
    const wrong: unknown[] = [];
    for (const one of asked) {
      const [here, there] = [await locally(one, host), await inCloud(one, host)];
      // A browser at a feed without a page is sent to the page first, and hears the rest there.
      const isBrowser = 'sec-fetch-dest' in one.headers!;
      const pair = isBrowser ? [here.at(-1), there.at(-1)] : [here, there];
      if (JSON.stringify(pair[0]) !== JSON.stringify(pair[1])) wrong.push({ one, here, there });
    }
    return wrong.slice(0, 5);
  }

  test.each(['ruled', 'plain'])('where the site file is %s', async (name) => {
    expect(await differences(all, hosts[name]!)).toEqual([]);
  });

  test('for what is made from the index', async () => {
    const blog = testBlog(settings);
    blog.pipeline.hasCdn = true;
    for (let at = 0; at < 12; at++) await writePost(blog, at, at % 2 ? ['a', 'b'] : ['a', 'ё']);
    await blog.run();
    const { feeds, state } = blog.pipeline;
    const queue = { refresh: async () => {} };
    const shelves = { feeds, state, queue, compress: compressor() };
    const host = { feeds, shelves, site: readSite(settings) } as unknown as Host;
    const feedPaths = ['', '/tags/a', '/tags/%D1%91', '/mix/tags:a+tags:b', '/mix/tags:a+!tags:b'];
    const older = feedPaths.map(async (path) => {
      const response = await serve(new Request(`http://cdn${path}/feed.json`), shelves, host.site);
      return nextIn(await response.text(), 'json')!;
    });
    const asked = [
      ...(await Promise.all(older)).flatMap((path) =>
        formats.map((format) => path.replace(/json$/, format)),
      ),
      ...[...feedPaths, '/mix/tags:b+tags:a', '/mix/tags:none,tags:a', '/mix/nonsense'].flatMap(
        (path) => [...formats.map((format) => `${path}/feed.${format}`), `${path}/`, `${path}?x`],
      ),
      '/before/2020.atom',
      '/tags/a/before/',
      '/tags/a/before',
      '/before',
      '/tags/none/before/x.rss',
      '/tags/a/before/x/y.atom',
      '/mix/',
      '/feeds/a/feed.rss',
    ].flatMap((target) => headers.map((sent) => ({ target, headers: sent })));
    expect(await differences(asked, host)).toEqual([]);
    const found = await Promise.all(asked.map((one) => locally(one, host)));
    const served = found.filter((outcomes) => outcomes.at(-1)!.status === 200);
    expect(served.length).toBeGreaterThan(asked.length / 2);
  });
});
