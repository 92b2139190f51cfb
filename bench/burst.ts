/**
 * `npm run bench -- burst [POSTS] [PUBLISHERS] [DELAY]`: posts that arrive at once, on a real S3
 * server (Ceph's gateway) and a local SQS: time until all feeds are right, requests, refreshes that
 * had nothing to do. Publishers are processes that do what Lambda does, one batch of each function
 * at a time. DELAY, milliseconds, is added to each call to S3: this machine's answers sooner than
 * AWS's, and its processors are soon all in work.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { directory, siteFileKey } from '../src/keys.ts';
import { drain, localQueue, queueEverything } from '../src/publish/local.ts';
import { fingerprint, readSite } from '../src/site.ts';
import { MemoryStore } from '../src/store/memory.ts';
import { S3Store, s3Client } from '../src/store/s3.ts';
import { turns } from '../src/store/s3-turns.ts';
import { listAll } from '../src/store/store.ts';
import { countIn, sqsClient } from '../test/cloud.ts';
import { type S3Server, start } from '../test/s3/ceph.ts';
import { bareClient } from './bare.ts';
import type { Tally } from './burst-worker.ts';
import { buckets } from './calls.ts';
import { madePost } from './made-posts.ts';
import { count, machine, table } from './print.ts';
import { startQueues } from './queues.ts';

const feedsUrl = 'https://feeds.example';
const settings = 'url: https://b.example\ntitle: A blog\n';
/** Milliseconds within which requests for one selection are one: src/publish/sqs.ts. */
const window = 2000;

interface Scenario {
  posts: number;
  publishers: number;
  delay: number;
}

const given = process.argv.slice(2).map(Number);
const scenarios: Scenario[] =
  given.length > 0
    ? [{ posts: given[0]!, publishers: given[1] ?? 2, delay: given[2] ?? 0 }]
    : [
        { posts: 10_000, publishers: 2, delay: 0 },
        ...[1, 2, 4].map((publishers) => ({ posts: 600, publishers, delay: 30 })),
      ];

/** A post of five of a hundred tags, one a minute. */
function textOf(nth: number): string {
  const tags = [0, 17, 34, 51, 68].map((step) => `t${(nth + step) % 100}`);
  return madePost({ tags, published: 1_700_000_000 + nth * 60, seed: nth });
}

async function run(scenario: Scenario) {
  const server = await start({ memory: 6 * 2 ** 30 });
  const queues = await startQueues();
  const bare = bareClient(server);
  const workers: ChildProcess[] = [];
  try {
    const put = async (path: string, body = '') => {
      const asked = { method: 'PUT', url: `${server.endpoint}${path}`, body };
      const { status } = await bare.send(asked);
      if (status !== 200) throw new Error(`PUT ${path}: ${status}`);
    };
    for (const one of buckets) await put(`/${one}`);
    await put(`/posts/${siteFileKey}`, settings);
    const inTurn = turns(32);
    const keys = Array.from({ length: scenario.posts }, (_, nth) => `${nth}.md`);
    await Promise.all(keys.map((key, nth) => inTurn(() => put(`/posts/${key}`, textOf(nth)))));
    for (let nth = 0; nth < scenario.publishers; nth++)
      workers.push(startWorker(server, queues, scenario.delay));
    // Loaded, and polling.
    await Promise.all(workers.map(tallyOf));

    const begun = Date.now();
    await tellAll(queues, keys);
    await quiet(queues);
    const tallies = await Promise.all(workers.map(tallyOf));
    for (const one of workers) one.kill();
    await requireRight(server, scenario.posts);
    return figuresOf(tallies, begun);
  } finally {
    for (const one of workers) one.kill();
    bare.close();
    queues.stop();
    await server.stop();
  }
}

type Queues = Awaited<ReturnType<typeof startQueues>>;

function startWorker(server: S3Server, queues: Queues, delay: number): ChildProcess {
  return fork(fileURLToPath(new URL('burst-worker.ts', import.meta.url)), {
    env: {
      PATH: process.env['PATH'],
      BENCH_DELAY: String(delay),
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: server.accessKey,
      AWS_SECRET_ACCESS_KEY: server.secretKey,
      AWS_ENDPOINT_URL_S3: server.endpoint,
      AWS_ENDPOINT_URL_SQS: queues.endpoint,
      POWERTOOLS_METRICS_DISABLED: 'true',
      POWERTOOLS_METRICS_NAMESPACE: 'Tidings/bench',
      POWERTOOLS_SERVICE_NAME: 'burst',
      TIDINGS_POSTS_BUCKET: 'posts',
      TIDINGS_STATE_BUCKET: 'state',
      TIDINGS_FEEDS_BUCKET: 'feeds',
      TIDINGS_POSTS_QUEUE_URL: queues.posts,
      TIDINGS_FEEDS_QUEUE_URL: queues.feeds,
      TIDINGS_POSTS_QUEUE_ARN: 'arn:aws:sqs:us-east-1:000000000000:posts',
      TIDINGS_SCHEDULE_ROLE_ARN: 'arn:aws:iam::000000000000:role/none',
      TIDINGS_SCHEDULE_GROUP: 'none',
      TIDINGS_FEEDS_URL: feedsUrl,
    },
  });
}

async function tallyOf(worker: ChildProcess): Promise<Tally> {
  worker.send('tell');
  const dead = once(worker, 'exit').then(() => {
    throw new Error('a publisher has died');
  });
  return Promise.race([dead, once(worker, 'message').then(([tally]) => tally as Tally)]);
}

/** S3's own events of all posts, each in a message. */
async function tellAll(queues: Queues, keys: string[]): Promise<void> {
  const client = sqsClient(queues.endpoint);
  const bodyOf = (key: string) =>
    JSON.stringify({ Records: [{ eventName: 'ObjectCreated:Put', s3: { object: { key } } }] });
  const batches = Array.from({ length: Math.ceil(keys.length / 10) }, (_, at) =>
    keys.slice(at * 10, at * 10 + 10),
  );
  const inTurn = turns(8);
  await Promise.all(
    batches.map((batch) => {
      const Entries = batch.map((key, id) => ({ Id: String(id), MessageBody: bodyOf(key) }));
      const command = new SendMessageBatchCommand({ QueueUrl: queues.posts, Entries });
      return inTurn(() => client.send(command));
    }),
  );
  client.destroy();
}

async function quiet(queues: Queues): Promise<void> {
  const client = sqsClient(queues.endpoint);
  // Twice: a message may be on its way from one queue to the other.
  for (let zeros = 0; zeros < 2; ) {
    const left = (await countIn(client, queues.posts)) + (await countIn(client, queues.feeds));
    zeros = left === 0 ? zeros + 1 : 0;
    await sleep(500);
  }
  client.destroy();
}

/** Throws if a feed is not, byte for byte, that of a fresh build. */
async function requireRight(server: S3Server, size: number): Promise<void> {
  const site = readSite(settings, { feeds: feedsUrl });
  const inForce = { site, fingerprint: fingerprint(site) };
  const now = Date.now;
  const [posts, state, feeds] = buckets.map(() => new MemoryStore(now));
  const stores = { posts: posts!, state: state!, feeds: feeds! };
  for (let nth = 0; nth < size; nth++) await stores.posts.put(`${nth}.md`, textOf(nth));
  const queue = localQueue();
  const fresh = { ...stores, queue, hasCdn: true, isAlone: true, site: async () => inForce, now };
  await queueEverything(fresh);
  await drain(fresh);
  const { endpoint, accessKey, secretKey } = server;
  const credentials = { accessKeyId: accessKey, secretAccessKey: secretKey };
  const client = s3Client({ endpoint, region: 'us-east-1', credentials });
  const found = new S3Store({ client, bucket: 'feeds' });
  for await (const { key } of listAll(stores.feeds, '')) {
    const [one, other] = await Promise.all([stores.feeds.get(key), found.get(key)]);
    if (Buffer.compare(one.body, other.body) !== 0) throw new Error(`${key} is not right`);
  }
  client.destroy();
}

function figuresOf(tallies: Tally[], begun: number) {
  const sum = (of: (tally: Tally) => number) =>
    tallies.reduce((total, tally) => total + of(tally), 0);
  const refreshes = tallies.flatMap((tally) => tally.refreshes);
  const windows = refreshes.flatMap((one) => one.windows.map((id) => `${one.selection} ${id}`));
  const often = new Map<string, number>();
  for (const { selection } of refreshes) often.set(selection, (often.get(selection) ?? 0) + 1);
  const failures = tallies.flatMap((tally) => tally.failures);
  if (failures.length > 0) console.log(`${failures.length} failures, such as ${failures[0]}`);
  return {
    /** Until all feeds were right, and until all posts were ingested. */
    seconds: (Math.max(...tallies.map((tally) => tally.lastPut)) - begun) / 1000,
    ingesting: (Math.max(...tallies.map((tally) => tally.lastIngest)) - begun) / 1000,
    ingests: sum((tally) => tally.posts),
    asked: sum((tally) => tally.asked),
    refreshes: refreshes.length,
    selections: often.size,
    most: Math.max(...often.values()),
    again: windows.length - new Set(windows).size,
    // The directory's rows change with every post.
    wasted: refreshes.filter((one) => one.written === 0 && one.selection !== directory).length,
    gets: sum(({ counts }) => counts.gets + counts.heads),
    puts: sum(({ counts }) => counts.puts),
    lists: sum(({ counts }) => counts.lists),
    deletes: sum(({ counts }) => counts.deletes),
    sqs: sum((tally) => tally.sends + tally.polls),
  };
}

console.log(
  `${machine()}; Ceph's gateway, one OSD in memory, SQS and the publishers share the processors`,
);
const rows: string[][] = [];
for (const scenario of scenarios) {
  const found = await run(scenario);
  const { posts, publishers, delay } = scenario;
  const windows = Math.ceil((found.seconds * 1000) / window) + 1;
  const most = `${found.most} of ${windows}`;
  const { seconds, ingesting, gets, puts, lists, deletes, ...others } = found;
  rows.push([
    `${count(posts)} posts, ${publishers} publishers, ${delay} ms`,
    seconds.toFixed(1),
    (posts / ingesting).toFixed(0),
    ...[gets, puts, lists, deletes, others.sqs].map(count),
    ...[others.ingests, others.asked, others.refreshes].map(count),
    `${count(others.wasted)} (${((100 * others.wasted) / others.refreshes).toFixed(0)} %)`,
    most,
    String(others.again),
  ]);
}
const head = [
  '',
  's until right',
  'posts ingested a second',
  'gets',
  'puts',
  'lists',
  'deletes',
  'SQS',
];
head.push('ingests', 'feeds asked for', 'refreshes', 'with nothing to write');
head.push('most of one feed, of windows', 'twice in a window');
table(head, rows);
