import type { Format } from '../keys.ts';
import type { Entry } from '../post/entry.ts';
import type { Site } from '../site.ts';
import { atomEntry, atomHead, atomTail } from './atom.ts';
import type { Channel } from './channel.ts';
import { jsonEntry, jsonHead, jsonTail } from './json.ts';
import { rssEntry, rssHead, rssTail } from './rss.ts';

/**
 * Entries become the bytes of a feed. What enters is a channel, its entries newest first and the
 * site; what leaves depends on nothing else, the clock least of all. An entry is rendered once in
 * each format, for it stands in a dozen feeds; a document is a head and entries joined.
 */
interface Renderer {
  head(channel: Channel, updated: string, site: Site): string;
  entry(entry: Entry, site: Site): string;
  separator: string;
  tail: string;
}

const renderers: Record<Format, Renderer> = {
  rss: { head: rssHead, entry: rssEntry, separator: '', tail: rssTail },
  atom: { head: atomHead, entry: atomEntry, separator: '', tail: atomTail },
  json: { head: jsonHead, entry: jsonEntry, separator: ',\n', tail: jsonTail },
};

/** The document of a feed. The same channel, entries and site give the same text. */
export function renderFeed(
  format: Format,
  channel: Channel,
  entries: readonly Entry[],
  site: Site,
): string {
  const { head, entry, separator, tail } = renderers[format];
  const known = rendered(site, format);
  const parts = entries.map((one) => known.get(one) ?? remember(known, one, entry(one, site)));
  return head(channel, updatedOf(entries, site), site) + parts.join(separator) + tail;
}

/** When a feed last changed: its newest `updated`; for an empty one the site's `since`, a constant. */
export function updatedOf(entries: readonly Entry[], site: Site): string {
  return entries.reduce(
    (newest, { updated }) => (updated > newest ? updated : newest),
    entries[0]?.updated ?? `${site.since}T00:00:00Z`,
  );
}

type Rendered = WeakMap<Entry, string>;

/** Entries already rendered, for as long as they and their site live. */
const memory = new WeakMap<Site, Record<Format, Rendered>>();

function rendered(site: Site, format: Format): Rendered {
  let formats = memory.get(site);
  if (!formats) {
    formats = { rss: new WeakMap(), atom: new WeakMap(), json: new WeakMap() };
    memory.set(site, formats);
  }
  return formats[format];
}

function remember(known: Rendered, entry: Entry, text: string): string {
  known.set(entry, text);
  return text;
}
