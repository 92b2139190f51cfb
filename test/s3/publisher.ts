import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { batchOf, contextWith, failed } from '../functions/stage.ts';

/**
 * A process that does what Lambda does with the two functions: receives batches, calls, deletes
 * what did not fail. Its environment says where, and how long one call may last (`TEST_TIMEOUT`,
 * milliseconds); it runs until it is killed, or ends itself when a call lasts longer.
 */
type Handler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

const sqs = new SQSClient();
const timeout = Number(process.env['TEST_TIMEOUT'] ?? 60_000);

async function call(handler: Handler, messages: Message[]): Promise<SQSBatchResponse> {
  const end = performance.now() + timeout;
  const dead = setTimeout(() => process.kill(process.pid, 'SIGKILL'), timeout);
  const response = await handler(
    batchOf(messages),
    contextWith(() => end - performance.now()),
  );
  clearTimeout(dead);
  return response;
}

async function poll(QueueUrl: string, handler: Handler): Promise<never> {
  for (;;) {
    const command = new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      MessageSystemAttributeNames: ['All'],
      WaitTimeSeconds: 1,
    });
    const { Messages = [] } = await sqs.send(command);
    if (Messages.length === 0) continue;
    const again = new Set(failed(await call(handler, Messages)));
    await remove(
      QueueUrl,
      Messages.filter(({ MessageId }) => !again.has(MessageId!)),
    );
  }
}

async function remove(QueueUrl: string, messages: Message[]): Promise<void> {
  if (messages.length === 0) return;
  const Entries = messages.map(({ ReceiptHandle }, id) => ({ Id: String(id), ReceiptHandle }));
  await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
}

const { handler: ingest } = await import('../../functions/ingest.ts');
const { handler: refresh } = await import('../../functions/refresh.ts');
await Promise.all([
  poll(process.env['TIDINGS_POSTS_QUEUE_URL']!, ingest),
  poll(process.env['TIDINGS_FEEDS_QUEUE_URL']!, refresh),
]);
