import { setTimeout as sleep } from 'node:timers/promises';
import type { Properties } from '../template.ts';
import type { Clock } from './clock.ts';
import { type Functions, widest } from './functions.ts';
import type { Outcome } from './lambda.ts';
import type { Message, Queues } from './queues.ts';

/**
 * Lambda's event source mappings: what takes messages from a queue, hands them to a function in
 * batches, and deletes those that it has done
 * (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html).
 */

export interface Mapping {
  /** Name of the function. */
  function: string;
  /** ARN of the queue. */
  queue: string;
  batch: number;
  /** Seconds that a batch may wait to fill. */
  window: number;
  concurrency: number;
  reportsFailures: boolean;
}

const understood = [
  'BatchSize',
  'Enabled',
  'EventSourceArn',
  'FunctionName',
  'FunctionResponseTypes',
  'MaximumBatchingWindowInSeconds',
  'ScalingConfig',
  'Tags',
];

/** Reads a mapping of the template; `name` tells a function's name by its ARN. */
export function mappingOf(properties: Properties, name: (arn: string) => string): Mapping {
  const strange = Object.keys(properties).filter((one) => !understood.includes(one));
  if (strange.length > 0) throw new Error(`the rig knows no ${strange.join(', ')} of a mapping`);
  const { ScalingConfig, FunctionResponseTypes = [] } = properties;
  return {
    function: name(properties['FunctionName']),
    queue: properties['EventSourceArn'],
    batch: properties['BatchSize'] ?? 10,
    window: properties['MaximumBatchingWindowInSeconds'] ?? 0,
    concurrency: ScalingConfig?.MaximumConcurrency ?? Number.POSITIVE_INFINITY,
    reportsFailures: FunctionResponseTypes.includes('ReportBatchItemFailures'),
  };
}

export interface PollerOptions {
  clock: Clock;
  queues: Queues;
  functions: Functions;
  region: string;
  /** Whether the function's role allows it, for Lambda calls SQS by that role. */
  allows(mapping: Mapping, action: string): boolean;
  /** Times that a batch is handed over, when it has been done once: SQS delivers at least once. */
  repeats(): number;
}

/** Polls until `stop`. */
export function startPoller(mapping: Mapping, options: PollerOptions) {
  const { clock, queues, functions, region, allows, repeats } = options;
  const width = Math.min(mapping.concurrency, widest);
  const running = new Set<Promise<void>>();
  let isStopped = false;
  let holding = 0;
  let isGathering = false;
  const polling = poll();
  return {
    mapping,
    /** Whether it has messages in work; those that wait for a batch to fill are not. */
    isBusy: () => holding > 0 && !isGathering,
    stop: async () => {
      isStopped = true;
      await Promise.all([polling, ...running]);
    },
  };

  async function poll(): Promise<void> {
    allows(mapping, 'sqs:GetQueueAttributes');
    while (!isStopped) {
      // Without the permission Lambda switches the mapping off.
      if (!allows(mapping, 'sqs:ReceiveMessage')) return;
      if (running.size >= width) await Promise.race(running);
      const first = await receive(mapping.batch);
      if (first.length === 0) continue;
      const batch = await filled(first);
      const run = handOver(batch).finally(() => running.delete(run));
      running.add(run);
    }
  }

  async function receive(most: number): Promise<Message[]> {
    const messages = await queues.receive(mapping.queue, most);
    holding += messages.length;
    return messages;
  }

  /** A batch that may wait is handed over when it is full, or its window over. */
  async function filled(first: Message[]): Promise<Message[]> {
    const batch = [...first];
    let isOver = mapping.window === 0;
    const takeBack = clock.after(mapping.window * 1000, () => {
      isOver = true;
      isGathering = false;
    });
    isGathering = !isOver;
    while (!isOver && batch.length < mapping.batch && !isStopped) {
      if ((await queues.visible(mapping.queue)) > 0)
        batch.push(...(await receive(mapping.batch - batch.length)));
      else await sleep(10);
    }
    takeBack();
    isGathering = false;
    return batch;
  }

  async function handOver(batch: Message[]): Promise<void> {
    const failed = await done(batch);
    if (failed !== 'all' && allows(mapping, 'sqs:DeleteMessage')) {
      const deleted = batch.filter(({ MessageId }) => !failed.has(MessageId));
      await queues.remove(mapping.queue, deleted);
    }
    holding -= batch.length;
  }

  /** Ids of the messages that are to come back. */
  async function done(batch: Message[]): Promise<Set<string> | 'all'> {
    const event = { Records: batch.map(recordOf) };
    const outcome = await invoke(event);
    const failed = 'error' in outcome ? 'all' : failuresIn(outcome.payload);
    if (failed !== 'all') for (let times = repeats(); times > 0; times--) await invoke(event);
    return failed;
  }

  async function invoke(event: { Records: unknown[] }): Promise<Outcome> {
    // From here on it is the function that is busy.
    holding -= event.Records.length;
    const outcome = await functions.invoke(mapping.function, event);
    holding += event.Records.length;
    return outcome;
  }

  function failuresIn(payload: unknown): Set<string> | 'all' {
    if (!mapping.reportsFailures) return new Set();
    const { batchItemFailures } = (payload ?? {}) as { batchItemFailures?: unknown };
    if (!Array.isArray(batchItemFailures)) return new Set();
    const ids = batchItemFailures.map((one) => one?.itemIdentifier);
    return ids.every((id) => typeof id === 'string' && id !== '') ? new Set(ids) : 'all';
  }

  function recordOf({ MessageId, ReceiptHandle, Body, MD5OfBody, Attributes }: Message) {
    return {
      messageId: MessageId,
      receiptHandle: ReceiptHandle,
      body: Body,
      attributes: Attributes,
      messageAttributes: {},
      md5OfBody: MD5OfBody,
      eventSource: 'aws:sqs',
      eventSourceARN: mapping.queue,
      awsRegion: region,
    };
  }
}
