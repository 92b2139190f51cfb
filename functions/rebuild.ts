import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import { pipelineNeeds, readConfig } from '../src/config.ts';
import { openStage } from '../src/publish/stage.ts';
import { type Upkeep, upkeep } from '../src/publish/upkeep.ts';

const worker = {
  stage: openStage(readConfig(pipelineNeeds), Date.now),
  logger: new Logger(),
  metrics: new Metrics(),
};

/** A weekly schedule, or a person → what events missed is queued, or everything. */
export async function handler(event: Upkeep, context: Context): Promise<void> {
  worker.logger.addContext(context);
  await upkeep(event, context, worker);
  if (worker.metrics.hasStoredMetrics()) worker.metrics.publishStoredMetrics();
}
