import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ingest } from '../../src/publish/ingest.ts';
import { drain, localQueue, queueEverything } from '../../src/publish/local.ts';
import { settingsIn } from '../../src/publish/site-in-force.ts';
import { compare } from '../../src/publish/sync.ts';
import { MemoryStore } from '../../src/store/memory.ts';
import { S3Store } from '../../src/store/s3.ts';
import { listAll, type Store } from '../../src/store/store.ts';
import { post, testBlog } from '../blog.ts';
import { countIn, fakeCloud } from '../cloud.ts';
import { random } from '../simulation/random.ts';
import { newBucket, removeBucket, testClient } from './bucket.ts';

const publishers = 8;
const acts = 300;
const feedsUrl = 'https://feeds.example';
const client = testClient();
const buckets: string[] = [];
const processes = new Set<ChildProcess>();
/** Of publishers that nobody killed. */
let deaths = 0;
let cloud: Awaited<ReturnType<typeof fakeCloud>>;
let posts: S3Store;
let state: S3Store;
let feeds: S3Store;
let queues: string[];

async function bucket(): Promise<S3Store> {
  const name = await newBucket(client);
  buckets.push(name);
  return new S3Store({ client, bucket: name });
}

beforeAll(async () => {
  cloud = await fakeCloud();
  [posts, state, feeds] = [await bucket(), await bucket(), await bucket()];
  const VisibilityTimeout = '10';
  queues = [
    await cloud.newQueue('posts', { VisibilityTimeout }),
    await cloud.newQueue('feeds.fifo', { VisibilityTimeout, FifoQueue: 'true', DelaySeconds: '5' }),
  ];
});

afterAll(async () => {
  for (const one of processes) one.kill('SIGKILL');
  for (const one of buckets) await removeBucket(client, one);
  client.destroy();
  await cloud.close();
});

function startPublisher(): ChildProcess {
  const [POSTS, STATE, FEEDS] = buckets;
  const child = fork(join(import.meta.dirname, 'publisher.ts'), {
    env: {
      ...process.env,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: process.env['TEST_S3_ACCESS_KEY'],
      AWS_SECRET_ACCESS_KEY: process.env['TEST_S3_SECRET_KEY'],
      AWS_ENDPOINT_URL_S3: process.env['TEST_S3_ENDPOINT'],
      AWS_ENDPOINT_URL_SQS: cloud.endpoint,
      POWERTOOLS_LOG_LEVEL: process.env['TEST_LOG'] ?? 'SILENT',
      POWERTOOLS_METRICS_DISABLED: 'true',
      POWERTOOLS_METRICS_NAMESPACE: 'Tidings/test',
      POWERTOOLS_SERVICE_NAME: 'test',
      TIDINGS_POSTS_BUCKET: POSTS,
      TIDINGS_STATE_BUCKET: STATE,
      TIDINGS_FEEDS_BUCKET: FEEDS,
      TIDINGS_POSTS_QUEUE_URL: queues[0],
      TIDINGS_FEEDS_QUEUE_URL: queues[1],
      TIDINGS_POSTS_QUEUE_ARN: 'arn:aws:sqs:us-east-1:000000000000:posts',
      TIDINGS_SCHEDULE_ROLE_ARN: 'arn:aws:iam::000000000000:role/none',
      TIDINGS_SCHEDULE_GROUP: 'none',
      TIDINGS_FEEDS_URL: feedsUrl,
    },
  });
  processes.add(child);
  child.once('exit', (status) => {
    deaths += status === null ? 0 : 1;
  });
  return child;
}

/** Keys as people and tools write them. */
const keys = [
  ...Array.from({ length: 30 }, (_, n) => `2024/post-${n}.md`),
  'with space.md',
  'c++ & c#.md',
  '100%.md',
  'пост/привет мир 🎉.md',
  `${'long/'.repeat(204)}x.md`,
];
const labels = ['C++', 'C', 'Жёлтый', 'a b', 'docker', 'Linux'];

/** S3's own event of a change. */
async function tell(key: string): Promise<void> {
  const encoded = key.split('/').map(encodeURIComponent).join('/').replaceAll('%20', '+');
  const record = { eventVersion: '2.6', eventName: 'Any', s3: { object: { key: encoded } } };
  const MessageBody = JSON.stringify({ Records: [record] });
  await cloud.client.send(new SendMessageCommand({ QueueUrl: queues[0]!, MessageBody }));
}

/** Writes and deletes posts, and changes the settings half-way, telling of each as S3 does. */
async function publish(): Promise<void> {
  const { below, pick, chance } = random(1);
  for (let nth = 0; nth < acts; nth++) {
    const key = nth === acts / 2 ? 'tidings.yml' : pick(keys);
    if (key === 'tidings.yml') await posts.put(key, 'url: https://blog.example\nentries: 7\n');
    else if (chance(0.15)) await posts.delete(key);
    else {
      const tags = labels.filter(() => chance(0.3));
      const date = `2024-03-0${1 + below(9)}`;
      await posts.put(
        key,
        post({ title: `${key.slice(0, 40)} ${nth}`, date, tags, draft: chance(0.1) }),
      );
    }
    await tell(key);
    if (chance(0.1)) await tell(key);
    if (chance(0.2)) await sleep(100);
  }
}

async function quiet(): Promise<void> {
  const waiting = async () =>
    (await countIn(cloud.client, queues[0]!)) + (await countIn(cloud.client, queues[1]!));
  // Twice: a message may be on its way from one queue to the other.
  for (let nth = 0; nth < 2; nth++) {
    await expect.poll(waiting, { timeout: 150_000, interval: 500 }).toBe(0);
    await sleep(500);
  }
}

async function textsIn(store: Store): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for await (const { key } of listAll(store, ''))
    texts.set(key, Buffer.from((await store.get(key)).body).toString());
  return texts;
}

test(`${publishers} publishers, two of them killed, end with the feeds of a fresh build`, {
  timeout: 480_000,
}, async () => {
  await posts.put('tidings.yml', 'url: https://blog.example\n');
  const started = Array.from({ length: publishers }, startPublisher);
  const publishing = publish();
  await sleep(4000);
  expect(deaths).toBe(0);
  for (const doomed of started.slice(0, 2)) {
    doomed.kill('SIGKILL');
    await once(doomed, 'exit');
    startPublisher();
  }
  await publishing;
  await quiet();

  const now = Date.now;
  const settings = settingsIn({ posts, state }, { feeds: feedsUrl });
  const site = () => settings.inForce();
  const stores = { posts, state: new MemoryStore(now), feeds: new MemoryStore(now) };
  const fresh = { ...stores, queue: localQueue(), site, hasCdn: true, now };
  await queueEverything(fresh);
  await drain(fresh);
  const found = await textsIn(feeds);
  const expected = await textsIn(fresh.feeds);
  expect(expected.size).toBeGreaterThan(20);
  for (const [key, text] of expected) expect(found.get(key), key).toBe(text);
  // Terms that were used and are not any more.
  for (const [key, text] of found)
    if (!expected.has(key) && key.endsWith('.json'))
      expect(JSON.parse(text).items, key).toEqual([]);
  const differences = await compare({ posts, state, site, now });
  expect(differences).toMatchObject({ outdated: [], broken: [] });
});

test('a post too large to read is a problem, and is not read', async () => {
  const { pipeline } = testBlog();
  await posts.put('large.md', 'x'.repeat(1000));
  const small = new S3Store({ client, bucket: buckets[0]!, largest: 999 });
  const { record } = await ingest('large.md', { ...pipeline, posts: small });
  expect(record).toMatchObject({ status: 'unread', problems: [{ key: 'large.md', unread: true }] });
  expect(record.post).toBe((await posts.head('large.md')).etag);
});
