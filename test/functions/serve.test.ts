import { brotliDecompressSync } from 'node:zlib';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import type { LambdaFunctionURLEvent } from 'aws-lambda';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lastSiteKey, queryPath } from '../../src/keys.ts';
import { selectionIn } from '../../src/publish/sqs.ts';
import { S3Store, s3Client } from '../../src/store/s3.ts';
import { listAll } from '../../src/store/store.ts';
import { post, testBlog } from '../blog.ts';
import { fakeCloud, fakeCredentials, receiveAll } from '../cloud.ts';
import { contextWith } from './stage.ts';

const cloud = await fakeCloud();
Object.assign(process.env, {
  AWS_ENDPOINT_URL: cloud.endpoint,
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: fakeCredentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: fakeCredentials.secretAccessKey,
  POWERTOOLS_LOG_LEVEL: 'SILENT',
  POWERTOOLS_METRICS_DISABLED: 'true',
  POWERTOOLS_METRICS_NAMESPACE: 'Tidings/test',
  POWERTOOLS_SERVICE_NAME: 'test',
});
const client = s3Client({ endpoint: cloud.endpoint });
const stores = { state: storeOf('state'), feeds: storeOf('feeds') };
let feedsQueue: string;
let handler: typeof import('../../functions/serve.ts').handler;

function storeOf(bucket: string): S3Store {
  return new S3Store({ client, bucket });
}

/** An event as CloudFront and the function URL make it of a request. */
function eventOf(
  target: string,
  headers: Record<string, string> = {},
  method = 'GET',
): LambdaFunctionURLEvent {
  const [rawPath, rawQueryString = ''] = target.split('?') as [string, string?];
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString,
    headers: { host: 'x.lambda-url.eu-central-1.on.aws', ...headers },
    requestContext: {
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1' },
    },
    isBase64Encoded: false,
  } as unknown as LambdaFunctionURLEvent;
}

async function answer(...asked: Parameters<typeof eventOf>) {
  const result = await handler(eventOf(...asked), contextWith());
  if (typeof result === 'string') throw new Error('a result without a status');
  const headers = result.headers as Record<string, string>;
  return { ...result, headers, status: result.statusCode };
}

beforeAll(async () => {
  for (const Bucket of ['state', 'feeds']) await client.send(new CreateBucketCommand({ Bucket }));
  feedsQueue = await cloud.newQueue('feeds.fifo', { FifoQueue: 'true' });
  // No posts bucket, no posts queue, no role: serve has nothing to do with them.
  Object.assign(process.env, {
    TIDINGS_STATE_BUCKET: 'state',
    TIDINGS_FEEDS_BUCKET: 'feeds',
    TIDINGS_FEEDS_QUEUE_URL: feedsQueue,
  });
  const settings = 'url: https://blog.example\nentries: 3\nlegacy: [wordpress]\n';
  await stores.state.put(lastSiteKey, settings);
  const blog = testBlog(`${settings}feeds: https://d1.cloudfront.net\n`);
  for (let at = 0; at < 60; at++) {
    const tags = at % 2 === 0 ? ['Docker', 'Linux'] : ['Docker'];
    await blog.write(
      `p${at}.md`,
      post({ title: `P${at}`, date: `2024-01-01T00:${String(at).padStart(2, '0')}:00Z`, tags }),
    );
  }
  await blog.run();
  for (const store of ['state', 'feeds'] as const)
    for await (const { key } of listAll(blog.pipeline[store], ''))
      await stores[store].put(key, (await blog.pipeline[store].get(key)).body);
  handler = (await import('../../functions/serve.ts')).handler;
}, 30_000);

afterAll(async () => {
  client.destroy();
  await cloud.close();
});

const byEdge = { 'x-tidings-host': 'd1.cloudfront.net' };

test('a mix and its older entries are answered, with the address that the edge has', async () => {
  const mix = await answer('/mix/tags:docker+tags:linux/feed.json', byEdge);
  expect(mix.status).toBe(200);
  expect(mix.isBase64Encoded).toBe(false);
  const feed = JSON.parse(mix.body!);
  expect(feed.feed_url).toBe('https://d1.cloudfront.net/mix/tags:docker+tags:linux/feed.json');
  expect(feed.items).toHaveLength(3);
  const older = await answer(feed.next_url.replace('https://d1.cloudfront.net', ''), byEdge);
  expect(JSON.parse(older.body!).items).toHaveLength(27);
});

test('what is compressed travels in Base64', async () => {
  const asked = { ...byEdge, 'accept-encoding': 'br' };
  const { body, headers, isBase64Encoded } = await answer(
    '/mix/tags:docker+tags:linux/feed.rss',
    asked,
  );
  expect([isBase64Encoded, headers['content-encoding']]).toEqual([true, 'br']);
  const bytes = Buffer.from(body!, 'base64');
  expect(headers['content-length']).toBe(String(bytes.length));
  expect(brotliDecompressSync(bytes).toString()).toContain('<title>Docker + Linux – ');
  const again = await answer('/mix/tags:docker+tags:linux/feed.rss', {
    ...asked,
    'if-none-match': headers['etag']!,
  });
  expect([again.status, again.body]).toEqual([304, '']);
});

test('HEAD has the headers and no body', async () => {
  const head = await answer('/mix/tags:docker+tags:linux/feed.rss', byEdge, 'HEAD');
  expect([head.status, head.body]).toEqual([200, '']);
  expect(Number(head.headers['content-length'])).toBeGreaterThan(1000);
});

test('a feed that is not built yet is answered, and its refresh asked for', async () => {
  const { body } = await stores.feeds.get('tags/linux/feed.atom');
  await stores.feeds.delete('tags/linux/feed.atom');
  // The edge asks for the compressed twin, and S3 has neither.
  const unbuilt = await answer('/tags/linux/feed.atom.gz', byEdge);
  expect([unbuilt.status, unbuilt.body]).toEqual([200, new TextDecoder().decode(body)]);
  const queued = await receiveAll(cloud.client, feedsQueue);
  expect(queued.map(({ Body }) => selectionIn(Body!))).toEqual(['tags/linux']);
});

test('a query comes through the path that the edge made of it', async () => {
  const query = queryPath + Buffer.from('/?feed=atom&tag=docker').toString('base64url');
  const { status, headers } = await answer(query, byEdge);
  expect([status, headers['location']]).toEqual([301, '/tags/docker/feed.atom']);
  expect((await answer('/?feed=atom')).headers['location']).toBe('/feed.atom');
});

test('what nobody can mean is answered, and never a fault', async () => {
  for (const [target, status] of [
    ['/tags/%00/feed.rss', 400],
    ['/tags/%E0%A4%A/feed.rss', 400],
    ['/tags/..%2f..%2fetc/passwd', 400],
    ['//evil.example/feed.rss', 404],
    [`/${'a'.repeat(100_000)}`, 414],
    [`/mix/${'tags:a+'.repeat(1000)}/feed.rss`, 404],
    [queryPath, 404],
  ] as const)
    expect((await answer(target, byEdge)).status, target.slice(0, 60)).toBe(status);
  for (const method of ['POST', 'TRACE', 'CONNECT', 'PROPFIND'])
    expect((await answer('/feed.rss', byEdge, method)).status).toBe(405);
  expect(
    (await answer('/feed.rss', { 'x-odd': 'a\u0000b', 'x-tidings-host': 'a b/../c' })).status,
  ).toBe(200);
});

test('a fault of ours is a failed call, which an alarm counts', async () => {
  const broken = '0'.repeat(32);
  await stores.state.put(`entries/${broken}.json`, 'x');
  const { objects } = await stores.state.list('index/site/');
  await stores.state.put(objects[0]!.key.replace(/[0-9a-f]{32}~\d+$/, `${broken}~1`), '');
  const cursor = `20990101T000000Z~${'0'.repeat(24)}~${broken}`;
  await expect(answer(`/before/${cursor}.rss`, byEdge)).rejects.toThrow('is not JSON');
});
