import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { stub } from '../s3/stub.ts';

/** EventBridge Scheduler, as far as it is used: each name once, and its message when its time has come. */
export async function fakeScheduler(client: SQSClient, queue: string) {
  const waiting = new Map<string, { at: number; timer: NodeJS.Timeout }>();
  const server = await stub((response, { url, body }) => {
    const name = url.split('/').at(-1)!;
    if (waiting.has(name)) {
      response.writeHead(409, { 'x-amzn-errortype': 'ConflictException' });
      response.end('{"Message":"there is one"}');
      return;
    }
    const { ScheduleExpression, Target } = JSON.parse(body.toString());
    const at = Date.parse(`${/^at\((.+)\)$/.exec(ScheduleExpression)![1]}Z`);
    const fire = () => {
      waiting.delete(name);
      const command = new SendMessageCommand({ QueueUrl: queue, MessageBody: Target.Input });
      client.send(command).catch(() => {});
    };
    // A time that has passed: at once. Longer waits than timers know are for nobody here.
    const timer = setTimeout(fire, Math.min(Math.max(0, at - Date.now()), 2 ** 31 - 1));
    waiting.set(name, { at, timer });
    response.end('{"ScheduleArn":"x"}');
  });
  return {
    endpoint: server.endpoint,
    /** How many fire before this time, epoch milliseconds. */
    countBefore: (time: number) => [...waiting.values()].filter(({ at }) => at < time).length,
    close: async () => {
      for (const { timer } of waiting.values()) clearTimeout(timer);
      await server.close();
    },
  };
}
