import { expect, test } from 'vitest';
import { readConfig } from '../src/config.ts';

const environment = {
  TIDINGS_POSTS_BUCKET: 'posts',
  TIDINGS_STATE_BUCKET: 'state',
  TIDINGS_FEEDS_BUCKET: 'feeds',
  TIDINGS_POSTS_QUEUE_URL: 'https://sqs.example/posts',
  TIDINGS_FEEDS_QUEUE_URL: 'https://sqs.example/feeds.fifo',
  TIDINGS_POSTS_QUEUE_ARN: 'arn:aws:sqs:eu-west-1:1:posts',
  TIDINGS_SCHEDULE_ROLE_ARN: 'arn:aws:iam::1:role/schedules',
  TIDINGS_SCHEDULE_GROUP: 'tidings',
};

test('the names of buckets and queues are the environment’s', () => {
  expect(readConfig(environment)).toMatchObject({ postsBucket: 'posts', scheduleGroup: 'tidings' });
  expect(readConfig(environment)).not.toHaveProperty('feedsUrl');
  const url = 'https://cdn.example';
  expect(readConfig({ ...environment, TIDINGS_FEEDS_URL: url }).feedsUrl).toBe(url);
});

test.each(Object.keys(environment))(
  'without %s it fails at once, naming it in one line',
  (name) => {
    expect(() => readConfig({ ...environment, [name]: '' })).toThrow(
      new RegExp(`^[^\n]*: ${name}$`),
    );
  },
);
