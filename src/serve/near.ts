import { closest, distance } from 'fastest-levenshtein';
import {
  type Format,
  feedKey,
  formats,
  pageKey,
  parseRowKey,
  pathOf,
  rowsPrefix,
  site as siteSelection,
  termOf,
} from '../keys.ts';
import { slug } from '../post/term.ts';
import type { Site } from '../site.ts';
import type { Store } from '../store/store.ts';
import { taxonomiesOf } from './legacy.ts';

/**
 * The path of the feed that somebody probably meant who asked for this key, `tags/dokcer/feed.rss`.
 * Takes one list, of at most 1,000 terms.
 */
export async function nearPath(key: string, state: Store, site: Site): Promise<string | undefined> {
  const { taxonomy, name, format } = wantedOf(key, site);
  if (name === undefined) return pathOf(feedKey(siteSelection, format ?? 'rss'));
  const { objects } = await state.list(rowsPrefix + (taxonomy === undefined ? '' : `${taxonomy}/`));
  const selections = objects.flatMap((row) => parseRowKey(row.key) ?? []).filter(termOf);
  const bySlug = Map.groupBy(selections, (one) => termOf(one)!.slug);
  const [selection] = bySlug.get(likeliest(name, [...bySlug.keys()]) ?? '') ?? [];
  if (selection === undefined) return undefined;
  const near = format ? feedKey(selection, format) : pageKey(selection);
  return near === key ? undefined : pathOf(near);
}

interface Wanted {
  taxonomy?: string | undefined;
  /** A slug; without one the site's own feed is wanted. */
  name?: string;
  format?: Format | undefined;
}

/** Words that tools put around the name of a term in addresses of feeds. */
const fillers = /^(feed|feeds|rss2?|atom|rdf|json|index|by_tag|blog|posts?|mix)$/i;

/** What a key seems to ask for: the last word in it that could name a term. */
function wantedOf(key: string, site: Site): Wanted {
  const format = formats.find((one) => new RegExp(`[./]${one}2?(/|$)`, 'i').test(key));
  const words = key
    .split('/')
    .map((word) => word.replace(/\.(rss|atom|json|xml|html?)$/i, ''))
    .filter((word) => word !== '' && !fillers.test(word));
  const last = words.pop();
  if (last === undefined) return { format };
  const taxonomy = words[0] && likeliest(words[0].toLowerCase(), taxonomiesOf(site));
  return { name: slug(last), taxonomy, format };
}

/** The nearest of these words, if it is near at all: a third of its letters may differ. */
function likeliest(word: string, known: string[]): string | undefined {
  if (known.length === 0) return undefined;
  const nearest = closest(word, known);
  return distance(word, nearest) <= Math.max(1, Math.floor(nearest.length / 3))
    ? nearest
    : undefined;
}
