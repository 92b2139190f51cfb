import type { AddressInfo } from 'node:net';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';

/** Seconds that a message waits at most, however long it was to be delayed or hidden. */
export interface LongestWaits {
  DelaySeconds?: number;
  VisibilityTimeout?: number;
}

/** SQS (and an S3 without conditions) on loopback, in this process. */
export async function fakeCloud(longest: LongestWaits = {}) {
  const app = buildApp({ logger: false });
  app.addHook('preHandler', async ({ body }) => {
    for (const entry of (body as { Entries?: LongestWaits[] } | undefined)?.Entries ?? [])
      for (const wait of ['DelaySeconds', 'VisibilityTimeout'] as const)
        if (entry[wait]) entry[wait] = Math.min(entry[wait], longest[wait] ?? entry[wait]);
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const endpoint = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  const client = sqsClient(endpoint);
  return {
    endpoint,
    client,
    close: async () => {
      client.destroy();
      await app.close();
    },
    newQueue: async (name: string, attributes: Record<string, string> = {}) => {
      const command = new CreateQueueCommand({ QueueName: name, Attributes: attributes });
      // Its own host name has no address.
      const url = new URL((await client.send(command)).QueueUrl!);
      return new URL(url.pathname, endpoint).href;
    },
  };
}

export const fakeCredentials = { accessKeyId: 'test', secretAccessKey: 'test' };

export function sqsClient(endpoint: string): SQSClient {
  return new SQSClient({ endpoint, region: 'us-east-1', credentials: fakeCredentials });
}

/** Up to ten messages. */
export async function receive(client: SQSClient, url: string): Promise<Message[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl: url,
    MaxNumberOfMessages: 10,
    MessageSystemAttributeNames: ['All'],
  });
  return (await client.send(command)).Messages ?? [];
}

/** Everything that a queue gives now. */
export async function receiveAll(client: SQSClient, url: string): Promise<Message[]> {
  const all: Message[] = [];
  for (;;) {
    const some = await receive(client, url);
    if (some.length === 0) return all;
    all.push(...some);
  }
}

/** Messages that a queue holds: to be received, in work, and delayed. */
export async function countIn(client: SQSClient, url: string): Promise<number> {
  const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] });
  const { Attributes = {} } = await client.send(command);
  const states = ['', 'NotVisible', 'Delayed'] as const;
  const counts = states.map((one) => Number(Attributes[`ApproximateNumberOfMessages${one}`]));
  return counts.reduce((sum, count) => sum + count, 0);
}
