import {
  directory,
  isPost,
  pageAt,
  parseFeedKey,
  parseRowKey,
  rowKey,
  rowsPrefix,
  site,
} from '../keys.ts';
import { turns } from '../store/s3-turns.ts';
import { getIfThere, type Store } from '../store/store.ts';
import type { RebuildFrom } from './messages.ts';
import type { Pipeline } from './pipeline.ts';
import type { CloudQueue } from './sqs.ts';

/** Rows looked for at once. */
const width = 32;

type Step = NonNullable<RebuildFrom['bucket']>;

/** What is listed in a step, and what is done about its keys. */
interface List {
  store: Store;
  prefix: string;
  take(keys: string[]): Promise<void>;
  next?: Step;
}

/**
 * Queues every post, then every feed: those that the state knows of, for they may have been lost,
 * and those that there are besides. What is not done when time runs out is left to a message that
 * says where to go on.
 */
export async function rebuild(
  from: RebuildFrom,
  {
    posts,
    state,
    feeds,
    queue,
  }: Pick<Pipeline, 'posts' | 'state' | 'feeds'> & { queue: CloudQueue },
  hasTime: () => boolean,
): Promise<void> {
  const steps: Record<Step, List> = {
    posts: {
      store: posts,
      prefix: '',
      take: (keys) => queue.ingest(keys.filter(isPost)),
      next: 'state',
    },
    state: {
      store: state,
      prefix: rowsPrefix,
      take: (keys) => queue.refresh(keys.flatMap((key) => parseRowKey(key) ?? [])),
      next: 'feeds',
    },
    feeds: {
      store: feeds,
      prefix: '',
      take: async (keys) => queue.refresh(await unknown(selectionsOf(keys), state)),
    },
  };
  let { bucket = 'posts', after } = from;
  for (;;) {
    if (!hasTime()) return queue.rebuild({ bucket, ...(after === undefined ? {} : { after }) });
    const { store, prefix, take, next } = steps[bucket];
    const { objects, more } = await store.list(prefix, after === undefined ? {} : { after });
    await take(objects.map(({ key }) => key));
    after = objects.at(-1)?.key;
    if (more) continue;
    if (next === undefined) return queue.refresh([site, directory]);
    [bucket, after] = [next, undefined];
  }
}

/** Those of the selections that the state has no row of. */
async function unknown(selections: string[], state: Store): Promise<string[]> {
  const inTurn = turns(width);
  const looks = selections.map((one) =>
    inTurn(async () => ((await getIfThere(state, rowKey(one))) ? [] : [one])),
  );
  return (await Promise.all(looks)).flat();
}

/** Of pages too: the site file may have ruled the feeds away, and have changed its mind. */
function selectionsOf(keys: string[]): string[] {
  return [...new Set(keys.flatMap((key) => parseFeedKey(key) ?? pageAt(key) ?? []))];
}
