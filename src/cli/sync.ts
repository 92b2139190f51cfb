import { parseRowKey, rowsPrefix, type Selection } from '../keys.ts';
import { keptQueue } from '../publish/kept.ts';
import { drain } from '../publish/local.ts';
import type { Pipeline, Queue } from '../publish/pipeline.ts';
import { sweep } from '../publish/sweep.ts';
import { compare, type Differences, repair } from '../publish/sync.ts';
import { listAll, type Store } from '../store/store.ts';
import { BadArguments } from './bad-arguments.ts';
import { type Blog, type BlogOptions, openBlog, problemsOfNames } from './blog.ts';
import { clockAt, requireApart, storeAt, widthFor } from './buckets.ts';
import { locked } from './lock.ts';
import type { Output } from './output.ts';
import { withProgress } from './progress.ts';
import { counted, tellRun } from './summary.ts';

export interface SyncOptions extends BlogOptions {
  state: string;
  /** Where the feeds are, to publish what differs from here. */
  out?: string;
  /** URLs of a deployed stage's queues, to have it publish what differs. */
  postsQueue?: string;
  feedsQueue?: string;
  repair?: boolean;
}

/**
 * `tidings sync POSTS --state STATE`: publishes, or queues, what the state does not have as the
 * posts are now. It may be stopped at any time and run again. Tells the exit status.
 */
export async function sync(path: string, options: SyncOptions, output: Output): Promise<number> {
  const { state: at, out: feeds, postsQueue, feedsQueue } = options;
  if ((feeds === undefined) === (postsQueue === undefined || feedsQueue === undefined))
    throw new BadArguments(
      'name either --out, to publish from here, or --posts-queue and --feeds-queue, to have a deployed stage publish',
    );
  requireApart(path, feeds, at);
  const ours = feeds ? [feeds, at] : [at];
  const blog = await openBlog(path, { ...options, ours });
  await blog.load();
  return locked(ours, output, () => syncAlone(path, blog, options, output));
}

async function syncAlone(
  path: string,
  blog: Blog,
  options: SyncOptions,
  output: Output,
): Promise<number> {
  const { state: at, out: feeds } = options;
  const inForce = await blog.load();
  const state = await storeAt(at, options);
  const now = await clockAt(at, options);
  const stores = { posts: blog.posts, state, site: async () => inForce, now };
  const found = await withProgress((show) =>
    compare(stores, (done, total) => show({ phase: 'compared', done, total })),
  );
  tell(found, options, output);

  const isDone = feeds
    ? await publish(
        found,
        { ...stores, feeds: await storeAt(feeds, options) },
        path,
        options,
        output,
      )
    : await send(found, stores, options, output);
  return isDone && (found.broken.length === 0 || options.repair) ? 0 : 1;
}

/** Publishes what differs from this process; tells whether all of it could be. */
async function publish(
  found: Differences,
  stores: Omit<Pipeline, 'queue'>,
  path: string,
  options: SyncOptions,
  output: Output,
): Promise<boolean> {
  const queue = await keptQueue(stores.state);
  await ask(found, stores.state, queue, options);
  const width = widthFor(path, options.out, options.state);
  const run = await withProgress((onProgress) =>
    drain({ ...stores, queue }, { onProgress, width }),
  );
  const whose = ' of these; tidings problems lists all';
  tellRun(run, { where: options.out!, names: problemsOfNames(stores.posts), whose }, output);
  if (run.failures.length > 0) output.err('run sync again\n');
  return run.failures.length === 0;
}

/** Has a deployed stage publish what differs. */
async function send(
  found: Differences,
  { state, now }: Pick<Pipeline, 'state' | 'now'>,
  { postsQueue, feedsQueue, ...options }: SyncOptions,
  { out }: Output,
): Promise<true> {
  const [{ SQSClient }, { sqsSender }] = await Promise.all([
    import('@aws-sdk/client-sqs'),
    import('../publish/sqs.ts'),
  ]);
  const urls = { posts: postsQueue!, feeds: feedsQueue!, now };
  await ask(found, state, sqsSender({ client: new SQSClient(), ...urls }), options);
  out(`queued          ${counted(found.outdated.length, 'post')}\n`);
  return true;
}

/** Asks for what is to be done about the differences. */
async function ask(
  { broken, outdated, settled, hasNewSettings }: Differences,
  state: Store,
  queue: Pick<Queue, 'ingest' | 'refresh'>,
  options: SyncOptions,
): Promise<void> {
  if (options.repair) await repair(broken, { state, queue });
  await queue.ingest(outdated);
  if (hasNewSettings) await queue.refresh(await selectionsIn(state));
  await sweep({ state, queue }, settled);
}

/** Those that the state knows of, also without posts. */
async function selectionsIn(state: Store): Promise<Selection[]> {
  const all: Selection[] = [];
  for await (const { key } of listAll(state, rowsPrefix)) {
    const selection = parseRowKey(key);
    if (selection !== undefined) all.push(selection);
  }
  return all;
}

function tell(
  { compared, outdated, broken }: Differences,
  options: SyncOptions,
  { out, err }: Output,
) {
  for (const { key, error } of broken) err(`${key ?? 'a post that is gone'}: ${error.message}\n`);
  out(
    `compared        ${counted(compared, 'post')}: ${counted(outdated.length, 'differs', 'differ')}`,
  );
  if (broken.length > 0)
    out(
      `, ${counted(broken.length, 'broken record')} ${options.repair ? 'to be made anew' : 'left as found'}`,
    );
  out('\n');
}
