import type { Properties } from '../template.ts';
import type { Reply, Request } from './front-door.ts';
import type { App } from './s3.ts';

/** SQS, which is fauxqs's; each call is noted. */

/** fauxqs has one account. */
const ours = '000000000000';

export interface QueuesOptions {
  app: App;
  /** ARN of the queue with this name. */
  arnOf(name: string): string;
  allows(request: Request, action: string, resource: string): boolean;
}

export interface Message {
  MessageId: string;
  ReceiptHandle: string;
  Body: string;
  MD5OfBody: string;
  Attributes: Record<string, string>;
}

/** What a queue holds; to be asked seldom, for it is all written out. */
export interface Held {
  bodies: string[];
  /** When each may be received, unless it is deleted before; of those that may be now, a second later. Epoch milliseconds. */
  later: number[];
}

interface Inspected {
  ready: { body: string }[];
  delayed: { body: string; delayUntil?: number }[];
  inflight: { message: { body: string }; visibilityDeadline: number }[];
}

export function queues({ app, arnOf, allows }: QueuesOptions) {
  return { make, send, receive, remove, held, serve };

  /** As the template describes it. */
  async function make(properties: Properties): Promise<void> {
    const { QueueName, Tags, RedrivePolicy, ...rest } = properties;
    const redrive = RedrivePolicy && {
      ...RedrivePolicy,
      deadLetterTargetArn: RedrivePolicy.deadLetterTargetArn.replace(/:\d{12}:/, `:${ours}:`),
    };
    const Attributes = Object.fromEntries(
      Object.entries({ ...rest, ...(redrive ? { RedrivePolicy: redrive } : {}) }).map(
        ([name, value]) => [
          name,
          typeof value === 'object' ? JSON.stringify(value) : String(value),
        ],
      ),
    );
    await call('CreateQueue', { QueueName, Attributes });
  }

  async function send(queue: string, body: string): Promise<void> {
    await call('SendMessage', { QueueUrl: urlOf(queue), MessageBody: body });
  }

  /** Up to ten messages. */
  async function receive(queue: string, most: number): Promise<Message[]> {
    const { Messages = [] } = await call('ReceiveMessage', {
      QueueUrl: urlOf(queue),
      MaxNumberOfMessages: Math.min(10, most),
      MessageSystemAttributeNames: ['All'],
    });
    return Messages;
  }

  async function remove(queue: string, messages: Message[]): Promise<void> {
    for (const { ReceiptHandle } of messages)
      await call('DeleteMessage', { QueueUrl: urlOf(queue), ReceiptHandle });
  }

  async function held(queue: string): Promise<Held> {
    const reply = await app.inject({ method: 'GET', url: `/_fauxqs/queues/${nameOf(queue)}` });
    const { ready, delayed, inflight }: Inspected = reply.json().messages;
    const now = Date.now();
    return {
      bodies: [...ready, ...delayed, ...inflight.map(({ message }) => message)].map(
        ({ body }) => body,
      ),
      later: [
        ...ready.map(() => 0),
        ...delayed.map(({ delayUntil }) => delayUntil!),
        ...inflight.map(({ visibilityDeadline }) => visibilityDeadline),
      ].map((at) => (at > now ? at : now + 1000)),
    };
  }

  async function serve(request: Request): Promise<Reply> {
    const target = String(request.headers['x-amz-target']);
    const action = `sqs:${target.replace('AmazonSQS.', '').replace(/Batch$/, '')}`;
    const arn = arnOf(nameOf(JSON.parse(request.body.toString()).QueueUrl));
    if (!allows(request, action, arn)) {
      const __type = 'com.amazon.coral.service#AccessDeniedException';
      const body = JSON.stringify({ __type, message: `${action} on ${arn}` });
      return { status: 403, headers: { 'content-type': 'application/x-amz-json-1.0' }, body };
    }
    const reply = await post(target, request.body.toString());
    const type = String(reply.headers['content-type']);
    return { status: reply.statusCode, headers: { 'content-type': type }, body: reply.rawPayload };
  }

  async function call(action: string, input: object) {
    const reply = await post(`AmazonSQS.${action}`, JSON.stringify(input));
    if (reply.statusCode !== 200) throw new Error(`${action}: ${reply.payload}`);
    return reply.payload === '' ? {} : reply.json();
  }

  function post(target: string, payload: string) {
    const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target };
    return app.inject({ method: 'POST', url: '/', headers, payload });
  }
}

/** fauxqs looks at the name alone. */
function urlOf(queue: string): string {
  return `http://127.0.0.1/${ours}/${nameOf(queue)}`;
}

/** Of an ARN or a URL. */
export function nameOf(queue: string): string {
  return queue.slice(Math.max(queue.lastIndexOf(':'), queue.lastIndexOf('/')) + 1);
}

export type Queues = ReturnType<typeof queues>;
