import { distance } from 'fastest-levenshtein';
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
  if (name === undefined) {
    const own = feedKey(siteSelection, format ?? 'rss');
    return own === key ? undefined : pathOf(own);
  }
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

/** Words that tools put after the name of a term, or for the site's own feed. */
const fillers = /^(feeds?|rss2?|atom|rdf|json|index|blog|posts?)(\.\w+)?$/i;

/** What a key seems to ask for: the last word in it that can be the name of a term. */
function wantedOf(key: string, site: Site): Wanted {
  const parts = key.split('/').filter(Boolean);
  const taxonomy = parts[0] && likeliest(parts[0].toLowerCase(), taxonomiesOf(site));
  // `tags/json/feed.xml`: after a taxonomy stands a name, whatever word it is.
  const least = taxonomy ? 2 : 0;
  let count = parts.length;
  while (count > least && fillers.test(parts[count - 1]!)) count--;
  const end = count === 0 ? `/${key}` : parts.slice(count - 1).join('/');
  const format = formats.find((one) => new RegExp(`[./]${one}`, 'i').test(end));
  const name = parts[count - 1]?.replace(/\.(rss|atom|json|xml|html?)$/i, '');
  return { taxonomy, format, ...(name && { name: slug(name) }) };
}

/** The nearest of these words, if it is near at all: up to a third of its letters may differ. */
function likeliest(word: string, known: string[]): string | undefined {
  const letters = lettersOf(word);
  let nearest: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const one of known) {
    // Two letters swapped are one slip, which Levenshtein counts as two.
    const swapped = one !== word && lettersOf(one) === letters ? 1 : 0;
    const far = distance(word, one) - swapped;
    if (far < least && far <= Math.max(1, Math.floor(one.length / 3))) {
      nearest = one;
      least = far;
    }
  }
  return nearest;
}

function lettersOf(word: string): string {
  return [...word].sort().join('');
}
