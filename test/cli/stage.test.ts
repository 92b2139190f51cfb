import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { siteProblemKey } from '../../src/keys.ts';
import { workIn } from '../../src/publish/messages.ts';
import { S3Store, s3Client } from '../../src/store/s3.ts';
import { fakeCloud, fakeCredentials, receiveAll } from '../cloud.ts';
import { tidings } from './terminal.ts';

/**
 * A deployed stage: S3 and SQS of fauxqs, and before it what fauxqs has not, CloudFormation's
 * outputs and SQS's tasks that move messages.
 */
let cloud: Awaited<ReturnType<typeof fakeCloud>>;
let server: Server;
let outputs: Record<string, string>;
let moves: string[];
const queues: Record<string, string> = {};

beforeAll(async () => {
  cloud = await fakeCloud();
  server = createServer((request, response) =>
    answer(request, response).catch(() => response.destroy()),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: fakeCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: fakeCredentials.secretAccessKey,
  });
});
afterAll(async () => {
  server.closeAllConnections();
  await Promise.all([once(server.close(), 'close'), cloud.close()]);
});

let stages = 0;
beforeEach(async () => {
  moves = [];
  const mine = `s${++stages}`;
  const client = s3Client({ endpoint: cloud.endpoint });
  for (const one of ['state', 'feeds'])
    await client.send(new CreateBucketCommand({ Bucket: `${mine}-${one}` }));
  const named = { posts: 'Posts', feeds: 'Feeds', announce: 'Announce' };
  outputs = {
    FeedsAddress: 'https://d1.cloudfront.net/',
    StateBucket: `${mine}-state`,
    FeedsBucket: `${mine}-feeds`,
  };
  for (const [name, output] of Object.entries(named)) {
    const fifo = name === 'feeds' ? '.fifo' : '';
    const attributes: Record<string, string> = fifo
      ? { FifoQueue: 'true', ContentBasedDeduplication: 'true' }
      : {};
    queues[name] = await cloud.newQueue(`${mine}-${name}${fifo}`, attributes);
    queues[`${name}-dead`] = await cloud.newQueue(`${mine}-${name}-dead${fifo}`, attributes);
    outputs[`${output}QueueUrl`] = here(queues[name]!);
    outputs[`${output}DeadLettersUrl`] = here(queues[`${name}-dead`]!);
  }
});

/** The address of a queue on the server before fauxqs. */
const here = (queue: string) =>
  new URL(new URL(queue).pathname, process.env['AWS_ENDPOINT_URL']).href;
const store = (name: 'StateBucket' | 'FeedsBucket') =>
  new S3Store({ client: s3Client({ endpoint: cloud.endpoint }), bucket: outputs[name]! });

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = Buffer.concat(await request.toArray());
  const action = new URLSearchParams(body.toString()).get('Action');
  if (action === 'DescribeStacks') return describeStacks(body.toString(), response);
  if (String(request.headers['x-amz-target']).endsWith('.StartMessageMoveTask')) {
    moves.push(JSON.parse(body.toString()).SourceArn);
    response.setHeader('content-type', 'application/x-amz-json-1.0').end('{"TaskHandle":"t"}');
    return;
  }
  const { host: _, connection: __, ...headers } = request.headers;
  const passed = await fetch(cloud.endpoint + request.url, {
    method: request.method!,
    headers: headers as Record<string, string>,
    ...(body.length > 0 ? { body } : {}),
  });
  const given = Object.fromEntries(passed.headers);
  delete given['content-encoding'];
  response.writeHead(passed.status, given).end(Buffer.from(await passed.arrayBuffer()));
}

function describeStacks(query: string, response: ServerResponse): void {
  response.setHeader('content-type', 'text/xml');
  const stack = new URLSearchParams(query).get('StackName');
  if (stack !== 'tidings-prod') {
    response.statusCode = 400;
    response.end(
      `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id ${stack} does not exist</Message></Error></ErrorResponse>`,
    );
    return;
  }
  const members = Object.entries(outputs).map(
    ([key, value]) =>
      `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  response.end(
    `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member><StackName>${stack}</StackName><CreationTime>2026-11-22T10:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus><Outputs>${members.join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
  );
}

const send = (queue: string, text = '{}') =>
  cloud.client.send(
    new SendMessageCommand({
      QueueUrl: queues[queue]!,
      MessageBody: text,
      ...(queue.startsWith('feeds') ? { MessageGroupId: 'g' } : {}),
    }),
  );

describe('status', () => {
  test('of a stage at rest', async () => {
    const { status, out, err } = await tidings('status', '--stage', 'prod');
    expect(out).toBe(`tidings-prod · https://d1.cloudfront.net/
published       nothing yet
posts           0 waiting, 0 in work, 0 dead letters
feeds           0 waiting, 0 in work, 0 dead letters
announce        0 waiting, 0 in work, 0 dead letters
problems        none
`);
    expect([status, err]).toEqual([0, '']);
  });

  test('tells of work, of problems, of the last feed, and what to do about dead letters', async () => {
    await store('FeedsBucket').put('feed.rss', '<rss/>');
    await store('StateBucket').put(
      siteProblemKey,
      '{"key":"tidings.yml","cause":"c","remedy":"r"}',
    );
    await send('posts');
    await send('feeds');
    await receiveAll(cloud.client, queues['feeds']!);
    await send('announce-dead');
    const { status, out, err } = await tidings(
      'status',
      '--stage',
      'prod',
      '--region',
      'eu-west-1',
    );
    expect(out).toMatch(/^published {7}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, the site's feed$/m);
    expect(out).toContain('posts           1 waiting, 0 in work, 0 dead letters\n');
    expect(out).toContain('feeds           0 waiting, 1 in work, 0 dead letters\n');
    expect(out).toContain('announce        0 waiting, 0 in work, 1 dead letter\n');
    expect(out).toContain('problems        1 problem\n');
    expect(err).toContain(`tidings problems --state s3://${outputs['StateBucket']} lists`);
    expect(err).toContain('tidings redrive --stage prod');
    expect(status).toBe(1);
  });
});

describe('redrive', () => {
  test('has SQS move the messages of those queues that have some', async () => {
    await send('posts-dead');
    await send('feeds-dead', '{"a":1}');
    await send('feeds-dead', '{"a":2}');
    const { status, out } = await tidings('redrive', '--stage', 'prod');
    const arns = ['posts-dead', 'feeds-dead'].map(async (name) => {
      const command = new GetQueueAttributesCommand({
        QueueUrl: queues[name]!,
        AttributeNames: ['QueueArn'],
      });
      return (await cloud.client.send(command)).Attributes!['QueueArn'];
    });
    expect(moves).toEqual(await Promise.all(arns));
    expect(out).toContain('posts           1 dead letter on the way back\n');
    expect(out).toContain('feeds           2 dead letters on the way back\n');
    expect(status).toBe(0);
  });

  test('without dead letters does nothing', async () => {
    expect(await tidings('redrive', '--stage', 'prod')).toMatchObject({
      status: 0,
      out: 'no dead letters\n',
    });
    expect(moves).toEqual([]);
  });
});

test('rebuild asks for it in the queue of posts', async () => {
  const { status, out } = await tidings('rebuild', '--stage', 'prod');
  const [message, ...others] = await receiveAll(cloud.client, queues['posts']!);
  expect(workIn(message!.Body!)).toEqual({ posts: [], rebuild: {} });
  expect(others).toEqual([]);
  expect([status, out]).toEqual([0, expect.stringContaining('tidings status --stage prod')]);
});

describe('what is wrong is said in a line', () => {
  test.each(['status', 'redrive', 'rebuild'])(
    '%s of a stage that is not there',
    async (command) => {
      const { status, err } = await tidings(command, '--stage', 'test');
      expect(err).toBe(
        'there is no stack tidings-test here: name the --stage that was deployed, and its --region\n',
      );
      expect(status).toBe(2);
    },
  );

  test('without a stage', async () => {
    const { status, err } = await tidings('status');
    expect([status, err]).toEqual([2, expect.stringContaining('--stage')]);
  });

  test('of a stack without the outputs', async () => {
    delete outputs['AnnounceQueueUrl'];
    const { status, err } = await tidings('status', '--stage', 'prod');
    expect([status, err]).toEqual([
      2,
      'the stack tidings-prod has no output AnnounceQueueUrl: deploy this version first\n',
    ]);
  });

  test('of a queue that is not there', async () => {
    outputs['FeedsQueueUrl'] += '-not';
    const { status, err } = await tidings('status', '--stage', 'prod');
    expect([status, err]).toEqual([1, expect.stringContaining('cannot look at the queue ')]);
    expect(err).not.toContain('\n    at ');
  });

  test('without a region', async () => {
    const { AWS_REGION } = process.env;
    delete process.env['AWS_REGION'];
    process.env['AWS_CONFIG_FILE'] = '/dev/null';
    const { status, err } = await tidings('status', '--stage', 'prod');
    process.env['AWS_REGION'] = AWS_REGION;
    expect([status, err]).toEqual([2, 'name the --region of the stage, or set AWS_REGION\n']);
  });
});
