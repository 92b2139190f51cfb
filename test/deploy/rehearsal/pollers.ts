import type { Properties } from '../template.ts';
import type { Clock } from './clock.ts';
import { type Functions, widest } from './functions.ts';
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

/** One mapping's poller: it looks when it is told to, so that nobody takes a message unseen. */
export interface Poller {
  mapping: Mapping;
  /** Takes what there is and there are sandboxes for; tells whether it took or handed over any. */
  poll(): Promise<boolean>;
  /** Batches that a function has in work. */
  running(): number;
}

export function pollerOf(mapping: Mapping, options: PollerOptions): Poller {
  const { clock, queues, functions, region, allows, repeats } = options;
  const width = Math.min(mapping.concurrency, widest);
  let running = 0;
  let gathered: Message[] = [];
  let isWindowOver = false;
  allows(mapping, 'sqs:GetQueueAttributes');
  return { mapping, poll, running: () => running };

  async function poll(): Promise<boolean> {
    // Without the permission Lambda switches the mapping off.
    if (running >= width || !allows(mapping, 'sqs:ReceiveMessage')) return false;
    const room = mapping.batch - gathered.length;
    const received = await queues.receive(mapping.queue, room);
    if (received.length > 0 && gathered.length === 0) openWindow();
    gathered.push(...received);
    const isReady = gathered.length === mapping.batch || isWindowOver;
    if (!isReady || gathered.length === 0) return received.length > 0;
    const batch = gathered;
    gathered = [];
    running++;
    void handOver(batch).finally(() => running--);
    return true;
  }

  /** A batch is handed over when it is full, or when its window is over. */
  function openWindow(): void {
    isWindowOver = mapping.window === 0;
    if (isWindowOver) return;
    clock.after(mapping.window * 1000, () => {
      isWindowOver = true;
    });
  }

  async function handOver(batch: Message[]): Promise<void> {
    const failed = await done(batch);
    if (failed === 'all' || !allows(mapping, 'sqs:DeleteMessage')) return;
    const deleted = batch.filter(({ MessageId }) => !failed.has(MessageId));
    await queues.remove(mapping.queue, deleted);
  }

  /** Ids of the messages that are to come back. */
  async function done(batch: Message[]): Promise<Set<string> | 'all'> {
    const event = { Records: batch.map(recordOf) };
    const outcome = await functions.invoke(mapping.function, event);
    const failed = 'error' in outcome ? 'all' : failuresIn(outcome.payload);
    for (let times = failed === 'all' ? 0 : repeats(); times > 0; times--)
      await functions.invoke(mapping.function, event);
    return failed;
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
