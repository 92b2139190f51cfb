import { createHash } from 'node:crypto';

/**
 * Every object key and URL path, rendered and parsed: the storage format. Nothing else in the
 * project builds or takes apart such a name. A key is the percent-decoded path without its first
 * slash; a path that ends in `/` has `index.html` appended.
 */

export type Format = 'rss' | 'atom' | 'json';
export const formats: readonly Format[] = ['rss', 'atom', 'json'];

/**
 * Which entries a feed carries, as a string: `site`, or `<taxonomy>/<slug>` for a term.
 * It is the name of a selection in queues, markers and URLs alike.
 */
export type Selection = string;

export const site: Selection = 'site';
/** The selection whose feed is the list of all feeds; `feeds` is no taxonomy's name. */
export const directory: Selection = 'feeds';
/** Names that no taxonomy may have: they are taken in URLs. */
export const reserved: readonly string[] = ['before', 'mix', 'feeds', 'site'];

export function term(taxonomy: string, slug: string): Selection {
  return `${taxonomy}/${slug}`;
}

/** The parts of a term's selection; undefined for the site and the directory. */
export function termOf(selection: Selection): { taxonomy: string; slug: string } | undefined {
  const cut = selection.indexOf('/');
  if (cut < 0) return undefined;
  return { taxonomy: selection.slice(0, cut), slug: selection.slice(cut + 1) };
}

/** Key of a feed in the feeds bucket: `feed.rss`, `tags/docker/feed.atom`. */
export function feedKey(selection: Selection, format: Format): string {
  return selection === site ? `feed.${format}` : `${selection}/feed.${format}`;
}

/** Key of the page for people that shows a feed: `index.html`, `tags/docker/index.html`. */
export function pageKey(selection: Selection): string {
  return selection === site ? 'index.html' : `${selection}/index.html`;
}

export const opmlKey = 'feeds.opml';
export const directoryKey = 'feeds.json';

/** URL path of a key: `/tags/%D1%84/feed.rss`, `/` for `index.html`. */
export function pathOf(key: string): string {
  const path = key.split('/').map(encodeURIComponent).join('/');
  return `/${path.replace(/(^|\/)index\.html$/, '$1')}`;
}

/** Key of a URL path; undefined if the path is malformed or would name something outside. */
export function keyOf(path: string): string | undefined {
  if (!path.startsWith('/')) return undefined;
  let key: string;
  try {
    key = decodeURIComponent(path.slice(1));
  } catch {
    return undefined;
  }
  if (key === '' || key.endsWith('/')) key += 'index.html';
  return safe(key) ? key : undefined;
}

/** True if a key stays inside its bucket or folder on every store. */
export function safe(key: string): boolean {
  if (key === '' || Buffer.byteLength(key) > 1024 || /[\0-\x1f\x7f\\]/.test(key)) return false;
  return key.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

/** The state's name for a post: 128 bits of the SHA-256 of its key, in hex. */
export function handle(postKey: string): string {
  return createHash('sha256').update(postKey).digest('hex').slice(0, 32);
}

export function entryKey(postHandle: string): string {
  return `entries/${postHandle}.json`;
}

export function problemsKey(postHandle: string): string {
  return `problems/${postHandle}.json`;
}

export const problemsPrefix = 'problems/';

/** An object with no bytes whose name says that an entry is in a selection, and where in it. */
export interface Marker {
  selection: Selection;
  /** Epoch seconds. */
  published: number;
  handle: string;
  version: number;
}

const lastSecond = Date.UTC(9999, 11, 31, 23, 59, 59) / 1000;
const width = String(lastSecond - Date.UTC(0, 0, 1) / 1000).length;

/** Key of a marker; byte order within a selection is newest first, because time is inverted. */
export function markerKey({ selection, published, handle: of, version }: Marker): string {
  const inverted = String(lastSecond - published).padStart(width, '0');
  return `${markerPrefix(selection)}${inverted}~${of}~${version}`;
}

export function markerPrefix(selection: Selection): string {
  return `index/${selection}/`;
}

export function parseMarkerKey(key: string): Marker | undefined {
  const match = /^index\/(.+)\/(\d+)~([0-9a-f]{32})~(\d+)$/.exec(key);
  if (!match) return undefined;
  return {
    selection: match[1]!,
    published: lastSecond - Number(match[2]),
    handle: match[3]!,
    version: Number(match[4]),
  };
}

/** Key of a directory row: what the list of all feeds knows of a term. */
export function rowKey(selection: Selection): string {
  return `terms/${selection}.json`;
}

export const rowsPrefix = 'terms/';

export function parseRowKey(key: string): Selection | undefined {
  return /^terms\/(.+)\.json$/.exec(key)?.[1];
}
