/**
 * `npm run bench -- burst [WHERE POSTS PUBLISHERS DELAY]`: posts that arrive at once, told of by a
 * local SQS: time until all feeds are right, requests, refreshes that had nothing to do. A publisher
 * does what Lambda does, one batch of each function at a time. WHERE is `memory` (stores and
 * publishers in one process) or `ceph` (Ceph's gateway, each publisher a process of its own); DELAY,
 * milliseconds, is added to each call to a store, for AWS's S3 is further away than these.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { directory, siteFileKey } from '../src/keys.ts';
import { drain, localQueue, queueEverything } from '../src/publish/local.ts';
import { fingerprint, readSite } from '../src/site.ts';
import { MemoryStore } from '../src/store/memory.ts';
import { turns } from '../src/store/s3-turns.ts';
import { listAll } from '../src/store/store.ts';
import { countIn, sqsClient } from '../test/cloud.ts';
import type { Tally } from './burst-publisher.ts';
import { type BurstStage, cephStage, feedsUrl, memoryStage } from './burst-stages.ts';
import { buckets } from './calls.ts';
import { madePost } from './made-posts.ts';
import { count, machine, table } from './print.ts';
import { startQueues } from './queues.ts';

const settings = 'url: https://b.example\ntitle: A blog\n';
/** Milliseconds within which requests for one selection are one: src/publish/sqs.ts. */
const window = 2000;
const stages = { memory: memoryStage, ceph: cephStage };

interface Scenario {
  where: keyof typeof stages;
  posts: number;
  publishers: number;
  delay: number;
}

const [where, ...given] = process.argv.slice(2);
const [posts = 10_000, publishers = 10, delay = 30] = given.map(Number);
const scenarios: Scenario[] = where
  ? [{ where: where as keyof typeof stages, posts, publishers, delay }]
  : [
      { where: 'memory', posts, publishers, delay },
      ...[1, 2, 4].map((some) => ({
        where: 'memory' as const,
        posts: 600,
        publishers: some,
        delay,
      })),
      ...[1, 2].map((some) => ({ where: 'ceph' as const, posts: 300, publishers: some, delay: 0 })),
    ];

/** A post of five of a hundred tags, one a minute. */
function textOf(nth: number): string {
  const tags = [0, 17, 34, 51, 68].map((step) => `t${(nth + step) % 100}`);
  return madePost({ tags, published: 1_700_000_000 + nth * 60, seed: nth });
}

async function run({ where, posts, publishers, delay }: Scenario) {
  const queues = await startQueues();
  const stage = await stages[where]({ queues, delay });
  try {
    await stage.posts.put(siteFileKey, settings);
    const keys = Array.from({ length: posts }, (_, nth) => `${nth}.md`);
    await Promise.all(keys.map((key, nth) => stage.posts.put(key, textOf(nth))));
    await stage.begin(publishers);
    const begun = Date.now();
    await tellAll(queues, keys);
    await quiet(queues);
    const figures = figuresOf(await stage.tallies(), begun);
    await requireRight(stage.feeds, posts);
    return figures;
  } finally {
    await stage.close();
    queues.stop();
  }
}

type Queues = Awaited<ReturnType<typeof startQueues>>;

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
async function requireRight(found: BurstStage['feeds'], size: number): Promise<void> {
  const site = readSite(settings, { feeds: feedsUrl });
  const inForce = { site, fingerprint: fingerprint(site) };
  const now = Date.now;
  const [posts, state, feeds] = buckets.map(() => new MemoryStore(now));
  const stores = { posts: posts!, state: state!, feeds: feeds! };
  for (let nth = 0; nth < size; nth++) await stores.posts.put(`${nth}.md`, textOf(nth));
  const queue = localQueue();
  const fresh = { ...stores, queue, hasCdn: true, site: async () => inForce, now };
  await queueEverything(fresh);
  await drain(fresh);
  for await (const { key } of listAll(stores.feeds, '')) {
    const [one, other] = await Promise.all([stores.feeds.get(key), found.get(key)]);
    if (Buffer.compare(one.body, other.body) !== 0) throw new Error(`${key} is not right`);
  }
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

console.log(`${machine()}; publishers, SQS and Ceph share the processors`);
const rows: string[][] = [];
for (const scenario of scenarios) {
  const found = await run(scenario);
  const { where, posts, publishers, delay } = scenario;
  const windows = Math.ceil((found.seconds * 1000) / window) + 1;
  const most = `${found.most} of ${windows}`;
  const { seconds, ingesting, gets, puts, lists, deletes, ...others } = found;
  rows.push([
    `${where}: ${count(posts)} posts, ${publishers} publishers, ${delay} ms`,
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
