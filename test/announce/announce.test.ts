import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { announceBatch, type Worker } from '../../src/announce/announce.ts';
import { Unavailable } from '../../src/errors.ts';
import { readSite } from '../../src/site.ts';
import { fakeCloud } from '../cloud.ts';
import { batchOf, contextWith, failed } from '../functions/stage.ts';
import { stub } from '../s3/stub.ts';
import { distribution, fakeCdn } from './cdn.ts';

type Answer = Parameters<typeof stub>[0];

let cdn: Awaited<ReturnType<typeof fakeCdn>>;
let hub: Awaited<ReturnType<typeof stub>>;
let answer: Answer;
const opened: { close(): Promise<void> }[] = [];

beforeEach(async () => {
  answer = (response) => response.writeHead(204).end();
  cdn = await fakeCdn(2);
  hub = await stub((...asked) => answer(...asked));
  opened.push(cdn, hub);
});
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

/** Counts of a metric, as CloudWatch would read them from the log. */
const counts: Record<string, number> = {};
const metrics = Object.assign(new Metrics({ namespace: 'Tidings' }), {
  addMetric: (name: string, _: string, value: number) => {
    counts[name] = (counts[name] ?? 0) + value;
  },
});
beforeEach(() => {
  for (const name of Object.keys(counts)) delete counts[name];
});

function worker(settings = '', changed: Partial<Worker['announcer']> = {}): Worker {
  const site = { ...readSite(`feeds: https://feeds.example\n${settings}`), hubs: [hub.endpoint] };
  return {
    announcer: {
      cdn: { client: cdn.client, distribution },
      sqs: undefined as never,
      queue: 'http://127.0.0.1:1/none',
      site: async () => site,
      ...changed,
    },
    logger: new Logger({ logLevel: 'SILENT' }),
    metrics,
    patience: { look: 5, hubs: { answer: 10_000, pauses: [5, 5] }, reserve: 1000 },
  };
}

/** What retrySoon needs of SQS, where it is not what a test is about. */
const noQueue = { sqs: { send: async () => ({}) } as never };

let sent = 0;
/** Messages as S3 sends them, one for each key; their ids are `m0`, `m1` … */
function batch(...keys: (string | { gone: string })[]): SQSEvent {
  return batchOf(
    keys.map((key, at) => ({
      MessageId: `m${at}`,
      Body: JSON.stringify({
        Records: [
          {
            eventVersion: '2.6',
            eventName: typeof key === 'string' ? 'ObjectCreated:Put' : 'ObjectRemoved:Delete',
            s3: { object: { key: encodeURIComponent(typeof key === 'string' ? key : key.gone) } },
          },
        ],
      }),
      Attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: String(1_700_000_000_000 + sent++),
      },
    })),
  );
}
const told = () =>
  hub.asked.map(({ body }) => new URLSearchParams(body.toString()).get('hub.topic'));

test('renews the CDN once, and tells the hub of each feed that changed when that is done', async () => {
  let begunWhenTold: number | undefined;
  answer = (response) => {
    begunWhenTold ??= [...cdn.begun.values()][0]!.looks;
    response.writeHead(204).end();
  };
  const event = batch(
    'feed.rss',
    'feed.rss',
    'tags/c-plus-plus/feed.json',
    'tags/ё/feed.atom',
    'tags/ё/feed.atom.gz',
    'index.html',
    'tags/ё/index.html',
    'feeds.opml',
    'feeds.json',
  );
  expect(failed(await announceBatch(event, contextWith(), worker()))).toEqual([]);
  expect([...cdn.begun.keys()]).toEqual(['tidings-m8']);
  expect(begunWhenTold).toBe(0);
  expect(told().toSorted()).toEqual([
    'https://feeds.example/feed.rss',
    'https://feeds.example/tags/%D1%91/feed.atom',
    'https://feeds.example/tags/c-plus-plus/feed.json',
  ]);
  expect(counts).toEqual({ Invalidations: 1, TopicsAnnounced: 3 });
});

test('asks CloudFront for all paths as one', async () => {
  await announceBatch(batch('feed.rss'), contextWith(), worker());
  const { method, url, body } = cdn.asked[0]!;
  expect([method, url]).toEqual(['POST', `/2020-05-31/distribution/${distribution}/invalidation`]);
  expect(body.toString()).toContain('<Path>/*</Path>');
});

test('does nothing for S3’s test event', async () => {
  const event = batchOf([
    { MessageId: 'a', Body: '{"Service":"Amazon S3","Event":"s3:TestEvent"}' },
  ]);
  expect(failed(await announceBatch(event, contextWith(), worker()))).toEqual([]);
  expect(cdn.asked).toEqual([]);
});

test('renews the CDN, and tells no hub, of a feed that was deleted', async () => {
  await announceBatch(batch({ gone: 'tags/js/feed.rss' }), contextWith(), worker());
  expect(cdn.begun.size).toBe(1);
  expect(told()).toEqual([]);
});

test('with `invalidate: false` tells the hub at once', async () => {
  await announceBatch(batch('feed.rss'), contextWith(), worker('invalidate: false'));
  expect(cdn.asked).toEqual([]);
  expect(told()).toEqual(['https://feeds.example/feed.rss']);
});

test('fails a message that is none of S3’s, and announces the others', async () => {
  const event = batch('feed.rss', 'feed.atom');
  event.Records[0]!.body = 'nonsense';
  const response = await announceBatch(event, contextWith(), worker('', noQueue));
  expect(failed(response)).toEqual(['m0']);
  expect(told()).toEqual(['https://feeds.example/feed.atom']);
});

test('tells the hub of a feed whose twin alone has changed: that is what it will fetch', async () => {
  await announceBatch(batch('tags/js/feed.json.gz'), contextWith(), worker());
  expect(told()).toEqual(['https://feeds.example/tags/js/feed.json']);
});

describe('a batch that comes back', () => {
  test('because the CDN was not done finds its invalidation, and begins none', async () => {
    await cdn.close();
    opened.splice(opened.indexOf(cdn), 1);
    cdn = await fakeCdn(50);
    opened.push(cdn);
    const event = batch('feed.rss', 'feed.atom');
    let left = 20;
    const context = contextWith(() => (left-- > 0 ? 2000 : 900));
    expect(failed(await announceBatch(event, context, worker('', noQueue)))).toEqual(['m0', 'm1']);
    expect(told()).toEqual([]);
    for (const one of cdn.begun.values()) one.looks = 0;
    // In another order, and without a part of it.
    event.Records.reverse();
    expect(failed(await announceBatch(event, contextWith(), worker()))).toEqual([]);
    await announceBatch({ Records: event.Records.slice(0, 1) }, contextWith(), worker());
    expect([...cdn.begun.keys()]).toEqual(['tidings-m1']);
    expect(told()).toContain('https://feeds.example/feed.rss');
  });

  test('with news begins another', async () => {
    const event = batch('feed.rss');
    await announceBatch(event, contextWith(), worker());
    const news = batch('feed.json');
    news.Records[0]!.messageId = 'news';
    event.Records.push(...news.Records);
    await announceBatch(event, contextWith(), worker());
    expect([...cdn.begun.keys()]).toEqual(['tidings-m0', 'tidings-news']);
  });

  test('because there was no time for all topics holds only those, and begins no invalidation', async () => {
    let asked = 0;
    const context = contextWith(() => {
      // Two looks at the invalidation, then five topics.
      return asked++ < 2 + 5 ? 60_000 : 500;
    });
    const event = batch(
      'feed.rss',
      ...[1, 2, 3, 4, 5, 6, 7].map((n) => `tags/t${n}/feed.rss`),
      'index.html',
    );
    const response = await announceBatch(event, context, worker('', noQueue));
    expect(told()).toHaveLength(5);
    expect(failed(response).toSorted()).toEqual(['m5', 'm6', 'm7', 'm8']);
    event.Records = event.Records.filter(({ messageId }) => failed(response).includes(messageId));
    expect(failed(await announceBatch(event, contextWith(), worker()))).toEqual([]);
    expect(cdn.begun.size).toBe(1);
    expect(told()).toHaveLength(8);
    expect(new Set(told()).size).toBe(8);
  });

  test('tells no topic twice that changed first and last', async () => {
    let asked = 0;
    const context = contextWith(() => (asked++ < 2 + 2 ? 60_000 : 500));
    const event = batch(
      'feed.rss',
      'tags/a/feed.rss',
      'tags/b/feed.rss',
      'tags/c/feed.rss',
      'feed.rss',
    );
    const response = await announceBatch(event, context, worker('', noQueue));
    expect(failed(response).toSorted()).toEqual(['m0', 'm3', 'm4']);
    event.Records = event.Records.filter(({ messageId }) => failed(response).includes(messageId));
    await announceBatch(event, contextWith(), worker());
    expect(told()).toHaveLength(4);
    expect(new Set(told()).size).toBe(4);
  });
});

describe('fails all messages, tells no hub and counts it if', () => {
  test.each([500, 403, 404, 429])('CloudFront answers %i', async (status) => {
    cdn.refusals.push(status);
    const response = await announceBatch(
      batch('feed.rss', 'index.html'),
      contextWith(),
      worker('', noQueue),
    );
    expect(failed(response)).toEqual(['m0', 'm1']);
    expect(told()).toEqual([]);
    expect(counts).toEqual({ Failures: 1 });
  });

  test('the state cannot be read', async () => {
    const site = () => Promise.reject(new Unavailable('cannot read'));
    const response = await announceBatch(
      batch('feed.rss'),
      contextWith(),
      worker('', { ...noQueue, site }),
    );
    expect(failed(response)).toEqual(['m0']);
    expect(counts).toEqual({ Failures: 1 });
  });
});

test.each<[string, Answer]>([
  ['gives no answer', () => {}],
  ['answers 500', (response) => response.writeHead(500).end()],
])('a hub that %s is asked three times, fails no message and is counted', async (_, said) => {
  answer = said;
  const impatient = { look: 5, hubs: { answer: 200, pauses: [5, 5] }, reserve: 1000 };
  const asking = { ...worker(), patience: impatient };
  expect(failed(await announceBatch(batch('feed.rss'), contextWith(), asking))).toEqual([]);
  expect(told()).toHaveLength(3);
  expect(counts).toMatchObject({ HubsGivenUp: 1 });
});

test('messages that failed are visible again soon', async () => {
  const cloud = await fakeCloud();
  opened.push(cloud);
  const queue = await cloud.newQueue('announce', { VisibilityTimeout: '1800' });
  await cloud.client.send(
    new SendMessageCommand({ QueueUrl: queue, MessageBody: batch('feed.rss').Records[0]!.body }),
  );
  const receive = () =>
    cloud.client.send(
      new ReceiveMessageCommand({ QueueUrl: queue, MessageSystemAttributeNames: ['All'] }),
    );
  const { Messages = [] } = await receive();
  cdn.refusals.push(500);
  const asked: number[] = [];
  cloud.client.middlewareStack.add((next) => async (args) => {
    const { Entries } = args.input as { Entries?: { VisibilityTimeout: number }[] };
    asked.push(...(Entries ?? []).map((one) => one.VisibilityTimeout));
    return next(args);
  });
  const response = await announceBatch(
    batchOf(Messages),
    contextWith(),
    worker('', { sqs: cloud.client, queue }),
  );
  expect(failed(response)).toEqual([Messages[0]!.MessageId]);
  expect(asked).toEqual([30]);
});
