import type { Output } from './output.ts';
import { type StageOptions, sqsClient, stageNames } from './stage.ts';

/**
 * `tidings rebuild --stage S`: asks the stage to read every post and write every feed anew, as
 * when the site file changes. Tells the exit status.
 */
export async function rebuild(options: StageOptions, { out }: Output): Promise<number> {
  const { queues } = await stageNames(options);
  const { sqsSender } = await import('../publish/sqs.ts');
  const [posts, feeds] = [queues[0]!.queue, queues[1]!.queue];
  await sqsSender({ client: await sqsClient(), posts, feeds, now: Date.now }).rebuild({});
  out(`asked for; tidings status --stage ${options.stage} shows how far it is\n`);
  return 0;
}
