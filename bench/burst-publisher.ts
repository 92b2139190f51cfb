import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { ingestBatch } from '../src/publish/ingest-batch.ts';
import { refreshBatch } from '../src/publish/refresh-batch.ts';
import { settingsIn } from '../src/publish/site-in-force.ts';
import { selectionIn } from '../src/publish/sqs.ts';
import type { Stage } from '../src/publish/stage.ts';
import type { Store } from '../src/store/store.ts';
import { type Counts, countingStore, noCounts } from '../test/costs/counting-store.ts';
import { batchOf, contextWith, failed } from '../test/functions/stage.ts';

// Metrics would go where the figures do.
process.env['POWERTOOLS_METRICS_DISABLED'] = 'true';

/** What Lambda does with the functions ingest and refresh, a batch of each at a time; and counts. */

export interface Tally {
  counts: Counts;
  /** Posts ingested. */
  posts: number;
  /** Selections that were asked for, and the calls to SQS that took. */
  asked: number;
  sends: number;
  /** Calls that received messages, or deleted some. */
  polls: number;
  /** Each refresh, with what its messages were deduplicated by. */
  refreshes: { selection: string; written: number; windows: string[] }[];
  /** Epoch milliseconds at which a changed post was last ingested, and an object of the feeds last put. */
  lastIngest: number;
  lastPut: number;
  failures: string[];
}

export interface PublisherOptions {
  stage: Stage;
  /** Milliseconds that each call to a store takes longer. */
  delay: number;
  feedsUrl: string;
}

export interface BurstPublisher {
  tally: Tally;
  /** After the batches that it has in work. */
  stop(): Promise<void>;
}

export function startPublisher({
  stage: opened,
  delay,
  feedsUrl,
}: PublisherOptions): BurstPublisher {
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
  const slowly = {
    take: <T>(call: () => Promise<T>) => (delay > 0 ? sleep(delay).then(call) : call()),
    ticks: () => 0,
  };
  const counted = (store: Store) => countingStore(store, tally.counts, slowly);
  const plain = counted(opened.feeds);
  const feeds: Store = {
    ...plain,
    put: async (...given) => {
      const written = await plain.put(...given);
      tally.lastPut = Date.now();
      return written;
    },
  };
  const stores = { posts: counted(opened.posts), state: counted(opened.state), feeds };
  const settings = settingsIn(stores, { feeds: feedsUrl });
  const queue: Stage['queue'] = {
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
  const metrics = new Metrics({ namespace: 'Tidings/bench', serviceName: 'burst' });
  const worker = { stage, logger: logger(), metrics };
  let isStopped = false;
  const loops = [poll(stage.postsQueue, ingestBatch), poll(stage.feedsQueue, refreshBatch)];
  return {
    tally,
    stop: async () => {
      isStopped = true;
      await Promise.all(loops);
    },
  };

  /** The functions say what they do in their logs. */
  function logger(): Logger {
    const info = (what: string, { selection, written, changed }: Said) => {
      if (what === 'ingested') {
        tally.posts++;
        if (changed) tally.lastIngest = Date.now();
      }
      if (what !== 'refreshed') return;
      tally.refreshes.push({ selection, written, windows: inWork.get(selection) ?? [] });
    };
    const warn = (what: string) => void tally.failures.push(what);
    const error = (what: string, given: { error?: Error }) =>
      void tally.failures.push(`${what}: ${given.error?.message}`);
    return { info, warn, error } as unknown as Logger;
  }

  async function poll(QueueUrl: string, handler: Handler<typeof worker>): Promise<void> {
    while (!isStopped) {
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
      if (Entries.length === 0) continue;
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
}

/** What a function says of a post that it has ingested, or a selection that it has refreshed. */
interface Said {
  selection: string;
  written: number;
  changed?: boolean;
}

type Handler<W> = (event: SQSEvent, context: Context, worker: W) => Promise<SQSBatchResponse>;
