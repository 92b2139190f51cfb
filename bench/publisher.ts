import { SQSClient } from '@aws-sdk/client-sqs';
import { directory, type Selection, siteFileKey } from '../src/keys.ts';
import { ingest } from '../src/publish/ingest.ts';
import type { Pipeline, Queue } from '../src/publish/pipeline.ts';
import { refresh } from '../src/publish/refresh.ts';
import { settingsIn } from '../src/publish/site-in-force.ts';
import { sqsSender } from '../src/publish/sqs.ts';
import { S3Store, s3Client } from '../src/store/s3.ts';
import { s3Clock } from '../src/store/s3-clock.ts';
import { turns } from '../src/store/s3-turns.ts';
import type { S3Server } from '../test/s3/ceph.ts';
import { type BareClient, escaped } from './bare.ts';
import { bareRequests } from './bare-requests.ts';
import { type Bucket, noted, notedQueue, notedStore, type Task } from './calls.ts';
import { madePost } from './made-posts.ts';
import { newest, pastObjects, settings, tags } from './past.ts';
import type { startQueues } from './queues.ts';
import { replayer } from './replay.ts';

/** A deployed stage's pipeline, as src/publish/stage.ts opens it, with a past and with its requests noted. */

export interface PublisherOptions {
  /** Posts in the state. */
  size: number;
  server: S3Server;
  queues: Awaited<ReturnType<typeof startQueues>>;
  bare: BareClient;
}

export type Publisher = Awaited<ReturnType<typeof openPublisher>>;

export async function openPublisher({ size, server, queues, bare }: PublisherOptions) {
  const { endpoint, accessKey, secretKey } = server;
  const credentials = { accessKeyId: accessKey, secretAccessKey: secretKey };
  const client = s3Client({ endpoint, region: 'us-east-1', credentials });
  const names = namesOf(size);
  for (const name of Object.values(names)) await put(`/${name}`);
  const objects = await fill();

  const open = (bucket: Bucket) => new S3Store({ client, bucket: names[bucket] });
  const opened = { posts: open('posts'), state: open('state'), feeds: open('feeds') };
  const stores = {
    posts: notedStore(opened.posts, 'posts'),
    state: notedStore(opened.state, 'state'),
    feeds: notedStore(opened.feeds, 'feeds'),
  };
  const sqs = new SQSClient({ endpoint: queues.endpoint, region: 'us-east-1', credentials });
  const now = s3Clock(client, Date.now);
  const asked = new Set<Selection>();
  const sender = sqsSender({ client: sqs, posts: queues.posts, feeds: queues.feeds, now });
  const queue: Queue = {
    ...sender,
    schedule: async (key) => {
      throw new Error(`${key} is due later, which none of these posts is`);
    },
  };
  const pipeline: Pipeline = {
    ...stores,
    hasCdn: true,
    queue: notedQueue(queue, (selections) => {
      for (const one of selections) asked.add(one);
    }),
    site: settingsIn(stores).inForce,
    now,
  };
  await stores.posts.put(siteFileKey, settings);
  return {
    size,
    objects,
    names,
    publish,
    /** Without the feeds. */
    ingest: (key: string) => ingest(key, pipeline),
    /** The requests of a task again: bare, and as we make them. */
    bare: replayer(bareRequests(bare, { endpoint, names, queue: queues.feeds }), 'bare'),
    sdk: replayer({ stores: opened, refresh: sender.refresh }, 'sdk'),
    /** Writes a post of all tags, newer than the past. */
    write: (key: string, seed: number) =>
      stores.posts.put(key, madePost({ tags, published: newest + 86_400, seed })),
    /** Takes a post out of the feeds again. */
    remove: async (key: string) => {
      await stores.posts.delete(key);
      await publish(key);
    },
    close: () => {
      client.destroy();
      sqs.destroy();
    },
  };

  /** Ingests a post, then refreshes what that asked for, side by side but for the directory: each its own task. */
  async function publish(key: string): Promise<Task[]> {
    asked.clear();
    const ingested = await noted(() => ingest(key, pipeline));
    const selections = [...asked].filter((one) => one !== directory);
    const refreshes = selections.map((one) => noted(() => refresh(one, pipeline)));
    return [ingested, ...(await Promise.all(refreshes))];
  }

  /** Puts the past into the state; tells how many objects it has. */
  async function fill(): Promise<number> {
    const inTurn = turns(64);
    let objects = 0;
    let waiting: Promise<void>[] = [];
    for await (const { key, body } of pastObjects(size)) {
      objects++;
      const path = key.split('/').map(escaped).join('/');
      waiting.push(inTurn(() => put(`/${names.state}/${path}`, body)));
      if (waiting.length < 1000) continue;
      await Promise.all(waiting);
      waiting = [];
    }
    await Promise.all(waiting);
    return objects;
  }

  async function put(path: string, body = ''): Promise<void> {
    const { status, body: said } = await bare.send({ method: 'PUT', url: endpoint + path, body });
    if (status !== 200) throw new Error(`PUT ${path}: ${status} ${said}`);
  }
}

function namesOf(size: number): Record<Bucket, string> {
  return { posts: `posts-${size}`, state: `state-${size}`, feeds: `feeds-${size}` };
}
