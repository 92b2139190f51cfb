import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { announceBatch } from '../src/announce/announce.ts';
import { openAnnouncer } from '../src/announce/announcer.ts';
import { announceNeeds, readConfig } from '../src/config.ts';

const worker = {
  announcer: openAnnouncer(readConfig(announceNeeds)),
  logger: new Logger(),
  metrics: new Metrics(),
};

/** Queued events of the feeds bucket → the CDN's copies renewed, hubs told. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  worker.logger.addContext(context);
  return announceBatch(event, context, worker);
}
