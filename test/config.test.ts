import { expect, test } from 'vitest';
import { pipelineNeeds, readConfig } from '../src/config.ts';

const forMetrics = {
  POWERTOOLS_METRICS_NAMESPACE: 'Tidings/prod',
  POWERTOOLS_SERVICE_NAME: 'ingest',
};
const environment = {
  ...forMetrics,
  TIDINGS_POSTS_BUCKET: 'posts',
  TIDINGS_STATE_BUCKET: 'state',
  TIDINGS_FEEDS_BUCKET: 'feeds',
  TIDINGS_POSTS_QUEUE_URL: 'https://sqs.example/posts',
  TIDINGS_FEEDS_QUEUE_URL: 'https://sqs.example/feeds.fifo',
  TIDINGS_POSTS_QUEUE_ARN: 'arn:aws:sqs:eu-west-1:1:posts',
  TIDINGS_SCHEDULE_ROLE_ARN: 'arn:aws:iam::1:role/schedules',
  TIDINGS_SCHEDULE_GROUP: 'tidings',
  TIDINGS_FEEDS_URL: 'https://cdn.example',
};

const all = (changed = {}) => readConfig(pipelineNeeds, { ...environment, ...changed });

test('the names of buckets and queues are the environment’s', () => {
  expect(all()).toMatchObject({ postsBucket: 'posts', scheduleGroup: 'tidings' });
});

test.each(Object.keys(environment))(
  'without %s it fails at once, naming it in one line',
  (name) => {
    expect(() => all({ [name]: '' })).toThrow(new RegExp(`^[^\n]*: ${name}$`));
  },
);

test('the feeds’ address is known where it is set, needed or not', () => {
  const url = 'https://cdn.example';
  expect(readConfig([], { ...forMetrics, TIDINGS_FEEDS_URL: url })).toEqual({ feedsUrl: url });
  expect(readConfig([], forMetrics)).toEqual({});
});

test('a function is asked only for what it needs', () => {
  const { TIDINGS_STATE_BUCKET, TIDINGS_FEEDS_BUCKET } = environment;
  const few = { ...forMetrics, TIDINGS_STATE_BUCKET, TIDINGS_FEEDS_BUCKET };
  expect(readConfig(['stateBucket', 'feedsBucket'], few)).toEqual({
    stateBucket: 'state',
    feedsBucket: 'feeds',
  });
  expect(() => readConfig(['stateBucket', 'feedsQueue'], few)).toThrow(
    /: TIDINGS_FEEDS_QUEUE_URL$/,
  );
});
