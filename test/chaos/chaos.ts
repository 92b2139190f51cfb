import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { settingsIn } from '../../src/publish/site-in-force.ts';
import { sqsSender } from '../../src/publish/sqs.ts';
import { sweep } from '../../src/publish/sweep.ts';
import { compare } from '../../src/publish/sync.ts';
import { S3Store, s3Client } from '../../src/store/s3.ts';
import { listAll } from '../../src/store/store.ts';
import { countIn, fakeCloud, receiveAll } from '../cloud.ts';
import { newBucket } from '../s3/bucket.ts';
import { start } from '../s3/ceph.ts';
import { random } from '../simulation/random.ts';
import { divergences, isMissingMark, isOfStaleMarks, isUnsettled } from '../simulation/verdict.ts';
import { calm, faultyProxy, type Weather } from './faulty-proxy.ts';
import { historyOf } from './history.ts';
import { fakeScheduler } from './scheduler.ts';

/**
 * A real S3 server, real publisher processes, SQS on loopback, and trouble: publishers and the
 * gateway are killed, the way to the server throttles, loses, cuts and delays, clocks jump, feeds
 * are deleted, while a blog lives. When all is quiet again, every feed must be that of a fresh build.
 */

const publishers = 4;
/** Milliseconds that one call of a function may last, and seconds that its messages are away meanwhile. */
const timeout = 30_000;
const VisibilityTimeout = '45';
/** Messages may be delayed by so many milliseconds; what is scheduled for later is not waited for. */
const longestDelay = 900_000;
const feedsUrl = 'https://feeds.example';

const minute = 60_000;
const day = 24 * 60 * minute;
const jumps = [2000, 30_000, 10 * minute, 60 * minute, day].flatMap((one) => [one, -one]);

/** One after the other: a run sees them all. */
const weathers: Weather[] = [
  calm,
  { ...calm, slowDown: 0.2 },
  { ...calm, slowDown: 0.7 },
  { ...calm, lostReply: 0.05, cutReply: 0.05 },
  { ...calm, late: 0.03, slow: 0.1 },
  { slowDown: 0.05, lostReply: 0.03, cutReply: 0.02, late: 0.02, slow: 0.1 },
];

export interface Outcome {
  /** What differs from a fresh build although all was quiet: must be empty. */
  wrong: string[];
  /** Bodies of messages that were given up: must be empty. */
  dead: string[];
  /** Records that only the weekly `sync` mends: their publisher died or slept in the one gap that is known. */
  leftToSync: number;
  /** How often each thing was done or happened. */
  counts: Record<string, number>;
  /** Faults that did not happen: must be empty, else the run shows nothing of them. */
  missing: string[];
  /** Seconds from the end of trouble until all was quiet. */
  quietAfter: number;
}

/**
 * Seconds. What failed often rests for up to 16 minutes, which shows nothing that one minute does
 * not. In a short run also second looks come early, as they may; what comes due must not.
 */
const long = { soon: 60, longest: { VisibilityTimeout: 60 } };
const short = { soon: 15, longest: { VisibilityTimeout: 25, DelaySeconds: 25 } };

/** What every run has to go through. */
const faults = [
  'kill -9 of a publisher',
  'kill -9 of the gateway',
  'jump of a clock',
  'loss of a feed',
  ...['slowDown', 'lostReply', 'cutReply', 'late', 'slow', 'unreachable'].map(
    (fault) => `request: ${fault}`,
  ),
];

export async function chaos(
  { minutes, seed }: { minutes: number; seed: number },
  tell: (line: string) => void,
): Promise<Outcome> {
  const length = minutes * minute;
  const waits = minutes < 1 ? short : long;
  const chances = random(seed);
  const counts: Record<string, number> = {};
  const count = (what: string) => {
    counts[what] = (counts[what] ?? 0) + 1;
  };
  const undo: (() => Promise<unknown> | unknown)[] = [];
  try {
    return await live();
  } finally {
    for (const one of undo.reverse()) await one();
  }

  async function live(): Promise<Outcome> {
    const server = await start();
    undo.push(server.stop);
    const credentials = { accessKeyId: server.accessKey, secretAccessKey: server.secretKey };
    const client = s3Client({ endpoint: server.endpoint, region: 'us-east-1', credentials });
    undo.push(() => client.destroy());
    const names = [await newBucket(client), await newBucket(client), await newBucket(client)];
    const [posts, state, feeds] = names.map((bucket) => new S3Store({ client, bucket })) as [
      S3Store,
      S3Store,
      S3Store,
    ];
    const cloud = await fakeCloud(waits.longest);
    undo.push(cloud.close);
    // As in deploy/resources/queues.yml, but for the times.
    const queue = async (name: string, ending: string, more: Record<string, string>) => {
      const dead = await cloud.newQueue(
        `${name}-dead${ending}`,
        ending ? { FifoQueue: 'true' } : {},
      );
      const deadLetterTargetArn = `arn:aws:sqs:us-east-1:000000000000:${name}-dead${ending}`;
      const { maxReceiveCount, ...attributes } = more;
      const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount });
      const given = { VisibilityTimeout, RedrivePolicy, ...attributes };
      return { url: await cloud.newQueue(name + ending, given), dead };
    };
    const postsQueue = await queue('posts', '', { maxReceiveCount: '20' });
    const feedsQueue = await queue('feeds', '.fifo', {
      ...{ maxReceiveCount: '10', FifoQueue: 'true', DelaySeconds: '5' },
    });
    const scheduler = await fakeScheduler(cloud.client, postsQueue.url);
    undo.push(scheduler.close);
    const proxy = await faultyProxy(server.endpoint, random(seed + 1));
    undo.push(proxy.close);

    const living = new Set<ChildProcess>();
    undo.push(() => {
      for (const one of living) one.kill('SIGKILL');
    });
    let isOver = false;
    const publish = () => {
      const child = fork(join(import.meta.dirname, 'publisher.ts'), {
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        env: {
          ...process.env,
          AWS_REGION: 'us-east-1',
          AWS_ACCESS_KEY_ID: server.accessKey,
          AWS_SECRET_ACCESS_KEY: server.secretKey,
          AWS_ENDPOINT_URL_S3: proxy.endpoint,
          AWS_ENDPOINT_URL_SQS: cloud.endpoint,
          AWS_ENDPOINT_URL_SCHEDULER: scheduler.endpoint,
          POWERTOOLS_METRICS_DISABLED: 'true',
          POWERTOOLS_METRICS_NAMESPACE: 'Tidings/test',
          POWERTOOLS_SERVICE_NAME: 'test',
          TIDINGS_POSTS_BUCKET: names[0],
          TIDINGS_STATE_BUCKET: names[1],
          TIDINGS_FEEDS_BUCKET: names[2],
          TIDINGS_POSTS_QUEUE_URL: postsQueue.url,
          TIDINGS_FEEDS_QUEUE_URL: feedsQueue.url,
          TIDINGS_POSTS_QUEUE_ARN: 'arn:aws:sqs:us-east-1:000000000000:posts',
          TIDINGS_SCHEDULE_ROLE_ARN: 'arn:aws:iam::000000000000:role/none',
          TIDINGS_SCHEDULE_GROUP: 'none',
          TIDINGS_FEEDS_URL: feedsUrl,
          TEST_TIMEOUT: String(timeout),
        },
      });
      living.add(child);
      const read = (text: Buffer) => {
        for (const line of text.toString().split('\n')) heard(line);
      };
      child.stdout!.on('data', read);
      child.stderr!.on('data', read);
      // Killed, or out of time: Lambda starts another.
      child.once('exit', () => {
        living.delete(child);
        count('publishers that ended');
        if (!isOver) publish();
      });
    };
    const heard = (line: string) => {
      const said = /"level":"(\w+)","message":"([\w, ]+)/.exec(line);
      if (said) count(`log: ${said[1]} ${said[2]}`);
      else if (/^\w*Error\b|^node:/.test(line)) count(`stderr: ${line.slice(0, 100)}`);
    };

    await posts.put('tidings.yml', 'url: https://blog.example\n');
    for (let nth = 0; nth < publishers; nth++) publish();
    const end = Date.now() + length;
    const until = async (pause: () => number, act: () => Promise<unknown> | unknown) => {
      while (Date.now() < end) {
        await sleep(Math.min(pause(), Math.max(0, end - Date.now())));
        if (Date.now() < end) await act();
      }
    };
    const history = historyOf(seed, { now: Date.now, soon: waits.soon });
    let turn = chances.below(weathers.length);
    await Promise.all([
      until(
        () => chances.below(1000),
        () => change(history.next().value),
      ),
      until(
        () => Math.min(5000 + chances.below(10_000), length / (weathers.length + 1)),
        () => proxy.become(weathers[turn++ % weathers.length]!),
      ),
      until(
        () => 1000 + chances.below(7000),
        () => {
          if (chances.pick([...living])?.kill('SIGKILL')) count('kill -9 of a publisher');
        },
      ),
      until(
        () => 1000 + chances.below(5000),
        () => {
          const one = chances.pick([...living]);
          const jumped = (error: Error | null) => error ?? count('jump of a clock');
          if (one?.connected) one.send(chances.pick(jumps), jumped);
        },
      ),
      until(
        () => Math.min(20_000 + chances.below(20_000), length / 3),
        async () => {
          await server.gateway.kill();
          count('kill -9 of the gateway');
          await sleep(1000 + chances.below(7000));
          await server.gateway.start();
        },
      ),
      until(
        () => Math.min(5000 + chances.below(20_000), length / 6),
        () => insist(lose),
      ),
      until(
        () => 15_000,
        async () =>
          tell(`${Math.round((end - Date.now()) / 1000)} s left, ${await waiting()} waiting`),
      ),
    ]);
    proxy.become(calm);
    for (const one of living) if (one.connected) one.send(0, () => {});
    await change({
      kind: 'site',
      key: 'tidings.yml',
      text: 'url: https://blog.example\nentries: 9\n',
    });
    const ended = Date.now();
    await quiet();
    const quietAfter = Math.round((Date.now() - ended) / 1000);

    const settings = settingsIn({ posts, state }, { feeds: feedsUrl });
    const judged = async () =>
      divergences({
        posts,
        state,
        feeds,
        inForce: await settings.inForce(),
        now: Date.now(),
        hasCdn: true,
      });
    const first = await judged();
    const isKnown = (one: string) => isUnsettled(one) || isMissingMark(one) || isOfStaleMarks(one);
    const wrong = first.filter((one) => !isKnown(one));
    const found = await compare({ posts, state, site: settings.inForce, now: Date.now });
    tell(`before sync ${first.length} marks or records to mend, ${found.outdated.length} posts`);
    const sender = sqsSender({
      ...{ client: cloud.client, posts: postsQueue.url, feeds: feedsQueue.url, now: Date.now },
    });
    await sender.ingest(found.outdated);
    await sweep({ state, queue: sender }, found.settled);
    await quiet();
    wrong.push(...(await judged()).map((one) => `after sync: ${one}`));

    isOver = true;
    const dead = [postsQueue.dead, feedsQueue.dead].map(async (url) =>
      (await receiveAll(cloud.client, url)).map(({ Body }) => Body!),
    );
    for (const [fault, times] of Object.entries(proxy.met)) counts[`request: ${fault}`] = times;
    return {
      wrong,
      dead: (await Promise.all(dead)).flat(),
      leftToSync: found.outdated.length + found.broken.length,
      counts,
      missing: faults.filter((fault) => !counts[fault]),
      quietAfter,
    };

    /** Deletes one of the feeds, as an operator's slip would. */
    async function lose(): Promise<void> {
      const keys: string[] = [];
      for await (const { key } of listAll(feeds, '')) keys.push(key);
      if (keys.length === 0) return;
      await feeds.delete(chances.pick(keys));
      count('loss of a feed');
    }

    /** One change, told of as S3 tells: at least once, not always at once. */
    async function change({ kind, key, text }: { kind: string; key: string; text?: string }) {
      count(`act: ${kind}`);
      await insist(() => (text === undefined ? posts.delete(key) : posts.put(key, text)));
      const event = {
        eventVersion: '2.6',
        eventName: 'Any',
        s3: { object: { key: encoded(key) } },
      };
      const MessageBody = JSON.stringify({ Records: [event] });
      for (let times = chances.chance(0.1) ? 2 : 1; times > 0; times--) {
        const DelaySeconds = chances.chance(0.1) ? chances.below(10) : 0;
        const command = { QueueUrl: postsQueue.url, MessageBody, DelaySeconds };
        await cloud.client.send(new SendMessageCommand(command));
      }
    }

    async function waiting(): Promise<number> {
      const queued = [postsQueue.url, feedsQueue.url].map((url) => countIn(cloud.client, url));
      const [inPosts, inFeeds] = await Promise.all(queued);
      return inPosts! + inFeeds! + scheduler.countBefore(Date.now() + longestDelay);
    }

    async function quiet(): Promise<void> {
      const patience = Date.now() + Math.max(4 * minute, length);
      for (let times = 0; times < 3; ) {
        await sleep(1000);
        const left = await waiting();
        if (Date.now() > patience) throw new Error(`${left} messages wait and wait`);
        times = left === 0 ? times + 1 : 0;
        if (left > 0 && Math.round(Date.now() / 1000) % 15 === 0) tell(`${left} waiting`);
      }
    }
  }
}

function encoded(key: string): string {
  return key.split('/').map(encodeURIComponent).join('/').replaceAll('%20', '+');
}

/** Tries until it is done: a publisher's sync does, and what is tried again has the same outcome. */
async function insist(act: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      return void (await act());
    } catch {
      await sleep(500);
    }
  }
}
