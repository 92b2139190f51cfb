import type { Output } from './output.ts';
import { messagesIn, refused, type StageOptions, sqsClient, stageNames } from './stage.ts';
import { counted } from './summary.ts';

/** `tidings redrive --stage S`: dead letters go back to the queues that they came from. Tells the exit status. */
export async function redrive(options: StageOptions, { out }: Output): Promise<number> {
  const { queues } = await stageNames(options);
  let moved = 0;
  for (const { name, deadLetters } of queues) {
    const { visible, arn } = await messagesIn(deadLetters);
    if (visible === 0) continue;
    await moveBack(arn);
    out(`${name.padEnd(16)}${counted(visible, 'dead letter')} on the way back\n`);
    moved += visible;
  }
  out(
    moved === 0
      ? 'no dead letters\n'
      : `tidings status --stage ${options.stage} shows how they fare\n`,
  );
  return 0;
}

/** SQS moves the messages by itself, to where each came from. */
async function moveBack(arn: string): Promise<void> {
  const { StartMessageMoveTaskCommand } = await import('@aws-sdk/client-sqs');
  const client = await sqsClient();
  await client.send(new StartMessageMoveTaskCommand({ SourceArn: arn })).catch((cause: Error) => {
    throw refused(cause, `cannot move messages of ${arn}`);
  });
}
