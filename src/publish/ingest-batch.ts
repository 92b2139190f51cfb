import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { turns } from '../store/s3-turns.ts';
import { finished, hasTime, OutOfTime, requireTime, told, type Worker, width } from './batches.ts';
import { ingest } from './ingest.ts';
import { workIn } from './messages.ts';
import { rebuild } from './rebuild.ts';

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
      await rebuild(from, stage, () => hasTime(context));
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
