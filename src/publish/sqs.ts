import { setTimeout as sleep } from 'node:timers/promises';
import {
  ChangeMessageVisibilityBatchCommand,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { Unavailable, unavailable } from '../errors.ts';
import { handle, type Selection } from '../keys.ts';
import { turns } from '../store/s3-turns.ts';
import { messageOf, type RebuildFrom, type Work } from './messages.ts';
import type { Queue } from './pipeline.ts';
import { type Schedules, schedule } from './schedule.ts';

/** Milliseconds within which requests for one selection are one; the queue delays them by 5,000. */
const window = 2000;
/** Of a message of ours: with 24,000 bytes, ten fit in one call by the oldest of SQS's limits, 256 KiB. */
const most = { keys: 100, bytes: 24_000 };
const tries = 3;
/** Calls at once. */
const width = 8;
/** Seconds that SQS can delay a message. */
const longestDelay = 900;

/** Where messages go. */
export interface SqsUrls {
  client: SQSClient;
  /** URL of the standard queue of posts. */
  posts: string;
  /** URL of the FIFO queue of feeds. */
  feeds: string;
  /** Epoch milliseconds. */
  now(): number;
}

/** What can be sent to a deployed stage from outside it. */
export interface Sender extends Pick<Queue, 'refresh'> {
  /** `delay` is in seconds. */
  ingest(keys: string[], delay?: number): Promise<void>;
  /** Builds everything anew. */
  rebuild(from: RebuildFrom): Promise<void>;
}

/** The pipeline's queues in SQS, with schedules for later. See docs/decisions/0006-queues.md. */
export interface CloudQueue extends Sender, Pick<Queue, 'schedule'> {}

/** Sends posts to a standard queue, and feeds to a FIFO queue with a group for each selection. */
export function sqsSender({ client, posts, feeds, now }: SqsUrls): Sender {
  const ask = (work: Partial<Work>[], delay = 0) => {
    const messages = work.map((one) => ({ MessageBody: messageOf(one), DelaySeconds: delay }));
    return sendAll(client, posts, messages);
  };
  return {
    ingest: (keys, delay) =>
      ask(
        portions(keys).map((some) => ({ posts: some })),
        delay,
      ),
    rebuild: (from) => ask([{ rebuild: from }]),
    ...sqsRefreshes({ client, feeds, now }),
  };
}

/** Asks for refreshes and nothing else: what answering readers may do. */
export function sqsRefreshes({
  client,
  feeds,
  now,
}: Omit<SqsUrls, 'posts'>): Pick<Sender, 'refresh'> {
  return {
    refresh: (selections) => {
      // Computed now, when the markers stand: see DESIGN.md, section 10.
      const since = Math.floor(now() / window);
      return sendAll(client, feeds, [...new Set(selections)].map(requestOf(since)));
    },
  };
}

/** The queue of a deployed stage. What is due soon is a delayed message, what is later a schedule. */
export function sqsQueue(urls: SqsUrls, schedules: Schedules): CloudQueue {
  const sender = sqsSender(urls);
  return {
    ...sender,
    schedule: async (key, at) => {
      // Not before it is due by any publisher's clock.
      const due = at + schedules.margin;
      const delay = Math.max(0, Math.ceil((due - urls.now()) / 1000));
      if (delay <= longestDelay) await sender.ingest([key], delay);
      else await schedule(schedules, key, due);
    },
  };
}

/** A refresh request; every selection within one window is one, whoever asks. */
function requestOf(since: number) {
  return (selection: Selection) => ({
    MessageBody: messageOf({ selection }),
    // A selection has letters of all scripts, a group only ASCII's.
    MessageGroupId: handle(selection),
    MessageDeduplicationId: `${handle(selection)}-${since}`,
  });
}

/** The selection that a message of the feeds queue names. */
export function selectionIn(text: string): Selection {
  const { selection } = JSON.parse(text);
  if (typeof selection !== 'string') throw new Error(`${text.slice(0, 200)} names no selection`);
  return selection;
}

/** Keys in portions that fit in a message each. */
function portions(keys: string[]): string[][] {
  const all: string[][] = [];
  let room = { keys: 0, bytes: 0 };
  for (const key of new Set(keys)) {
    const bytes = Buffer.byteLength(messageOf({ posts: [key] }));
    if (room.keys === 0 || room.bytes < bytes) {
      all.push([]);
      room = { ...most };
    }
    all.at(-1)!.push(key);
    room = { keys: room.keys - 1, bytes: room.bytes - bytes };
  }
  return all;
}

type Message = Omit<SendMessageBatchRequestEntry, 'Id'>;

/** Sends messages ten at a time, and again those that SQS did not take. */
async function sendAll(client: SQSClient, url: string, messages: Message[]): Promise<void> {
  const batches = Array.from({ length: Math.ceil(messages.length / 10) }, (_, at) =>
    messages.slice(at * 10, at * 10 + 10).map((one, id) => ({ ...one, Id: String(id) })),
  );
  const inTurn = turns(width);
  await Promise.all(batches.map((batch) => inTurn(() => send(client, url, batch))));
}

async function send(
  client: SQSClient,
  url: string,
  entries: SendMessageBatchRequestEntry[],
): Promise<void> {
  let left = entries;
  for (let nth = 1; ; nth++) {
    const { Failed = [] } = await client
      .send(new SendMessageBatchCommand({ QueueUrl: url, Entries: left }))
      .catch((cause) => {
        throw unavailable(cause, `cannot send to ${url}`, 'sqs:SendMessage');
      });
    if (Failed.length === 0) return;
    const { Code, Message } = Failed[0]!;
    // The sender's fault is not mended by sending again.
    if (nth === tries || Failed.some(({ SenderFault }) => SenderFault))
      throw new Unavailable(`${url} did not take ${Failed.length} messages: ${Code}: ${Message}`);
    const failed = new Set(Failed.map(({ Id }) => Id));
    left = left.filter(({ Id }) => failed.has(Id));
    await sleep(100 * 2 ** nth);
  }
}

/** A message as it was received. */
export interface Received {
  receiptHandle: string;
  attributes: { ApproximateReceiveCount: string };
}

/**
 * Has messages that failed delivered again after `rest` seconds, twice as late each time; else they,
 * and all others of their group, wait for the visibility time-out. That still holds for those this
 * call fails for, which it tells.
 */
export async function retrySoon(
  client: SQSClient,
  url: string,
  messages: Received[],
  rest: number,
): Promise<Unavailable[]> {
  const failures: Unavailable[] = [];
  for (let at = 0; at < messages.length; at += 10) {
    const Entries = messages.slice(at, at + 10).map(({ receiptHandle, attributes }, id) => ({
      Id: String(id),
      ReceiptHandle: receiptHandle,
      VisibilityTimeout: rest * 2 ** Math.min(Number(attributes.ApproximateReceiveCount) - 1, 4),
    }));
    await client
      .send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: url, Entries }))
      .catch((cause) => {
        const what = `cannot have messages of ${url} delivered again soon`;
        failures.push(unavailable(cause, what, 'sqs:ChangeMessageVisibility'));
      });
  }
  return failures;
}
