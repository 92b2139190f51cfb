import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Selection } from '../keys.ts';
import { turns } from '../store/s3-turns.ts';
import { finished, requireTime, told, type Worker, width } from './batches.ts';
import { refresh } from './refresh.ts';
import { selectionIn } from './sqs.ts';

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
