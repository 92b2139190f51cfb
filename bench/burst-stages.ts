import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SQSClient } from '@aws-sdk/client-sqs';
import { settingsIn } from '../src/publish/site-in-force.ts';
import { sqsQueue } from '../src/publish/sqs.ts';
import type { Stage } from '../src/publish/stage.ts';
import { MemoryStore } from '../src/store/memory.ts';
import { S3Store, s3Client } from '../src/store/s3.ts';
import type { Store } from '../src/store/store.ts';
import { fakeCredentials } from '../test/cloud.ts';
import { start } from '../test/s3/ceph.ts';
import { bareClient } from './bare.ts';
import { startPublisher, type Tally } from './burst-publisher.ts';
import { buckets } from './calls.ts';
import type { startQueues } from './queues.ts';

/** Where a burst happens: stores, and publishers that work on them. */
export interface BurstStage {
  posts: Store;
  feeds: Store;
  begin(publishers: number): Promise<void>;
  tallies(): Promise<Tally[]>;
  close(): Promise<void>;
}

export const feedsUrl = 'https://feeds.example';

interface BurstOptions {
  queues: Awaited<ReturnType<typeof startQueues>>;
  /** Milliseconds that each call to a store takes longer. */
  delay: number;
}

/** Stores in memory, and publishers in this process. */
export async function memoryStage({ queues, delay }: BurstOptions): Promise<BurstStage> {
  const now = Date.now;
  const stores = {
    posts: new MemoryStore(now),
    state: new MemoryStore(now),
    feeds: new MemoryStore(now),
  };
  const credentials = fakeCredentials;
  const sqs = new SQSClient({ endpoint: queues.endpoint, region: 'us-east-1', credentials });
  const settings = settingsIn(stores, { feeds: feedsUrl });
  // What is due within a quarter of an hour is a delayed message, and nothing here is later.
  const schedules = { client: new SchedulerClient(), group: '', queue: '', role: '', margin: 5000 };
  const { posts, feeds } = queues;
  const stage: Stage = {
    ...stores,
    hasCdn: true,
    queue: sqsQueue({ client: sqs, posts, feeds, now }, schedules),
    schedules,
    settings,
    site: settings.inForce,
    now,
    sqs,
    postsQueue: queues.posts,
    feedsQueue: queues.feeds,
  };
  const started: ReturnType<typeof startPublisher>[] = [];
  return {
    ...stores,
    begin: async (publishers) => {
      for (let nth = 0; nth < publishers; nth++)
        started.push(startPublisher({ stage, delay, feedsUrl }));
    },
    tallies: async () => started.map(({ tally }) => tally),
    close: async () => {
      await Promise.all(started.map(({ stop }) => stop()));
      sqs.destroy();
    },
  };
}

/** Ceph's gateway, and publishers that are processes. */
export async function cephStage({ queues, delay }: BurstOptions): Promise<BurstStage> {
  const server = await start({ memory: 6 * 2 ** 30 });
  const { endpoint, accessKey, secretKey } = server;
  const bare = bareClient(server);
  for (const one of buckets)
    await bare.send({ method: 'PUT', url: `${endpoint}/${one}`, body: '' });
  bare.close();
  const credentials = { accessKeyId: accessKey, secretAccessKey: secretKey };
  const client = s3Client({ endpoint, region: 'us-east-1', credentials });
  const env = {
    PATH: process.env['PATH'],
    BENCH_DELAY: String(delay),
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: accessKey,
    AWS_SECRET_ACCESS_KEY: secretKey,
    AWS_ENDPOINT_URL_S3: endpoint,
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
  };
  const started: ReturnType<typeof fork>[] = [];
  return {
    posts: new S3Store({ client, bucket: 'posts' }),
    feeds: new S3Store({ client, bucket: 'feeds' }),
    begin: async (publishers) => {
      for (let nth = 0; nth < publishers; nth++)
        started.push(fork(fileURLToPath(new URL('burst-worker.ts', import.meta.url)), { env }));
      // Loaded, and polling.
      await Promise.all(started.map(tallyOf));
    },
    tallies: () => Promise.all(started.map(tallyOf)),
    close: async () => {
      for (const one of started) one.kill();
      client.destroy();
      await server.stop();
    },
  };
}

async function tallyOf(worker: ReturnType<typeof fork>): Promise<Tally> {
  worker.send('tell');
  const dead = once(worker, 'exit').then(() => {
    throw new Error('a publisher has died');
  });
  return Promise.race([dead, once(worker, 'message').then(([tally]) => tally as Tally)]);
}
