import { directory, isPost, pageAt, parseFeedKey, site } from '../keys.ts';
import type { Store } from '../store/store.ts';
import type { RebuildFrom } from './messages.ts';
import type { CloudQueue } from './sqs.ts';

/**
 * Queues every post, then every feed that there is (those of terms without posts depend on the
 * settings too). What is not done when time runs out is left to a message that says where to go on.
 */
export async function rebuild(
  from: RebuildFrom,
  { posts, feeds, queue }: { posts: Store; feeds: Store; queue: CloudQueue },
  hasTime: () => boolean,
): Promise<void> {
  const lists = {
    posts: { store: posts, take: (keys: string[]) => queue.ingest(keys.filter(isPost)) },
    feeds: { store: feeds, take: (keys: string[]) => queue.refresh(selectionsOf(keys)) },
  };
  let { bucket = 'posts', after } = from;
  for (;;) {
    if (!hasTime()) return queue.rebuild({ bucket, ...(after === undefined ? {} : { after }) });
    const { store, take } = lists[bucket];
    const { objects, more } = await store.list('', after === undefined ? {} : { after });
    await take(objects.map(({ key }) => key));
    after = objects.at(-1)?.key;
    if (more) continue;
    if (bucket === 'feeds') return queue.refresh([site, directory]);
    [bucket, after] = ['feeds', undefined];
  }
}

/** Of pages too: the site file may have ruled the feeds away, and have changed its mind. */
function selectionsOf(keys: string[]): string[] {
  return [...new Set(keys.flatMap((key) => parseFeedKey(key) ?? pageAt(key) ?? []))];
}
