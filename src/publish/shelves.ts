import { SQSClient } from '@aws-sdk/client-sqs';
import type { Config, serveNeeds } from '../config.ts';
import type { Site } from '../site.ts';
import { S3Store, s3Client } from '../store/s3.ts';
import { s3Clock } from '../store/s3-clock.ts';
import type { Store } from '../store/store.ts';
import type { Queue } from './pipeline.ts';
import { notedSites } from './site-in-force.ts';
import { sqsRefreshes } from './sqs.ts';

/** What readers are answered from, of a deployed stage: read, never written. */
export interface StageShelves {
  feeds: Store;
  state: Store;
  queue: Pick<Queue, 'refresh'>;
  /** The settings that publishers last found valid; `feeds` is where the feeds are, if they do not say. */
  site(feeds?: string): Promise<Site>;
}

/**
 * Opens them; nothing is asked yet. `clock` is this machine's, and the time S3's as for publishers:
 * by a clock that is ahead, a reader's request for a feed would have the number of one that a
 * publisher makes later, and SQS would drop that.
 */
export function openShelves(
  config: Pick<Config, (typeof serveNeeds)[number]>,
  clock: () => number,
): StageShelves {
  const client = s3Client();
  const now = s3Clock(client, clock);
  const state = new S3Store({ client, bucket: config.stateBucket });
  return {
    feeds: new S3Store({ client, bucket: config.feedsBucket }),
    state,
    queue: sqsRefreshes({ client: new SQSClient(patient), feeds: config.feedsQueue, now }),
    site: notedSites(state, now),
  };
}

/** A reader waits: fewer repeats than a publisher makes. */
const patient = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 2000, socketTimeout: 3000 },
};
