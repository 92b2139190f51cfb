import { type Format, feedKey, formats, pageKey, pathOf, type Selection, termOf } from '../keys.ts';
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
  /** Absolute address of the entries after these, in each format (RFC 5005 §3). */
  next?: Record<Format, string>;
}

/**
 * The channel of a selection's feed. `label` is the term's, undefined for the site and for a term
 * that nobody uses any more. Pages of older entries set `self` and `next` themselves.
 */
export function channelOf(selection: Selection, label: string | undefined, site: Site): Channel {
  const term = termOf(selection);
  return {
    selection,
    ...(term && { label: label || term.slug }),
    title: term ? `${label || term.slug} – ${site.title}` : site.title,
    // No sentence about the term: it would have to be in the site's language.
    description: site.description || site.title,
    id: feedId(selection, site),
    self: addresses(selection, site),
    page: term ? site.feeds + pathOf(pageKey(selection)) : `${site.url}/`,
  };
}

/** Absolute address of a selection's feed in each format. */
export function addresses(selection: Selection, site: Site): Record<Format, string> {
  const address = (format: Format) => [format, site.feeds + pathOf(feedKey(selection, format))];
  return Object.fromEntries(formats.map(address)) as Record<Format, string>;
}

/** The slash keeps it apart from the ids of entries, which are made of keys, and none begins so. */
function feedId(selection: Selection, site: Site): string {
  const path = pathOf(feedKey(selection, 'atom')).replace(/\.atom$/, '');
  return `tag:${site.authority},${site.since}:${path}`;
}
