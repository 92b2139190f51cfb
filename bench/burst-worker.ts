import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { pipelineNeeds, readConfig } from '../src/config.ts';
import { ingestBatch } from '../src/publish/ingest-batch.ts';
import { refreshBatch } from '../src/publish/refresh-batch.ts';
import { settingsIn } from '../src/publish/site-in-force.ts';
import { selectionIn } from '../src/publish/sqs.ts';
import { openStage } from '../src/publish/stage.ts';
import type { Store } from '../src/store/store.ts';
import { type Counts, countingStore, noCounts } from '../test/costs/counting-store.ts';
import { batchOf, contextWith, failed } from '../test/functions/stage.ts';

/**
 * A process that does what Lambda does with the functions ingest and refresh, a batch of each at a
 * time, and counts. `BENCH_DELAY`: milliseconds that each call to S3 takes longer. It runs until it
 * is killed, and answers any message of its parent with its `Tally`.
 */

export interface Tally {
  counts: Counts;
  /** Posts ingested. */
  posts: number;
  /** Selections that were asked for, and the calls to SQS that took. */
  asked: number;
  sends: number;
  /** Calls that received messages, or deleted some. */
  polls: number;
  refreshes: { selection: string; written: number; windows: string[] }[];
  /** Epoch milliseconds at which a post was last ingested, and an object of the feeds last put. */
  lastIngest: number;
  lastPut: number;
  failures: string[];
}

const delay = Number(process.env['BENCH_DELAY'] ?? 0);
const tally: Tally = {
  counts: noCounts(),
  posts: 0,
  asked: 0,
  sends: 0,
  polls: 0,
  refreshes: [],
  lastIngest: 0,
  lastPut: 0,
  failures: [],
};
const opened = openStage(readConfig(pipelineNeeds) as never, Date.now);
const slowly = {
  take: <T>(call: () => Promise<T>) => (delay > 0 ? sleep(delay).then(call) : call()),
  ticks: () => 0,
};
const counted = (store: Store) => countingStore(store, tally.counts, slowly);
const [posts, state, plain] = [opened.posts, opened.state, opened.feeds].map(counted);
const feeds: Store = {
  ...plain!,
  put: async (...given) => {
    const etag = await plain!.put(...given);
    tally.lastPut = Date.now();
    return etag;
  },
};
const stores = { posts: posts!, state: state!, feeds };
const settings = settingsIn(stores, { feeds: process.env['TIDINGS_FEEDS_URL']! });
const queue: typeof opened.queue = {
  ...opened.queue,
  refresh: (selections) => {
    tally.asked += selections.length;
    tally.sends += Math.ceil(selections.length / 10);
    return opened.queue.refresh(selections);
  },
};
const stage = { ...opened, ...stores, settings, site: settings.inForce, queue };

/** Of the messages in work: selection → what they were deduplicated by. */
const inWork = new Map<string, string[]>();
const logger = {
  info: (what: string, { selection, written }: { selection: string; written: number }) => {
    if (what === 'ingested') {
      tally.posts++;
      tally.lastIngest = Date.now();
    }
    if (what !== 'refreshed') return;
    tally.refreshes.push({ selection, written, windows: inWork.get(selection) ?? [] });
  },
  warn: (what: string) => void tally.failures.push(what),
  error: (what: string, { error }: { error?: Error }) =>
    void tally.failures.push(`${what}: ${error?.message}`),
} as unknown as Logger;
const worker = { stage, logger, metrics: new Metrics() };

type Handler = (
  event: SQSEvent,
  context: Context,
  with_: typeof worker,
) => Promise<SQSBatchResponse>;

async function poll(QueueUrl: string, handler: Handler): Promise<never> {
  for (;;) {
    const command = new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      MessageSystemAttributeNames: ['All'],
      WaitTimeSeconds: 1,
    });
    const { Messages = [] } = await stage.sqs.send(command);
    tally.polls++;
    if (Messages.length === 0) continue;
    if (handler === refreshBatch) note(Messages);
    const response = await handler(batchOf(Messages), contextWith(60_000), worker);
    const again = new Set(failed(response));
    const done = Messages.filter(({ MessageId }) => !again.has(MessageId!));
    const Entries = done.map(({ ReceiptHandle }, id) => ({ Id: String(id), ReceiptHandle }));
    await stage.sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    tally.polls++;
  }
}

function note(messages: Message[]): void {
  inWork.clear();
  for (const { Body, Attributes } of messages) {
    const selection = selectionIn(Body!);
    const window = Attributes?.MessageDeduplicationId ?? '';
    inWork.set(selection, [...(inWork.get(selection) ?? []), window]);
  }
}

process.on('message', () => process.send!(tally));
process.on('disconnect', () => process.exit());
await Promise.all([poll(stage.postsQueue, ingestBatch), poll(stage.feedsQueue, refreshBatch)]);
