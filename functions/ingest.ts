import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { pipelineNeeds, readConfig } from '../src/config.ts';
import { ingestBatch } from '../src/publish/ingest-batch.ts';
import { openStage } from '../src/publish/stage.ts';

const worker = {
  stage: openStage(readConfig(pipelineNeeds), Date.now),
  logger: new Logger(),
  metrics: new Metrics(),
};

/** Queued events of the posts bucket, schedules and rebuilds → posts ingested. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  worker.logger.addContext(context);
  return ingestBatch(event, context, worker);
}
