import { CreateBucketCommand } from '@aws-sdk/client-s3';
import type { CreateScheduleCommandInput } from '@aws-sdk/client-scheduler';
import type { Message } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { S3Store, s3Client } from '../../src/store/s3.ts';
import { fakeCloud, fakeCredentials, receiveAll } from '../cloud.ts';
import { stub } from '../s3/stub.ts';

/**
 * A deployed stage of one's own, on servers in this process: its functions as Lambda would call
 * them. `through` puts something between them and the cloud: it is told the cloud's address.
 */
export async function testStage({
  environment = {},
  through = async (endpoint) => endpoint,
}: {
  environment?: Record<string, string>;
  through?: (endpoint: string) => Promise<string>;
} = {}) {
  const cloud = await fakeCloud();
  const scheduler = await stub((response) => response.end('{"ScheduleArn":"x"}'));
  const postsQueue = await cloud.newQueue('posts');
  const feedsQueue = await cloud.newQueue('feeds.fifo', { FifoQueue: 'true' });
  const front = await through(cloud.endpoint);
  // A queue is asked at its own URL.
  const inFront = (queue: string) => new URL(new URL(queue).pathname, front).href;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: front,
    AWS_ENDPOINT_URL_SCHEDULER: scheduler.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: fakeCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: fakeCredentials.secretAccessKey,
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
    POWERTOOLS_METRICS_NAMESPACE: 'Tidings/test',
    POWERTOOLS_SERVICE_NAME: 'test',
    TIDINGS_POSTS_BUCKET: 'posts',
    TIDINGS_STATE_BUCKET: 'state',
    TIDINGS_FEEDS_BUCKET: 'feeds',
    TIDINGS_POSTS_QUEUE_URL: inFront(postsQueue),
    TIDINGS_FEEDS_QUEUE_URL: inFront(feedsQueue),
    TIDINGS_POSTS_QUEUE_ARN: 'arn:aws:sqs:us-east-1:000000000000:posts',
    TIDINGS_SCHEDULE_ROLE_ARN: 'arn:aws:iam::000000000000:role/schedules',
    TIDINGS_SCHEDULE_GROUP: 'tidings',
    TIDINGS_FEEDS_URL: 'https://cdn.example',
    ...environment,
  });
  const client = s3Client({ endpoint: cloud.endpoint });
  for (const Bucket of ['posts', 'state', 'feeds'])
    await client.send(new CreateBucketCommand({ Bucket }));
  const store = (bucket: string) => new S3Store({ client, bucket });
  const functions = {
    ingest: (await import('../../functions/ingest.ts')).handler,
    refresh: (await import('../../functions/refresh.ts')).handler,
    rebuild: (await import('../../functions/rebuild.ts')).handler,
  };
  const queues = { ingest: postsQueue, refresh: feedsQueue };
  return {
    posts: store('posts'),
    state: store('state'),
    feeds: store('feeds'),
    postsQueue,
    feedsQueue,
    cloud,
    functions,
    /** The schedules that were made since this was last asked. */
    scheduled: (): CreateScheduleCommandInput[] =>
      scheduler.asked.splice(0).map(({ body }) => JSON.parse(body.toString())),
    /** What waits in a queue now, as a batch. */
    batch: async (queue: keyof typeof queues) =>
      batchOf(await receiveAll(cloud.client, queues[queue])),
    close: async () => {
      client.destroy();
      await scheduler.close();
      await cloud.close();
    },
  };
}

/** A batch as Lambda hands it over. */
export function batchOf(messages: Message[]): SQSEvent {
  return {
    Records: messages.map(({ MessageId, ReceiptHandle, Body, Attributes }) => ({
      messageId: MessageId!,
      receiptHandle: ReceiptHandle ?? '',
      body: Body!,
      attributes: (Attributes ?? { ApproximateReceiveCount: '1' }) as never,
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:any',
      awsRegion: 'us-east-1',
    })),
  };
}

/** A batch of these bodies, their ids `0`, `1` and so on. */
export function batchWith(...bodies: unknown[]): SQSEvent {
  return batchOf(
    bodies.map((body, at) => ({
      MessageId: String(at),
      Body: typeof body === 'string' ? body : JSON.stringify(body),
    })),
  );
}

/** What Lambda tells a function of its call, with this much time left. */
export function contextWith(remaining: number | (() => number) = 60_000): Context {
  const left = typeof remaining === 'number' ? () => remaining : remaining;
  return {
    awsRequestId: 'test',
    functionName: 'test',
    getRemainingTimeInMillis: left,
  } as Partial<Context> as Context;
}

export function failed({ batchItemFailures }: SQSBatchResponse): string[] {
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}
