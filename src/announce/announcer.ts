import { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { announceNeeds, Config } from '../config.ts';
import { notedSite } from '../publish/site-in-force.ts';
import type { Site } from '../site.ts';
import { S3Store, s3Client } from '../store/s3.ts';
import type { Cdn } from './invalidate.ts';

/** What announcing works with: it reads the settings, and writes nothing anywhere. */
export interface Announcer {
  cdn: Cdn;
  sqs: SQSClient;
  /** URL of the queue that the changes come from. */
  queue: string;
  /** The settings that publishers last found valid. */
  site(): Promise<Site>;
}

/** Opens it on a deployed stage; nothing is asked of that yet. */
export function openAnnouncer(config: Pick<Config, (typeof announceNeeds)[number]>): Announcer {
  const state = new S3Store({ client: s3Client(), bucket: config.stateBucket });
  return {
    cdn: { client: new CloudFrontClient(patient), distribution: config.distribution },
    sqs: new SQSClient(patient),
    queue: config.announceQueue,
    site: () => notedSite(state, { feeds: config.feedsUrl }),
  };
}

/** As for S3: repeats what may yet succeed, and hangs on nothing. */
const patient = {
  maxAttempts: 5,
  requestHandler: { connectionTimeout: 2000, socketTimeout: 5000 },
};
