import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Unavailable } from '../../src/errors.ts';
import { handle } from '../../src/keys.ts';
import { workIn } from '../../src/publish/messages.ts';
import { retrySoon, selectionIn, sqsQueue } from '../../src/publish/sqs.ts';
import { countIn, fakeCloud, fakeCredentials, receive, receiveAll } from '../cloud.ts';
import { stub } from '../s3/stub.ts';

const noon = Date.UTC(2026, 10, 22, 12);
let cloud: Awaited<ReturnType<typeof fakeCloud>>;
beforeAll(async () => {
  cloud = await fakeCloud();
});
afterAll(() => cloud.close());

let queues = 0;
/** The pipeline's queue on two new queues, and a clock. */
async function newQueues(client = cloud.client, scheduler?: string) {
  const nth = ++queues;
  const posts = await cloud.newQueue(`posts-${nth}`);
  const feeds = await cloud.newQueue(`feeds-${nth}.fifo`, { FifoQueue: 'true' });
  const clock = { now: noon };
  const schedules = {
    client: new SchedulerClient({
      endpoint: scheduler ?? 'http://127.0.0.1:9',
      region: 'eu-west-1',
      credentials: fakeCredentials,
      maxAttempts: 1,
    }),
    group: 'tidings',
    queue: 'arn:aws:sqs:eu-west-1:1:posts',
    role: 'arn:aws:iam::1:role/schedules',
    margin: 5000,
  };
  const queue = sqsQueue({ client, posts, feeds, now: () => clock.now }, schedules);
  return { queue, posts, feeds, clock };
}

const keysIn = async (url: string) =>
  (await receiveAll(cloud.client, url)).map(({ Body }) => workIn(Body!).posts);

describe('posts', () => {
  test('go a hundred a message, ten messages a call', async () => {
    const { queue, posts } = await newQueues();
    const keys = Array.from({ length: 1234 }, (_, n) => `${n}.md`);
    await queue.ingest(keys);
    const messages = await keysIn(posts);
    expect(messages).toHaveLength(13);
    expect(messages.flat().sort()).toEqual(keys.sort());
  });

  test('with the longest keys go in messages that ten fit in a call', async () => {
    const { queue, posts } = await newQueues();
    // Quotation marks take two bytes in JSON; U+FFFE takes three in UTF-8 and six escaped.
    const keys = Array.from({ length: 300 }, (_, n) => `${'"'.repeat(1000)}${n}\ufffe.md`);
    await queue.ingest(keys);
    const messages = await receiveAll(cloud.client, posts);
    const sizes = messages.map(({ Body }) => Buffer.byteLength(Body!));
    expect(Math.max(...sizes)).toBeLessThan(26_000);
    expect(messages.flatMap(({ Body }) => workIn(Body!).posts).sort()).toEqual(keys.sort());
  });
});

describe('feeds', () => {
  test('have a group each, and one request within a window of two seconds', async () => {
    const { queue, feeds, clock } = await newQueues();
    const all = ['site', 'tags/c-plus-plus', 'tags/жёлтый', 'tags/🎉', `tags/${'я'.repeat(40)}`];
    await queue.refresh(all);
    clock.now += 1999;
    await queue.refresh(all);
    const first = await receiveAll(cloud.client, feeds);
    expect(first.map(({ Body }) => selectionIn(Body!)).sort()).toEqual(all.sort());
    expect(first.map(({ Attributes }) => Attributes!.MessageGroupId).sort()).toEqual(
      all.map(handle).sort(),
    );
  });

  test('are asked for again in the next window', async () => {
    const { queue, feeds, clock } = await newQueues();
    await queue.refresh(['site']);
    clock.now += 2000;
    await queue.refresh(['site']);
    // A group gives its second message when the first is done.
    expect(await countIn(cloud.client, feeds)).toBe(2);
  });

  test('named twice in one call are one request', async () => {
    const { queue, feeds } = await newQueues();
    await queue.refresh(['site', 'site']);
    expect(await receiveAll(cloud.client, feeds)).toHaveLength(1);
  });
});

describe('what SQS does not take', () => {
  /** A server that takes all but what `failed` tells of the nth call. */
  const picky = (failed: (ids: string[], nth: number) => { Id: string; SenderFault: boolean }[]) =>
    stub((response, { body }, nth) => {
      const ids = JSON.parse(body.toString()).Entries.map(({ Id }: { Id: string }) => Id);
      const Failed = failed(ids, nth).map((one) => ({
        ...one,
        Code: 'ServiceUnavailable',
        Message: 'no',
      }));
      const Successful = ids
        .filter((id: string) => !Failed.some(({ Id }) => Id === id))
        .map((Id: string) => ({ Id, MessageId: Id }));
      response.setHeader('content-type', 'application/x-amz-json-1.0');
      response.end(JSON.stringify({ Successful, Failed }));
    });
  const clientOf = (endpoint: string) =>
    new SQSClient({
      endpoint,
      region: 'us-east-1',
      credentials: fakeCredentials,
      maxAttempts: 1,
      md5: false,
    });

  test('is sent again, and only that', async () => {
    const server = await picky((ids, nth) =>
      nth === 1 ? [ids[1]!, ids[3]!].map((Id) => ({ Id, SenderFault: false })) : [],
    );
    const { queue } = await newQueues(clientOf(server.endpoint));
    await queue.refresh(['a/1', 'a/2', 'a/3', 'a/4']);
    const sent = server.asked.map(({ body }) =>
      JSON.parse(body.toString()).Entries.map((one: { MessageBody: string }) =>
        selectionIn(one.MessageBody),
      ),
    );
    expect(sent).toEqual([
      ['a/1', 'a/2', 'a/3', 'a/4'],
      ['a/2', 'a/4'],
    ]);
    await server.close();
  });

  test.each([
    ['time and again', false, 3],
    ['for a fault of ours', true, 1],
  ])('%s is Unavailable', async (_what, SenderFault, calls) => {
    const server = await picky((ids) => [{ Id: ids[0]!, SenderFault }]);
    const { queue } = await newQueues(clientOf(server.endpoint));
    await expect(queue.refresh(['a/1', 'a/2'])).rejects.toThrow(/ServiceUnavailable/);
    expect(server.asked).toHaveLength(calls);
    await server.close();
  });

  test('because it does not answer is Unavailable, with the cause', async () => {
    const { queue } = await newQueues(clientOf('http://127.0.0.1:9'));
    const error = await queue.ingest(['a.md']).catch((caught) => caught);
    expect(error).toBeInstanceOf(Unavailable);
    expect(error.cause).toBeInstanceOf(Error);
  });
});

describe('a date', () => {
  test('within fifteen minutes is a delayed message', async () => {
    const { queue, posts } = await newQueues();
    await queue.schedule('a.md', noon - 4500);
    expect(await keysIn(posts)).toEqual([]);
    await expect.poll(() => keysIn(posts), { timeout: 3000 }).toEqual([['a.md']]);
  });

  test('that is past is a message at once', async () => {
    const { queue, posts } = await newQueues();
    await queue.schedule('a.md', noon - 3_600_000);
    expect(await keysIn(posts)).toEqual([['a.md']]);
  });

  test('further off is a schedule named by post and date, a little after it', async () => {
    const server = await stub((response) => response.end('{"ScheduleArn":"x"}'));
    const { queue } = await newQueues(cloud.client, server.endpoint);
    await queue.schedule('a b.md', Date.UTC(2027, 0, 1) + 1);
    const [{ method, url, body } = { method: '', url: '', body: Buffer.of() }] = server.asked;
    expect(method).toBe('POST');
    expect(url).toBe(`/schedules/${handle('a b.md')}-${Date.UTC(2027, 0, 1) / 1000 + 6}`);
    expect(JSON.parse(body.toString())).toMatchObject({
      ActionAfterCompletion: 'DELETE',
      FlexibleTimeWindow: { Mode: 'OFF' },
      GroupName: 'tidings',
      ScheduleExpression: 'at(2027-01-01T00:00:06)',
      Target: {
        Arn: 'arn:aws:sqs:eu-west-1:1:posts',
        RoleArn: 'arn:aws:iam::1:role/schedules',
        Input: '{"posts":["a b.md"]}',
      },
    });
    await server.close();
  });

  test.each([
    [409, 'ConflictException', undefined],
    [500, 'InternalServerException', Unavailable],
    [403, 'AccessDeniedException', Unavailable],
  ])('whose schedule is answered %i %s', async (status, code, error) => {
    const server = await stub((response) => {
      response.writeHead(status, { 'x-amzn-errortype': code, 'content-type': 'application/json' });
      response.end('{"Message":"no"}');
    });
    const { queue } = await newQueues(cloud.client, server.endpoint);
    const asked = queue.schedule('a.md', noon + 3_600_000);
    if (error) await expect(asked).rejects.toThrow(error);
    else await asked;
    await server.close();
  });
});

test('a message that failed comes again soon, and not after the visibility time-out', async () => {
  const { queue, posts } = await newQueues();
  await queue.ingest(['a.md']);
  const [message] = await receive(cloud.client, posts);
  const { ReceiptHandle, Attributes } = message!;
  const ApproximateReceiveCount = Attributes!.ApproximateReceiveCount!;
  await retrySoon(
    cloud.client,
    posts,
    [{ receiptHandle: ReceiptHandle!, attributes: { ApproximateReceiveCount } }],
    2,
  );
  expect(await receive(cloud.client, posts)).toEqual([]);
  await expect.poll(() => keysIn(posts), { timeout: 4000 }).toEqual([['a.md']]);
});
