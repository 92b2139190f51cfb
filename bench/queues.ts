import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { fakeCloud } from '../test/cloud.ts';

/** SQS in a process of its own, so that its work is not the measured one's. */
export async function startQueues() {
  const child = fork(fileURLToPath(import.meta.url), ['--serve']);
  const [made] = (await once(child, 'message')) as [{ posts: string; feeds: string }];
  const endpoint = new URL(made.posts).origin;
  return { ...made, endpoint, stop: () => child.kill() };
}

if (process.argv[2] === '--serve' && process.send) {
  // A second look at what is unsettled is a message for a minute or two later: a burst waits for it.
  const { newQueue } = await fakeCloud({ DelaySeconds: 15 });
  // As deploy/resources/queues.yml has them.
  const common = { VisibilityTimeout: '360' };
  const posts = await newQueue('posts', common);
  const feeds = await newQueue('feeds.fifo', { ...common, FifoQueue: 'true', DelaySeconds: '5' });
  process.send({ posts, feeds });
  process.on('disconnect', () => process.exit());
}
