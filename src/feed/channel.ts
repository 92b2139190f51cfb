import {
  type Format,
  feedKey,
  formats,
  olderKey,
  type Place,
  pageKey,
  pathOf,
  type Selection,
  site as siteSelection,
  termOf,
} from '../keys.ts';
import type { Entry } from '../post/entry.ts';
import { mixOf } from '../selection/mix.ts';
import type { Page } from '../selection/older.ts';
import type { Site } from '../site.ts';

/** A feed apart from its entries: its name, what it is about, and where it and its pages are. */
export interface Channel {
  selection: Selection;
  /** The term's name, or what a mix is called; undefined for the site. */
  label?: string;
  /** Plain text, never empty, as is `description`. */
  title: string;
  description: string;
  /** RFC 4287 §4.2.6: the same for ever, wherever the feeds are served from. */
  id: string;
  /** Absolute address of this very document in each format. */
  self: Record<Format, string>;
  /** Absolute address of the page for people: the blog for the site, else the term's page. */
  page: string;
  /** WebSub hubs that are told when this document changes: of a mix none, for no store holds it. */
  hubs: readonly string[];
  /** Absolute address of the entries after these, in each format (RFC 5005 §3). */
  next?: Record<Format, string>;
  /** Of a page of older entries: absolute address of the feed itself, in each format. */
  first?: Record<Format, string>;
}

/** The channel of a selection's feed. `label` is undefined for the site, and for a term that nobody uses any more. */
export function channelOf(selection: Selection, label: string | undefined, site: Site): Channel {
  const name = label || termOf(selection)?.slug;
  return {
    selection,
    ...(name && { label: name }),
    title: name ? `${name} – ${site.title}` : site.title,
    // No sentence about the term: it would have to be in the site's language.
    description: site.description || site.title,
    id: feedId(selection, site),
    self: addresses(selection, site),
    page: selection === siteSelection ? `${site.url}/` : site.feeds + pathOf(pageKey(selection)),
    hubs: mixOf(selection) ? [] : site.hubs,
  };
}

/** The channel of a feed with these entries, named as they name it, and the way to older ones. */
export function feedChannel(selection: Selection, { entries, next }: Page, site: Site): Channel {
  const channel = channelOf(selection, labelOf(selection, entries), site);
  return { ...channel, ...(next && { next: olderAddresses(selection, next, site) }) };
}

/**
 * The channel of the entries after a place: that of the feed, but for its own address. No hub is
 * told of it, for nobody subscribes to it.
 */
export function olderChannel(selection: Selection, after: Place, page: Page, site: Site): Channel {
  const feed = feedChannel(selection, page, site);
  return { ...feed, self: olderAddresses(selection, after, site), first: feed.self, hubs: [] };
}

/** A term's label is its newest entry's spelling; of a term without entries, its slug. A mix is called by its terms. */
export function labelOf(selection: Selection, entries: readonly Entry[]): string | undefined {
  const mix = mixOf(selection);
  if (mix) {
    const label = (one: Selection) => labelOf(one, entries)!;
    const all = mix.all.map((some) => some.map(label).join(', ')).join(' + ');
    return [all, ...mix.none.map(label)].join(' − ');
  }
  const term = termOf(selection);
  if (!term) return undefined;
  for (const { terms } of entries) {
    // A taxonomy may be called `constructor`, which every object has.
    const own = Object.hasOwn(terms, term.taxonomy) ? terms[term.taxonomy] : undefined;
    const same = own?.find(({ slug }) => slug === term.slug);
    if (same) return same.label;
  }
  return term.slug;
}

/** Absolute address of a selection's feed in each format. */
export function addresses(selection: Selection, site: Site): Record<Format, string> {
  return addressesOf((format) => feedKey(selection, format), site);
}

function olderAddresses(selection: Selection, after: Place, site: Site): Record<Format, string> {
  return addressesOf((format) => olderKey(selection, after, format), site);
}

function addressesOf(key: (format: Format) => string, site: Site): Record<Format, string> {
  const all = formats.map((format) => [format, site.feeds + pathOf(key(format))]);
  return Object.fromEntries(all) as Record<Format, string>;
}

/** The slash keeps it apart from the ids of entries, which are made of keys, and none begins so. */
function feedId(selection: Selection, site: Site): string {
  const path = pathOf(feedKey(selection, 'atom')).replace(/\.atom$/, '');
  return `tag:${site.authority},${site.since}:${path}`;
}
