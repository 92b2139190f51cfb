import { NotFound } from '../errors.ts';
import { feedAt, feedKey, olderIn, pageAt, parseOlderKey, type Selection } from '../keys.ts';
import { mixOf, termsOf } from '../selection/mix.ts';
import type { Store } from '../store/store.ts';

/** True if a key is answered: an object, or what is made of terms that have feeds. Takes four looks at most. */
export async function exists(key: string, feeds: Store): Promise<boolean> {
  const older = olderIn(key);
  if (older !== undefined && !parseOlderKey(key)) return false;
  const selection = older ?? feedAt(key)?.selection ?? pageAt(key);
  const mix = selection === undefined ? undefined : mixOf(selection);
  if (mix) return (await missing(termsOf(mix), feeds)) === undefined;
  return isThere(older === undefined ? key : feedKey(older, 'rss'), feeds);
}

/** The first of these selections that has no feed. */
export async function missing(
  selections: readonly Selection[],
  feeds: Store,
): Promise<Selection | undefined> {
  const found = await Promise.all(selections.map((one) => isThere(feedKey(one, 'rss'), feeds)));
  return selections[found.indexOf(false)];
}

async function isThere(key: string, store: Store): Promise<boolean> {
  try {
    await store.head(key);
    return true;
  } catch (error) {
    if (error instanceof NotFound) return false;
    throw error;
  }
}
