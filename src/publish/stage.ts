import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { PipelineConfig } from '../config.ts';
import { S3Store, s3Client } from '../store/s3.ts';
import { s3Clock } from '../store/s3-clock.ts';
import type { Pipeline } from './pipeline.ts';
import type { Schedules } from './schedule.ts';
import { type Settings, settingsIn } from './site-in-force.ts';
import { type CloudQueue, sqsQueue } from './sqs.ts';

/** A deployed stage: the pipeline on its buckets and queues. */
export interface Stage extends Pipeline {
  queue: CloudQueue;
  schedules: Schedules;
  settings: Settings;
  sqs: SQSClient;
  /** URLs. */
  postsQueue: string;
  feedsQueue: string;
}

/** Milliseconds by which publishers' clocks may be apart, and then some. */
const margin = 5000;

/**
 * Opens a stage; nothing is asked of it yet. Region and credentials are found as every AWS tool
 * finds them. `clock` is this machine's: where S3's replies contradict it, the time is theirs.
 */
export function openStage(config: PipelineConfig, clock: () => number): Stage {
  const client = s3Client();
  const now = s3Clock(client, clock);
  const posts = new S3Store({ client, bucket: config.postsBucket });
  const state = new S3Store({ client, bucket: config.stateBucket });
  const feeds = new S3Store({ client, bucket: config.feedsBucket });
  const sqs = new SQSClient(patient);
  const settings = settingsIn({ posts, state }, { feeds: config.feedsUrl });
  const { postsQueue, feedsQueue } = config;
  const schedules = {
    client: new SchedulerClient(patient),
    group: config.scheduleGroup,
    queue: config.postsQueueArn,
    role: config.scheduleRole,
    margin,
  };
  const queue = sqsQueue({ client: sqs, posts: postsQueue, feeds: feedsQueue, now }, schedules);
  const site = settings.inForce;
  return {
    posts,
    state,
    feeds,
    hasCdn: true,
    queue,
    schedules,
    settings,
    site,
    now,
    sqs,
    postsQueue,
    feedsQueue,
  };
}

/** As for S3: repeats what may yet succeed, and hangs on nothing. */
const patient = {
  maxAttempts: 5,
  requestHandler: { connectionTimeout: 2000, socketTimeout: 3000 },
};
