import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Logger } from '@aws-lambda-powertools/logger';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { Unavailable } from '../errors.ts';
import type { Selection } from '../keys.ts';
import { turns } from '../store/s3-turns.ts';
import { ingest } from './ingest.ts';
import { workIn } from './messages.ts';
import { rebuild } from './rebuild.ts';
import { refresh } from './refresh.ts';
import { retrySoon, selectionIn } from './sqs.ts';
import type { Stage } from './stage.ts';

/**
 * Between the queues and the pipeline: a Lambda's batch of messages comes in; those that failed,
 * or for which no time was left, go back by id and are delivered again soon.
 */

/** Posts or feeds in work at once: most of the time each waits for S3. */
const width = 16;
/** Milliseconds before the end after which nothing is begun: what is under way gets done. */
const reserve = 15_000;

/** What a function works with, and where it tells of it. */
export interface Worker {
  stage: Stage;
  logger: Logger;
  metrics: Metrics;
}

/** Ingests the posts that a batch of messages names. */
export async function ingestBatch(
  event: SQSEvent,
  context: Context,
  worker: Worker,
): Promise<SQSBatchResponse> {
  const { stage, logger, metrics } = worker;
  const inTurn = turns(width);
  const response = await processPartialResponse(
    event,
    (record: SQSRecord) => told(record, worker, () => work(record)),
    new BatchProcessor(EventType.SQS),
    { throwOnFullBatchFailure: false },
  );
  return finished(event, response, { queue: stage.postsQueue, rest: 2 }, worker);

  async function work({ body }: SQSRecord): Promise<void> {
    const { posts, rebuild: from } = workIn(body);
    if (from) {
      const { problem } = await stage.settings.note();
      if (problem) logger.error('the site file is not in force', { ...problem });
      if (problem) metrics.addMetric('InvalidSite', MetricUnit.Count, 1);
      await rebuild(from, stage, () => context.getRemainingTimeInMillis() > reserve);
    }
    const failures = await Promise.all(posts.map((key) => inTurn(() => ingestOne(key))));
    const failed = failures.flatMap((one) => one ?? []);
    if (failed.length === 0) return;
    if (posts.length === 1 || failed.some(({ error }) => error instanceof OutOfTime))
      throw failed[0]!.error;
    // Each on its own: one that always fails ends in the dead-letter queue without the others.
    for (const { key, error } of failed) {
      logger.error('failed, queued alone', { key, error });
      await stage.queue.ingest([key]);
    }
  }

  async function ingestOne(key: string): Promise<{ key: string; error: Error } | undefined> {
    try {
      requireTime(context);
      const { record, changed } = await ingest(key, stage);
      const { status, version, problems } = record;
      logger.info('ingested', { key, status, version, changed, problems: problems.length });
      metrics.addMetric('PostsIngested', MetricUnit.Count, 1);
      if (status === 'unread') metrics.addMetric('PostsUnread', MetricUnit.Count, 1);
      return undefined;
    } catch (error) {
      return { key, error: error as Error };
    }
  }
}

/**
 * Refreshes the feeds that a batch of messages names: side by side, each once. All messages of the
 * batch were sent before it began, so one refresh is that of every message of its group; if it
 * fails, they all come back, and the other groups are not held up.
 */
export async function refreshBatch(
  event: SQSEvent,
  context: Context,
  worker: Worker,
): Promise<SQSBatchResponse> {
  const { stage, logger, metrics } = worker;
  const inTurn = turns(width);
  const refreshes = new Map<Selection, Promise<void>>();
  const response = await processPartialResponse(
    event,
    (record: SQSRecord) => told(record, worker, () => work(record)),
    // Not the one for FIFO queues, which takes one message after the other.
    new BatchProcessor(EventType.SQS),
    { throwOnFullBatchFailure: false },
  );
  // A put that got no answer may still land: docs/decisions/0005-simulation.md, "The rest".
  return finished(event, response, { queue: stage.feedsQueue, rest: 60 }, worker);

  async function work({ body }: SQSRecord): Promise<void> {
    const selection = selectionIn(body);
    const begun = refreshes.get(selection) ?? inTurn(() => refreshOne(selection));
    refreshes.set(selection, begun);
    await begun;
  }

  async function refreshOne(selection: Selection): Promise<void> {
    requireTime(context);
    const { written, unchanged } = await refresh(selection, stage);
    logger.info('refreshed', { selection, written, unchanged });
    metrics.addMetric('FeedsWritten', MetricUnit.Count, written);
    metrics.addMetric('FeedsUnchanged', MetricUnit.Count, unchanged);
  }
}

/** Too little time is left to begin: the message is left for another delivery. */
class OutOfTime extends Unavailable {}

function requireTime(context: Context): void {
  if (context.getRemainingTimeInMillis() < reserve)
    throw new OutOfTime('too little time is left; delivered again later');
}

/** Tells of a failure, which the batch processor keeps to itself. */
async function told(
  { messageId, body, attributes }: SQSRecord,
  { logger, metrics }: Worker,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const receives = attributes.ApproximateReceiveCount;
    if (error instanceof OutOfTime) logger.warn(error.message, { messageId, body, receives });
    else {
      logger.error('failed', { error: error as Error, messageId, body, receives });
      metrics.addMetric('Failures', MetricUnit.Count, 1);
    }
    throw error;
  }
}

async function finished(
  { Records }: SQSEvent,
  response: SQSBatchResponse,
  { queue, rest }: { queue: string; rest: number },
  { stage, metrics }: Worker,
): Promise<SQSBatchResponse> {
  const failed = new Set(response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  const again = Records.filter(({ messageId }) => failed.has(messageId));
  if (again.length > 0) await retrySoon(stage.sqs, queue, again, rest);
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  return response;
}
