import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { LambdaFunctionURLEvent, LambdaFunctionURLResult } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { edgeAddress, requestOf, resultOf } from '../../src/serve/function-url.ts';
import { serve } from '../../src/serve/serve.ts';
import { hostWith } from './shelf.ts';

/** Events as a function URL makes them, and as it ought not to. */

const { shelves, site } = await hostWith('legacy: [wordpress]');

const eventWith = (given: object, method = 'GET') =>
  ({
    version: '2.0',
    rawPath: '/feed.rss',
    rawQueryString: '',
    headers: {},
    requestContext: { http: { method } },
    isBase64Encoded: false,
    ...given,
  }) as unknown as LambdaFunctionURLEvent;

async function answer(given: object, method?: string) {
  const request = requestOf(eventWith(given, method));
  if (!request) return undefined;
  return (await resultOf(await serve(request, shelves, site))) as Exclude<
    LambdaFunctionURLResult,
    string
  >;
}

describe('a path', () => {
  test.each([
    ['/feed.rss', 200],
    ['/feed%2Erss', 200],
    ['/%66eed.rss', 200],
    ['/tags/%d1%91%d0%bb%d0%ba%d0%b0/', 200],
    ['/tags/ёлка/', 200],
    ['/tags/ё́лка/', 404],
    ['/tags/Docker/', 301],
    ['//feed.rss', 301],
    ['/feed.rss/', 301],
    ['/feed.rss.', 404],
    ['/feed.rss;x=1', 404],
    ['/tags;x/docker/feed.rss', 404],
    ['/tags%2Fdocker%2Ffeed.rss', 200],
    ['/feed%252Erss', 404],
    ['/%2525252e%2525252e/feed.rss', 404],
    ['//evil.example/feed.rss', 404],
    ['/\ud800', 404],
    ['', 400],
    ['feed.rss', 400],
    ['*', 400],
    ['@evil.example/feed.rss', 400],
    [':80/feed.rss', 400],
    ['.evil.example/feed.rss', 400],
    ['http://evil.example/feed.rss', 400],
    ['/./feed.rss', 400],
    ['/x/../feed.rss', 400],
    ['/x/%2e%2E/feed.rss', 400],
    ['/..', 400],
    ['/.%2e/', 400],
    ['/..%2ffeed.rss', 400],
    ['/..%5cfeed.rss', 400],
    ['/tags\\docker\\feed.rss', 400],
    ['\\\\evil.example\\feed.rss', 400],
    ['/feed.rss#x', 400],
    ['/fe\ted.rss', 400],
    ['/feed.rss\r\nx: y', 400],
    ['/feed.rss ', 400],
    ['/feed.rss\0', 400],
    ['/feed.rss%00', 400],
    ['/%', 400],
    ['/%c0%ae/', 400],
    ['/%ed%a0%80', 400],
    [`/${'a'.repeat(9000)}`, 414],
  ])('%j is %i', async (rawPath, status) => {
    const { statusCode, headers } = (await answer({ rawPath }))!;
    expect(statusCode).toBe(status);
    expect(headers!['x-content-type-options']).toBe('nosniff');
    const location = headers!['location'];
    if (location !== undefined) expect(location).toMatch(/^\/(?!\/)[!-~]*$/);
  });

  test.each([
    ['', 200],
    ['x=1', 200],
    ['#', 200],
    ['%0d%0aset-cookie:a=b', 200],
    ['?&=&&', 200],
    ['feed=atom', 200],
    ['../../x', 200],
    ['x'.repeat(9000), 414],
    [undefined, 200],
  ])('with the query %j is the same', async (rawQueryString, status) => {
    const plain = await answer({});
    const asked = (await answer({ rawQueryString }))!;
    expect(asked.statusCode).toBe(status);
    if (status === 200) expect(asked).toEqual(plain);
  });
});

test.each(['TRACE', 'CONNECT', 'track', '', 'GE T', 'GET\r\nX', 'M-SEARCH', 'GÉT'])(
  'by %j no request is made',
  (method) => {
    expect(requestOf(eventWith({}, method))).toBeUndefined();
  },
);

test.each([
  ['GET', 200],
  ['HEAD', 200],
  ['OPTIONS', 204],
  ['POST', 405],
  ['PURGE', 405],
  ['get', 200],
])('by %s the status is %i', async (method, status) => {
  expect((await answer({}, method))!.statusCode).toBe(status);
});

describe('headers', () => {
  test.each([
    ['none', undefined],
    ['without values', { 'if-none-match': undefined, accept: '' }],
    ['twice, as one list', { 'if-none-match': '"a","b"', 'accept-encoding': 'identity,identity' }],
    ['with odd names', { 'x y': '1', '': '2', é: '3', __proto__: '4', constructor: '5' }],
    ['with odd values', { 'x-a': 'a\r\nset-cookie: b', 'x-b': 'ё', 'x-c': 'a\0b' }],
    [
      'of proxies',
      {
        host: 'evil.example',
        'x-forwarded-host': 'evil.example',
        'x-forwarded-proto': 'gopher',
        'x-forwarded-for': '127.0.0.1',
        forwarded: 'host=evil.example',
        'x-original-url': '/tags/docker/',
        'x-rewrite-url': '/tags/docker/',
        'x-http-method-override': 'DELETE',
      },
    ],
    ['of ranges', { range: 'bytes=0-1', 'if-range': '"x"' }],
    ['of bodies', { 'content-length': '99', 'transfer-encoding': 'chunked', expect: 'x' }],
    ['of languages and cookies', { 'accept-language': 'de', cookie: 'a=b', authorization: 'x' }],
  ])('%s change nothing', async (_, headers) => {
    expect(await answer({ headers })).toEqual(await answer({}));
  });

  test('name our host only as a host’s name', () => {
    const named = (host?: string) =>
      edgeAddress(eventWith({ headers: { 'x-tidings-host': host } }));
    expect(named('D1.cloudfront.net')).toBe('https://d1.cloudfront.net');
    for (const host of [undefined, '', 'a/b', 'a:80', 'a@b', 'a b', 'a\r\nb', 'a,b', 'ё.example'])
      expect(named(host), host).toBeUndefined();
    expect(edgeAddress(eventWith({ headers: undefined }))).toBeUndefined();
  });
});

test.each([
  ['text', { body: 'x'.repeat(1000), isBase64Encoded: false }],
  ['Base64', { body: Buffer.from('x').toString('base64'), isBase64Encoded: true }],
  ['what is no Base64', { body: '%%%', isBase64Encoded: true }],
  ['a request', { body: 'GET /x HTTP/1.1\r\n\r\n' }],
  ['cookies', { cookies: ['a=b', 'c=d'] }],
])('a body of %s is passed over', async (_, given) => {
  expect(await answer(given)).toEqual(await answer({}));
});

describe('an answer', () => {
  const headers = { 'content-type': 'application/feed+json' };
  const sizeOf = (result: unknown) => Buffer.byteLength(JSON.stringify(result));
  /** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
  const most = 6 * 1024 * 1024;

  test.each([
    ['letters', 'x', 6_000_000],
    ['quotation marks', '"', 3_000_000],
    ['control characters', '\u0001', 1_000_000],
    ['Cyrillic letters', 'ё', 3_000_000],
  ])(
    'of %s is as long as Lambda takes, and one that is longer says what to do',
    async (_, of, fit) => {
      const right = await resultOf(new Response(of.repeat(fit), { headers }));
      expect(right).toMatchObject({ statusCode: 200, body: of.repeat(fit) });
      expect(sizeOf(right)).toBeLessThan(most);
      const long = await resultOf(new Response(of.repeat(fit * 1.2), { headers }));
      expect(long).toMatchObject({ statusCode: 406, headers: { 'cache-control': 'no-store' } });
      expect(sizeOf(long)).toBeLessThan(1000);
    },
  );

  test('that is compressed and too long is put off', async () => {
    const packed = { ...headers, 'content-encoding': 'gzip' };
    expect(await resultOf(new Response(randomBytes(5_000_000), { headers: packed }))).toMatchObject(
      {
        statusCode: 503,
        headers: { 'retry-after': '30' },
      },
    );
  });

  test('that is compressed is the same bytes', async () => {
    const result = (await answer({ headers: { 'accept-encoding': 'gzip' } }))!;
    const plain = (await answer({}))!;
    expect(gunzipSync(Buffer.from(result.body!, 'base64')).toString()).toBe(plain.body);
  });
});
