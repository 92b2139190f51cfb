import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LambdaFunctionURLEvent } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { messageOf } from '../../src/publish/messages.ts';
import { distribution, fakeCdn } from '../announce/cdn.ts';
import { post } from '../blog.ts';
import { batchWith, contextWith, testStage } from './stage.ts';

/**
 * Each function on a stage of which one part is missing or forbidden: it fails at once, and one
 * line of its log names that part and what to mend.
 */

type Answer = (response: ServerResponse, asked: IncomingMessage) => void;
interface Trouble {
  meets(asked: IncomingMessage): boolean;
  answer: Answer;
}

let stage: Awaited<ReturnType<typeof testStage>>;
let cdn: Awaited<ReturnType<typeof fakeCdn>>;
let gate: Awaited<ReturnType<typeof gateTo>>;
let trouble: Trouble | undefined;
let written: string[] = [];

beforeAll(async () => {
  // A logger of Powertools writes there itself.
  vi.spyOn(process.stdout, 'write').mockImplementation(note);
  vi.spyOn(process.stderr, 'write').mockImplementation(note);
  cdn = await fakeCdn();
  stage = await testStage({
    environment: { POWERTOOLS_LOG_LEVEL: 'INFO', TIDINGS_DISTRIBUTION_ID: distribution },
    through: async (endpoint) => {
      gate = await gateTo(endpoint);
      return gate.endpoint;
    },
  });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_SCHEDULER: gate.endpoint,
    TIDINGS_ANNOUNCE_QUEUE_URL: `${gate.endpoint}/000000000000/announce`,
  });
  for (const [key, date] of [
    ['a.md', '2024-03-09'],
    ['b.md', '2999-01-01'],
  ] as const)
    await stage.posts.put(key, post({ title: key, date, tags: ['one', 'two'] }));
});
afterAll(async () => {
  vi.restoreAllMocks();
  await gate.close();
  await Promise.all([cdn.close(), stage.close()]);
});
beforeEach(() => {
  trouble = undefined;
});

function note(chunk: unknown): true {
  written.push(...String(chunk).split('\n').filter(Boolean));
  return true;
}

/** Passes on what is asked of AWS, but for what meets with trouble. */
async function gateTo(endpoint: string) {
  const server = createServer((asked, response) => {
    if (trouble?.meets(asked)) return trouble.answer(response, asked);
    const { method, url, headers } = asked;
    const to = new URL(url!, isOfCdn(asked) ? cdn.endpoint : endpoint);
    const passed = request(to, { method, headers }, (reply) => {
      response.writeHead(reply.statusCode!, reply.headers);
      reply.pipe(response);
    });
    return asked.pipe(passed);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

const ofBucket = (bucket: string) => (asked: IncomingMessage) =>
  new RegExp(`^/${bucket}[/?]`).test(asked.url!);
const isOfCdn = ({ url }: IncomingMessage) => url!.includes('/distribution/');

function sqsRefuses(action: string): Trouble {
  return {
    meets: ({ headers }) => headers['x-amz-target'] === `AmazonSQS.${action}`,
    answer: jsonSays(403, 'AccessDenied'),
  };
}

/** As S3 refuses; its replies to HEAD have no body. */
function s3Says(status: number, code: string): Answer {
  return (response, { method }) => {
    response.writeHead(status, { 'content-type': 'application/xml' });
    const body = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message></Error>`;
    response.end(method === 'HEAD' ? undefined : body);
  };
}

/** As services with a JSON protocol refuse. */
function jsonSays(status: number, type: string): Answer {
  return (response) => {
    response.writeHead(status, {
      'content-type': 'application/x-amz-json-1.0',
      'x-amzn-errortype': type,
    });
    response.end(JSON.stringify({ __type: `com.amazonaws#${type}`, message: 'no' }));
  };
}

const created = (key: string) => ({
  Records: [{ eventName: 'ObjectCreated:Put', s3: { object: { key } } }],
});
const get = (rawPath: string) =>
  ({
    version: '2.0',
    rawPath,
    rawQueryString: '',
    headers: { host: 'x', 'x-tidings-host': 'd1.cloudfront.net' },
    requestContext: { http: { method: 'GET', path: rawPath } },
  }) as unknown as LambdaFunctionURLEvent;

/** Calls of each function. */
const calls = {
  ingest: () => stage.functions.ingest(batchWith(messageOf({ posts: ['a.md'] })), contextWith()),
  'ingest, of a post for later': () =>
    stage.functions.ingest(batchWith(messageOf({ posts: ['b.md'] })), contextWith()),
  'ingest, of the site file': () =>
    stage.functions.ingest(batchWith(created('tidings.yml')), contextWith()),
  refresh: () => stage.functions.refresh(batchWith({ selection: 'tags/one' }), contextWith()),
  rebuild: () =>
    stage.functions.rebuild({ kind: 'sync' }, { ...contextWith(), invokedFunctionArn: 'arn:x' }),
  announce: async () => {
    const { handler } = await import('../../functions/announce.ts');
    return handler(batchWith(created('feed.rss')), contextWith());
  },
  serve: () => answer('/tags/one/feed.rss'),
  'serve, of a mix': () => answer('/mix/tags:one+tags:two/feed.rss'),
  'serve, of older entries': () =>
    answer(`/tags/one/before/20990101T000000Z~${'0'.repeat(24)}~${'0'.repeat(32)}.rss`),
};

async function answer(path: string) {
  const { handler } = await import('../../functions/serve.ts');
  return handler(get(path), contextWith());
}

/** Whether a call failed, and what was logged meanwhile. */
async function callOf(name: keyof typeof calls, met: Trouble) {
  trouble = met;
  written = [];
  const began = performance.now();
  const outcome = await calls[name]().catch((error: Error) => error);
  const took = performance.now() - began;
  // Lambda logs what is thrown.
  if (outcome instanceof Error) written.push(`"ERROR" ${outcome.message}`);
  return { failed: isFailure(outcome), took, lines: written };
}

function isFailure(outcome: unknown): boolean {
  if (outcome instanceof Error) return true;
  const { batchItemFailures = [], statusCode = 200 } = (outcome ?? {}) as {
    batchItemFailures?: unknown[];
    statusCode?: number;
  };
  return batchItemFailures.length > 0 || statusCode >= 500;
}

/** One line says all of this. */
const saying = (...words: string[]) =>
  expect.arrayContaining([
    expect.stringMatching(new RegExp(words.map((one) => `(?=.*${one})`).join(''))),
  ]);

describe.each<[keyof typeof calls, string, string]>([
  ['ingest', 'posts', 's3:GetObject and s3:ListBucket'],
  ['ingest', 'state', 's3:GetObject and s3:ListBucket'],
  ['ingest, of the site file', 'feeds', 's3:ListBucket'],
  ['refresh', 'posts', 's3:GetObject and s3:ListBucket'],
  ['refresh', 'state', 's3:GetObject and s3:ListBucket'],
  ['refresh', 'feeds', 's3:GetObject and s3:ListBucket'],
  ['rebuild', 'posts', 's3:GetObject and s3:ListBucket'],
  ['rebuild', 'state', 's3:GetObject and s3:ListBucket'],
  ['announce', 'state', 's3:GetObject and s3:ListBucket'],
  ['serve', 'feeds', 's3:GetObject and s3:ListBucket'],
  ['serve', 'state', 's3:ListBucket'],
  ['serve, of a mix', 'feeds', 's3:GetObject and s3:ListBucket'],
  ['serve, of older entries', 'state', 's3:ListBucket'],
])('%s, its bucket of %s', (name, bucket, permission) => {
  test('missing', async () => {
    const met = { meets: ofBucket(bucket), answer: s3Says(404, 'NoSuchBucket') };
    const { failed, took, lines } = await callOf(name, met);
    expect(lines).toEqual(saying('"ERROR"', `there is no bucket ${bucket}`));
    expect([failed, took < 2000]).toEqual([true, true]);
  });

  test('forbidden', async () => {
    const met = { meets: ofBucket(bucket), answer: s3Says(403, 'AccessDenied') };
    const { failed, took, lines } = await callOf(name, met);
    expect(lines).toEqual(saying('"ERROR"', `lack ${permission} on bucket ${bucket}`));
    expect([failed, took < 2000]).toEqual([true, true]);
  });
});

test.each<[keyof typeof calls, string, Trouble, string[]]>([
  ['ingest', 'the queue of feeds', sqsRefuses('SendMessageBatch'), ['sqs:SendMessage']],
  ['refresh', 'the queue of feeds', sqsRefuses('SendMessageBatch'), ['sqs:SendMessage']],
  ['rebuild', 'the queue of posts', sqsRefuses('SendMessageBatch'), ['sqs:SendMessage']],
  [
    'ingest, of a post for later',
    'the schedules',
    {
      meets: ({ url }) => url!.startsWith('/schedules/'),
      answer: jsonSays(403, 'AccessDeniedException'),
    },
    ['scheduler:CreateSchedule in the group tidings', 'iam:PassRole on arn:aws:iam::'],
  ],
  [
    'announce',
    'the CDN',
    { meets: isOfCdn, answer: s3Says(403, 'AccessDenied') },
    [`CDN ${distribution}`, 'cloudfront:CreateInvalidation'],
  ],
])('%s, forbidden %s', async (name, _, met, words) => {
  const { failed, took, lines } = await callOf(name, met);
  expect(lines).toEqual(saying('"ERROR"', 'lack', ...words));
  expect([failed, took < 2000]).toEqual([true, true]);
});

test('a queue that is not there is named', async () => {
  const answer = jsonSays(400, 'QueueDoesNotExist');
  const { failed, lines } = await callOf('ingest', { ...sqsRefuses('SendMessageBatch'), answer });
  expect(lines).toEqual(saying('"ERROR"', 'cannot send to .*/feeds.fifo: QueueDoesNotExist'));
  expect(failed).toBe(true);
});

test('serve answers without the right to ask for what is not built, and says so', async () => {
  trouble = undefined;
  await stage.functions.ingest(batchWith(messageOf({ posts: ['a.md'] })), contextWith());
  const { failed, lines } = await callOf('serve', sqsRefuses('SendMessageBatch'));
  expect(lines).toEqual(saying('"ERROR"', 'lack sqs:SendMessage'));
  expect(failed).toBe(false);
});

test('who may not have messages delivered again soon says so, beside why they failed', async () => {
  const meets = (asked: IncomingMessage) =>
    /^\/(posts|state)[/?]/.test(asked.url!) ||
    sqsRefuses('ChangeMessageVisibilityBatch').meets(asked);
  const answer: Answer = (response, asked) =>
    (asked.method === 'POST' ? jsonSays(403, 'AccessDenied') : s3Says(403, 'AccessDenied'))(
      response,
      asked,
    );
  for (const name of ['ingest', 'refresh', 'announce'] as const) {
    const { lines } = await callOf(name, { meets, answer });
    expect(lines).toEqual(saying('"WARN"', 'lack sqs:ChangeMessageVisibility'));
    expect(lines).toEqual(saying('"ERROR"', 'on bucket'));
  }
});
