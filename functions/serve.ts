import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context, LambdaFunctionURLEvent, LambdaFunctionURLResult } from 'aws-lambda';
import { readConfig, serveNeeds } from '../src/config.ts';
import { openShelves } from '../src/publish/shelves.ts';
import { compressor } from '../src/serve/encoding.ts';
import { edgeAddress, requestOf, resultOf } from '../src/serve/function-url.ts';
import { serve } from '../src/serve/serve.ts';

const config = readConfig(serveNeeds);
const logger = new Logger();
const shelves = {
  ...openShelves(config, Date.now),
  compress: compressor(),
  warn: (error: Error) => logger.error('failed', error),
};
const metrics = new Metrics();

/** A request for what the feeds' bucket does not hold → its answer. A fault of ours is a failed call. */
export async function handler(
  event: LambdaFunctionURLEvent,
  context: Context,
): Promise<LambdaFunctionURLResult> {
  logger.addContext(context);
  const request = requestOf(event);
  if (!request) return { statusCode: 405, headers: { allow: 'GET, HEAD, OPTIONS' } };
  try {
    const site = await shelves.site(config.feedsUrl ?? edgeAddress(event));
    const response = await serve(request, shelves, site);
    const { pathname } = new URL(request.url);
    logger.info('answered', { status: response.status, path: pathname.slice(0, 1000) });
    if (response.status === 503) metrics.addMetric('ReadersTurnedAway', MetricUnit.Count, 1);
    return await resultOf(response);
  } catch (error) {
    logger.error('failed', error as Error);
    throw error;
  } finally {
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  }
}
