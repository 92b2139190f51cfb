import { crc32 } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { Conflict, NotFound, TooLarge, Unavailable } from '../../src/errors.ts';
import { S3Store, type S3StoreOptions, s3Client } from '../../src/store/s3.ts';
import { grant, refuse, stub } from '../s3/stub.ts';

type Answer = Parameters<typeof stub>[0];

const opened: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

/** A store on a server that answers so, and what it was asked. */
async function storeOn(
  answer: Answer,
  { maxAttempts = 3, socketTimeout = 3000, ...options }: Settings = {},
) {
  const server = await stub(answer);
  opened.push(server);
  const client = s3Client({
    endpoint: server.endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
    maxAttempts,
    requestHandler: { socketTimeout },
  });
  return { store: new S3Store({ client, bucket: 'blog', ...options }), asked: server.asked };
}

type Settings = Partial<S3StoreOptions> & { maxAttempts?: number; socketTimeout?: number };

const failure = (call: Promise<unknown>) => call.then(() => undefined).catch((error) => error);

describe('an error of S3 becomes ours', () => {
  const calls = {
    get: (store: S3Store) => store.get('a'),
    head: (store: S3Store) => store.head('a'),
    put: (store: S3Store) => store.put('a', 'x'),
    create: (store: S3Store) => store.put('a', 'x', { create: true }),
    update: (store: S3Store) => store.put('a', 'x', { update: 'e1' }),
    delete: (store: S3Store) => store.delete('a'),
    list: (store: S3Store) => store.list('a/'),
  };

  test.each([
    ['get', 404, 'NoSuchKey', NotFound, 'no object s3://blog/a'],
    ['create', 412, 'PreconditionFailed', Conflict, 's3://blog/a is not as it was read'],
    ['create', 409, 'ConditionalRequestConflict', Conflict, 's3://blog/a'],
    ['update', 412, 'PreconditionFailed', Conflict, 's3://blog/a'],
    ['update', 409, 'ConditionalRequestConflict', Conflict, 's3://blog/a'],
    ['update', 404, 'NoSuchKey', Conflict, 's3://blog/a'],
    ['put', 409, 'OperationAborted', Unavailable, 'cannot write s3://blog/a'],
    ['update', 404, 'NoSuchBucket', Unavailable, 'there is no bucket blog'],
    ['get', 404, 'NoSuchBucket', Unavailable, 'there is no bucket blog'],
    ['list', 404, 'NoSuchBucket', Unavailable, 'cannot list s3://blog/a/: there is no bucket blog'],
    ['get', 403, 'AccessDenied', Unavailable, 'lack s3:GetObject and s3:ListBucket on bucket blog'],
    ['head', 403, '', Unavailable, 'lack s3:GetObject and s3:ListBucket on bucket blog'],
    ['put', 403, 'AccessDenied', Unavailable, 'lack s3:PutObject and s3:GetObject on bucket blog'],
    [
      'update',
      403,
      'AccessDenied',
      Unavailable,
      'lack s3:PutObject and s3:GetObject on bucket blog',
    ],
    ['delete', 403, 'AccessDenied', Unavailable, 'lack s3:DeleteObject on bucket blog'],
    ['list', 403, 'AccessDenied', Unavailable, 'lack s3:ListBucket on bucket blog'],
    ['put', 400, 'EntityTooLarge', Unavailable, 'EntityTooLarge'],
    ['put', 501, 'NotImplemented', Unavailable, 'NotImplemented'],
  ] as const)('%s that is answered %d %s', async (call, status, code, kind, message) => {
    const { store, asked } = await storeOn((response, { method }) => {
      if (method === 'HEAD') response.writeHead(status).end();
      else refuse(response, status, code);
    });
    const error = await failure(calls[call](store));
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toContain(message);
    expect(error.cause.$metadata.httpStatusCode).toBe(status);
    expect(asked).toHaveLength(1);
  });

  test('a HEAD that is answered 404 is NotFound, where the bucket is known to be there', async () => {
    let code = 'NoSuchBucket';
    const { store, asked } = await storeOn((response, { method }) => {
      if (method === 'HEAD') response.writeHead(404).end();
      else if (code) refuse(response, 404, code);
      else grant(response, '<ListBucketResult/>');
    });
    const missing = await failure(store.head('a'));
    expect(missing).toBeInstanceOf(Unavailable);
    expect(missing.message).toContain('there is no bucket blog');
    code = '';
    for (const _ of [1, 2]) {
      const error = await failure(store.head('a'));
      expect(error).toBeInstanceOf(NotFound);
      expect(error.message).toBe('no object s3://blog/a');
    }
    expect(asked.map(({ method }) => method)).toEqual(['HEAD', 'GET', 'HEAD', 'GET', 'HEAD']);
  });

  test('a reply that is no XML, missing credentials and a dead port are Unavailable', async () => {
    const { store } = await storeOn((response) => grant(response, 'not XML <'));
    await expect(store.list('')).rejects.toThrow(Unavailable);
    const dead = { endpoint: 'http://127.0.0.1:1', region: 'x', maxAttempts: 2 };
    const credentials = { accessKeyId: 'id', secretAccessKey: 'secret' };
    const nobody = new S3Store({ client: s3Client({ ...dead, credentials }), bucket: 'blog' });
    expect((await failure(nobody.get('a'))).message).toContain('ECONNREFUSED');
    const poor = s3Client({ ...dead, credentials: () => Promise.reject(new Error('no role')) });
    const error = await failure(new S3Store({ client: poor, bucket: 'blog' }).get('a'));
    expect(error).toBeInstanceOf(Unavailable);
    expect(error.message).toContain('no role');
  });

  test('what is no key is not asked for', async () => {
    const { store, asked } = await storeOn((response) => grant(response));
    for (const key of ['', '../a', 'a//b', 'ü'.repeat(513)])
      await expect(store.get(key)).rejects.toThrow(NotFound);
    expect(asked).toEqual([]);
  });
});

describe('a server in trouble is asked again, and not for ever', () => {
  const slowDown: Answer = (response) => refuse(response, 503, 'SlowDown');

  test.each([
    ['says 503 SlowDown', slowDown],
    ['says 500', (response) => refuse(response, 500, 'InternalError')],
    ['breaks the connection', (response) => response.destroy()],
    ['says nothing', () => {}],
  ] as [string, Answer][])('a put succeeds on a server that first %s', async (_, trouble) => {
    const { store, asked } = await storeOn(
      (response, request, nth) => (nth === 1 ? trouble(response, request, nth) : grant(response)),
      { socketTimeout: 200 },
    );
    expect(await store.put('a', 'x')).toEqual({ etag: 'e1' });
    expect(asked.map(({ body }) => body.toString())).toEqual(['x', 'x']);
  });

  test('one that always says SlowDown is Unavailable after as many tries as it may have', async () => {
    const { store, asked } = await storeOn(slowDown, { maxAttempts: 2 });
    const error = await failure(store.get('a'));
    expect(error).toBeInstanceOf(Unavailable);
    expect(error.message).toContain('SlowDown');
    expect(error.cause.$metadata).toMatchObject({ httpStatusCode: 503, attempts: 2 });
    expect(asked).toHaveLength(2);
  });

  test.each([
    ['never answers', () => {}],
    ['always says SlowDown', slowDown],
    [
      'stops in the middle of an object',
      (response) => response.writeHead(200, { etag: '"e"', 'content-length': '9' }).write('half'),
    ],
  ] as [string, Answer][])('patience ends with one that %s', async (_, answer) => {
    const { store } = await storeOn(answer, { patience: 300, maxAttempts: 9 });
    const start = performance.now();
    const error = await failure(store.get('a'));
    expect(performance.now() - start).toBeLessThan(2000);
    expect(error).toBeInstanceOf(Unavailable);
    expect(error.message).toBe('cannot read s3://blog/a: no answer within 300 ms');
    expect(error.cause.cause).toBeInstanceOf(Error);
  });

  test('an object whose transfer breaks off is read once more', async () => {
    const { store } = await storeOn((response, _, nth) => {
      if (nth > 1) return grant(response, 'whole');
      response.writeHead(200, { etag: '"e1"', 'content-length': '5' }).write('wh');
      setTimeout(() => response.destroy(), 20);
    });
    expect(Buffer.from((await store.get('a')).body).toString()).toBe('whole');
  });

  test('a list whose transfer breaks off is asked for again, and waited for no longer than patience', async () => {
    const list = '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>';
    const half: Answer = (response) =>
      response.writeHead(200, { 'content-length': String(list.length) }).write(list.slice(0, 20));
    const breaking = await storeOn((response, asked, nth) => {
      if (nth > 1) return grant(response, list);
      half(response, asked, nth);
      setTimeout(() => response.destroy(), 20);
    });
    expect(await breaking.store.list('')).toEqual({ objects: [], more: false });
    const { store } = await storeOn(half, { patience: 300, maxAttempts: 9 });
    const error = await failure(store.list(''));
    expect(error).toBeInstanceOf(Unavailable);
    expect(error.message).toBe('cannot list s3://blog/: no answer within 300 ms');
  });

  test('an object that does not have its checksum is not believed', async () => {
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32('right'));
    const headers = { 'x-amz-checksum-crc32': sum.toString('base64') };
    const { store, asked } = await storeOn((response) => grant(response, 'wrong', headers));
    const error = await failure(store.get('a'));
    expect(error).toBeInstanceOf(Unavailable);
    expect(error.message).toContain('Checksum mismatch');
    expect(asked).toHaveLength(2);
  });

  test('a create whose reply is lost is a Conflict with itself, never a success of another', async () => {
    let held: string | undefined;
    const { store } = await storeOn((response, { body }) => {
      if (held !== undefined) return refuse(response, 412, 'PreconditionFailed');
      held = body.toString();
      response.destroy();
    });
    await expect(store.put('a', 'mine', { create: true })).rejects.toThrow(Conflict);
    expect(held).toBe('mine');
  });

  test('a repeat sends the bytes that were given, whatever the caller makes of its array', async () => {
    const { store, asked } = await storeOn((response, _, nth) =>
      nth === 1 ? refuse(response, 500, 'InternalError') : grant(response),
    );
    const body = Buffer.from('given');
    const written = store.put('a', body);
    body.fill('x');
    await written;
    expect(asked.map((one) => one.body.toString())).toEqual(['given', 'given']);
  });

  test('hundreds of calls at once take turns, so none times out waiting', async () => {
    let running = 0;
    let most = 0;
    const { store } = await storeOn(
      (response) => {
        most = Math.max(most, ++running);
        setTimeout(() => {
          running--;
          grant(response);
        }, 20);
      },
      { patience: 500 },
    );
    await Promise.all(Array.from({ length: 300 }, (_, n) => store.head(`${n}`)));
    expect(most).toBeLessThanOrEqual(64);
  });
});

describe('what S3 is asked', () => {
  test('an object is written with its type, length, checksum and cache headers', async () => {
    const { store, asked } = await storeOn((response) => grant(response), {
      prefix: 'out/',
    });
    await store.put('tags/c++/feed.rss', 'grüße', undefined, { cacheControl: 'max-age=300' });
    await store.put('feed.atom.gz', Uint8Array.of(1), undefined, { contentEncoding: 'gzip' });
    await store.put('index/site/0~a~1', '');
    expect(asked[0]).toMatchObject({
      method: 'PUT',
      url: '/blog/out/tags/c%2B%2B/feed.rss?x-id=PutObject',
      headers: {
        'content-type': 'application/rss+xml; charset=utf-8',
        'content-length': '7',
        'cache-control': 'max-age=300',
        'x-amz-checksum-crc32': expect.any(String),
      },
    });
    expect(asked[0]!.headers).not.toHaveProperty('content-encoding');
    expect(asked[1]!.headers).toMatchObject({
      'content-type': 'application/atom+xml; charset=utf-8',
      'content-encoding': 'gzip',
    });
    expect(asked[2]!.headers).toMatchObject({ 'content-length': '0' });
  });

  test('conditions are headers, the ETag without quotes, as Ceph wants it', async () => {
    const { store, asked } = await storeOn((response) => grant(response));
    const { etag } = await store.put('a', 'x', { create: true });
    await store.put('a', 'y', { update: etag });
    expect(asked[0]!.headers).toMatchObject({ 'if-none-match': '*' });
    expect(asked[1]!.headers).toMatchObject({ 'if-match': 'e1' });
  });

  test('an object that is too large is refused unread', async () => {
    const { store, asked } = await storeOn((response) => {
      response.writeHead(200, { etag: '"e1"', 'content-length': `${5 * 2 ** 30}` }).write('a');
    });
    const error = await failure(store.get('a'));
    expect(error).toBeInstanceOf(TooLarge);
    expect(error.message).toBe('s3://blog/a is 5368709120 bytes; at most 67108864 are read');
    expect(asked).toHaveLength(1);
  });

  test.each([
    ['cut off', '<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>a</Key>'],
    [
      'of an object without an ETag',
      '<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>a</Key><Size>3</Size><LastModified>2026-11-22T10:00:00.000Z</LastModified></Contents></ListBucketResult>',
    ],
    ['of something else', '<html>Welcome</html>'],
  ])('a list %s is no list', async (_, body) => {
    const { store } = await storeOn((response) => grant(response, body));
    const error = await failure(store.list(''));
    expect(error).toBeInstanceOf(Unavailable);
    expect(error.message).toMatch(/^cannot list s3:\/\/blog\/: .*list/);
  });

  test('a list of 1,000 keys takes less time than their JSON thirty times', async () => {
    const keys = Array.from(
      { length: 1000 },
      (_, nth) => `index/tags/a/${nth}~${'0'.repeat(60)}~1`,
    );
    const entries = keys.map(
      (key) =>
        `<Contents><Key>${key}</Key><LastModified>2026-11-22T10:00:00.000Z</LastModified><ETag>&quot;d41d8cd98f00b204e9800998ecf8427e&quot;</ETag><Size>0</Size><StorageClass>STANDARD</StorageClass><Owner><ID>a</ID><DisplayName>a</DisplayName></Owner></Contents>`,
    );
    const xml = `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>blog</Name><IsTruncated>false</IsTruncated>${entries.join('')}</ListBucketResult>`;
    const { store } = await storeOn((response) => grant(response, xml));
    expect((await store.list('')).objects.map(({ key }) => key)).toEqual(keys);
    const json = JSON.stringify((await store.list('')).objects);
    const fastest = async (work: () => unknown) => {
      const times: number[] = [];
      for (let nth = 0; nth < 20; nth++) {
        const begun = process.cpuUsage();
        await work();
        const { user, system } = process.cpuUsage(begun);
        times.push(user + system);
      }
      return Math.min(...times);
    };
    const reference = await fastest(() => {
      for (let nth = 0; nth < 30; nth++) JSON.parse(json);
    });
    expect(await fastest(() => store.list(''))).toBeLessThan(reference);
  });

  test('a list is asked for under the prefix and read as AWS and as Ceph write it', async () => {
    const entry = (key: string, time: string) =>
      `<Contents><Key>${key}</Key><ETag>&quot;e1&quot;</ETag><Size>3</Size><LastModified>${time}</LastModified></Contents>`;
    const { store, asked } = await storeOn(
      (response) =>
        grant(
          response,
          `<?xml version="1.0"?><ListBucketResult><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>
          ${entry('in%2B/a+b%2B', '2026-11-22T10:00:00.000Z')}${entry('in%2B/a%20%01', '2026-11-22T10:00:00.537Z')}
          </ListBucketResult>`,
        ),
      { prefix: 'in+/' },
    );
    expect(await store.list('a', { after: 'a +', limit: 2 })).toEqual({
      objects: [
        { key: 'a b+', etag: 'e1' },
        { key: 'a \x01', etag: 'e1' },
      ],
      more: true,
    });
    const { searchParams } = new URL(asked[0]!.url, 'http://x');
    expect(Object.fromEntries(searchParams)).toEqual({
      'list-type': '2',
      'encoding-type': 'url',
      'max-keys': '2',
      prefix: 'in+/a',
      'start-after': 'in+/a +',
    });
  });
});
