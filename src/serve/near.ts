import { distance } from 'fastest-levenshtein';
import { NotFound } from '../errors.ts';
import {
  type Format,
  feedKey,
  formats,
  pageKey,
  parseRowKey,
  pathOf,
  rowsPrefix,
  rowsTableKey,
  type Selection,
  site as siteSelection,
  termOf,
} from '../keys.ts';
import { slug } from '../post/term.ts';
import { type Site, taxonomiesOf } from '../site.ts';
import type { Store } from '../store/store.ts';

/**
 * The path of the feed that somebody probably meant who asked for this key, `tags/dokcer/feed.rss`.
 * Takes one look at the table of all terms and one list, of at most 1,000 of them.
 */
export async function nearPath(key: string, state: Store, site: Site): Promise<string | undefined> {
  const { taxonomy, name, format } = wantedOf(key, site);
  if (name === undefined) {
    const own = feedKey(siteSelection, format ?? 'rss');
    return own === key ? undefined : pathOf(own);
  }
  const selections = await termsAbout(name, taxonomy, state, site);
  const bySlug = Map.groupBy(selections, (one) => termOf(one)!.slug);
  const [selection] = bySlug.get(likeliest(name, [...bySlug.keys()]) ?? '') ?? [];
  if (selection === undefined) return undefined;
  const near = format ? feedKey(selection, format) : pageKey(selection);
  return near === key ? undefined : pathOf(near);
}

/**
 * The terms among which a name is looked for: of the taxonomy, if it is known. Where there are more
 * than one list tells, those from the name's first letter on, which slips seldom touch.
 */
async function termsAbout(
  name: string,
  taxonomy: string | undefined,
  state: Store,
  site: Site,
): Promise<Selection[]> {
  const isLong = await hasManyRows(state);
  const within = taxonomy ?? (isLong ? (site.taxonomies['tags'] ?? 'tags') : undefined);
  const prefix = rowsPrefix + (within === undefined ? '' : `${within}/`);
  const after = prefix + String.fromCodePoint(name.codePointAt(0)!);
  const { objects } = await state.list(prefix, isLong ? { after } : {});
  return objects.flatMap(({ key }) => parseRowKey(key) ?? []).filter(termOf);
}

/** A row takes at least so many bytes of the table. */
const leastRow = 120;

/** Whether there may be more rows than one list tells: the size of their table says it without a list. */
async function hasManyRows(state: Store): Promise<boolean> {
  try {
    return (await state.head(rowsTableKey)).size > 1000 * leastRow;
  } catch (error) {
    if (error instanceof NotFound) return false;
    throw error;
  }
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
