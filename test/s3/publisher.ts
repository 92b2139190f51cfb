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
 * what did not fail. Its environment says where; it runs until it is killed.
 */
type Handler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

const sqs = new SQSClient();

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
    const again = new Set(failed(await handler(batchOf(Messages), contextWith())));
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
