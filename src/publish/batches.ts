import type { Logger } from '@aws-lambda-powertools/logger';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { Unavailable } from '../errors.ts';
import { retrySoon } from './sqs.ts';
import type { Stage } from './stage.ts';

/**
 * Between the queues and the pipeline: a Lambda's batch of messages comes in; those that failed,
 * or for which no time was left, go back by id and are delivered again soon. What ingest and
 * refresh share: each has a file of its own, so that neither carries what only the other needs.
 */

/** Posts or feeds in work at once: most of the time each waits for S3. */
export const width = 16;
/** Milliseconds before the end after which nothing is begun: what is under way gets done. */
const reserve = 15_000;

/** What a function works with, and where it tells of it. */
export interface Worker {
  stage: Stage;
  logger: Logger;
  metrics: Metrics;
}

/** True until the last 15 seconds. */
export function hasTime(context: Context): boolean {
  return context.getRemainingTimeInMillis() >= reserve;
}

/** Too little time is left to begin: the message is left for another delivery. */
export class OutOfTime extends Unavailable {}

/** Throws `OutOfTime` in the last 15 seconds. */
export function requireTime(context: Context): void {
  if (!hasTime(context)) throw new OutOfTime('too little time is left; delivered again later');
}

/** Tells of a failure, which the batch processor keeps to itself. */
export async function told(
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

/** What Lambda is told: which messages come back, after `rest` seconds at first. */
export async function finished(
  { Records }: SQSEvent,
  response: SQSBatchResponse,
  { queue, rest }: { queue: string; rest: number },
  { stage, logger, metrics }: Worker,
): Promise<SQSBatchResponse> {
  const failed = new Set(response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  const again = Records.filter(({ messageId }) => failed.has(messageId));
  for (const { message } of await retrySoon(stage.sqs, queue, again, rest)) logger.warn(message);
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  return response;
}
