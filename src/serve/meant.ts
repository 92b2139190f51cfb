import { expressionOf, feedAt, feedKey, formats, olderIn, pageAt, pathOf } from '../keys.ts';
import { mixOf, termsOf } from '../selection/mix.ts';
import type { Site } from '../site.ts';
import type { Store } from '../store/store.ts';
import { exists, missing } from './exists.ts';
import { nearPath } from './near.ts';

/**
 * The path of the feed that somebody probably meant who asked for this key: of older entries that
 * there are not, their feed; of a mix, a feed near the term that there is not; else a near one.
 */
export async function meantPath(
  key: string,
  { feeds, state }: { feeds: Store; state: Store },
  site: Site,
): Promise<string | undefined> {
  const selection = olderIn(key) ?? feedAt(key)?.selection ?? pageAt(key);
  const mix = selection === undefined ? undefined : mixOf(selection);
  if (selection === undefined || (olderIn(key) === undefined && !mix))
    return expressionOf(key) === undefined ? nearPath(key, state, site) : undefined;
  const format = formats.find((one) => key.endsWith(`.${one}`)) ?? 'rss';
  const feed = feedKey(selection, format);
  if (feed !== key && (await exists(feed, feeds))) return pathOf(feed);
  const lacking = mix && (await missing(termsOf(mix), feeds));
  return nearPath(feedKey(lacking ?? selection, format), state, site);
}
