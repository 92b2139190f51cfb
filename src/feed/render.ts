import { type Format, formats } from '../keys.ts';
import type { Entry } from '../post/entry.ts';
import type { Site } from '../site.ts';
import { atomEntry, atomHead, atomTail } from './atom.ts';
import type { Channel } from './channel.ts';
import { jsonEntry, jsonHead, jsonTail } from './json.ts';
import { rssEntry, rssHead, rssTail } from './rss.ts';

/**
 * Entries become the bytes of a feed. What enters is a channel, its entries newest first and the
 * site; what leaves depends on nothing else, the clock least of all. An entry is rendered and
 * encoded once in each format, for it stands in a dozen feeds; a document is a head and entries
 * joined.
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
  return Buffer.concat(feedParts(format, channel, entries, site)).toString();
}

/** The same in UTF-8 and in parts, for a store to join: entries are encoded once for all their feeds. */
export function feedParts(
  format: Format,
  channel: Channel,
  entries: readonly Entry[],
  site: Site,
): Uint8Array<ArrayBuffer>[] {
  const { head, separator, tail } = renderers[format];
  const between = Buffer.from(separator);
  const parts: Uint8Array<ArrayBuffer>[] = [
    Buffer.from(head(channel, updatedOf(entries, site), site)),
  ];
  for (const entry of entries) {
    if (parts.length > 1) parts.push(between);
    parts.push(rendered(format, entry, site));
  }
  return [...parts, Buffer.from(tail)];
}

/** When a feed last changed: its newest `updated`; for an empty one the site's `since`, a constant. */
function updatedOf(entries: readonly Entry[], site: Site): string {
  return entries.reduce(
    (newest, { updated }) => (updated > newest ? updated : newest),
    entries[0]?.updated ?? `${site.since}T00:00:00Z`,
  );
}

/** An entry in each format, in UTF-8. */
export type Renderings = Record<Format, Uint8Array<ArrayBuffer>>;

const encoder = new TextEncoder();

/** An entry in each format, for another thread to remember: each has memory of its own, which can be handed over. */
export function renderEntry(entry: Entry, site: Site): Renderings {
  const encoded = (format: Format) => encoder.encode(renderers[format].entry(entry, site));
  return { rss: encoded('rss'), atom: encoded('atom'), json: encoded('json') };
}

/** Notes what another thread has rendered, which is not rendered here then. */
export function rememberEntry(entry: Entry, site: Site, renderings: Renderings): void {
  const known = knownTo(site);
  for (const format of formats) known[format].set(entry, renderings[format]);
}

type Known = WeakMap<Entry, Uint8Array<ArrayBuffer>>;

/** Entries already rendered, for as long as they and their site live. */
const memory = new WeakMap<Site, Record<Format, Known>>();

function rendered(format: Format, entry: Entry, site: Site): Uint8Array<ArrayBuffer> {
  const known = knownTo(site)[format];
  const before = known.get(entry);
  if (before) return before;
  const bytes = Buffer.from(renderers[format].entry(entry, site));
  known.set(entry, bytes);
  return bytes;
}

function knownTo(site: Site): Record<Format, Known> {
  const known = memory.get(site) ?? {
    rss: new WeakMap(),
    atom: new WeakMap(),
    json: new WeakMap(),
  };
  memory.set(site, known);
  return known;
}
