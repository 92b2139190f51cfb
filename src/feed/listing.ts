import { site as siteSelection, term } from '../keys.ts';
import type { Site } from '../site.ts';
import { type Channel, channelOf } from './channel.ts';
import type { Preview } from './page-posts.ts';

/** What the list of all feeds is made of: the site and every term that an entry has. */
export interface Directory {
  site: {
    count: number;
    newest?: string;
    /** Year → how many posts it has; years that are not counted are left out. */
    years?: Record<string, number>;
    /** Newest first. */
    latest?: readonly Preview[];
  };
  rows: Row[];
}

/** A term in the list. */
export interface Row {
  taxonomy: string;
  slug: string;
  label: string;
  /** Exact to 999; 1,000 stands for that many and more. */
  count: number;
  /** RFC 3339, of the newest entry. */
  newest: string;
}

/** A feed in the list: a term's, or the site's, which has no `row`. */
export interface Listed {
  channel: Channel;
  count: number;
  newest: string | undefined;
  row?: Row;
}

/** The terms of one taxonomy, by label. */
export interface Group {
  taxonomy: string;
  feeds: (Listed & { row: Row })[];
}

export function siteFeed(directory: Directory, site: Site): Listed {
  const { count, newest } = directory.site;
  return { channel: channelOf(siteSelection, undefined, site), count, newest };
}

/** The taxonomies in a fixed order, their terms by label: the order of the rows does not matter. */
export function groupsOf(directory: Directory, site: Site): Group[] {
  const groups = Map.groupBy(directory.rows, ({ taxonomy }) => taxonomy);
  return [...groups]
    .sort(([a], [b]) => place(a) - place(b) || byCode(a, b))
    .map(([taxonomy, rows]) => ({
      taxonomy,
      feeds: rows.toSorted(byLabel).map((row) => listed(row, site)),
    }));
}

function listed(row: Row, site: Site): Listed & { row: Row } {
  const { taxonomy, slug, label, count, newest } = row;
  return { channel: channelOf(term(taxonomy, slug), label, site), count, newest, row };
}

const first = ['categories', 'tags', 'authors'];

function place(taxonomy: string): number {
  const at = first.indexOf(taxonomy);
  return at < 0 ? first.length : at;
}

let collator: Intl.Collator | undefined;

function byLabel(a: Row, b: Row): number {
  // Made when it is needed: ICU takes 5 ms to load. The machine's locale would change the bytes.
  collator ??= new Intl.Collator('en', { numeric: true });
  return collator.compare(a.label, b.label) || byCode(a.slug, b.slug);
}

function byCode(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
