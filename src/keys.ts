import { hash } from 'node:crypto';

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
/** Names that no taxonomy may have: they are taken in URLs or in the index. */
export const reserved: readonly string[] = ['before', 'mix', 'feeds', 'site', 'ids'];

/** Not a feed but a place in the index: the entries that say they have this id. */
export function idClaim(id: string): Selection {
  return `ids/${handle(id)}`;
}

export const idsPrefix = 'index/ids/';

/** True for selections that have a feed. */
export function hasFeed(selection: Selection): boolean {
  return !selection.startsWith('ids/');
}

export function term(taxonomy: string, slug: string): Selection {
  return `${taxonomy}/${slug}`;
}

/** The parts of a term's selection; undefined for the site, the directory and mixes. */
export function termOf(selection: Selection): { taxonomy: string; slug: string } | undefined {
  const cut = selection.indexOf('/');
  if (cut < 0 || isMix(selection)) return undefined;
  return { taxonomy: selection.slice(0, cut), slug: selection.slice(cut + 1) };
}

/** A selection of its own name: a combination of terms, `src/selection/mix.ts`. No store holds its feeds. */
export function mix(expression: string): Selection {
  return `mix/${expression}`;
}

/** What `mix` was given; undefined for other selections. */
export function expressionOf(selection: Selection): string | undefined {
  return isMix(selection) ? selection.slice(mix('').length) : undefined;
}

function isMix(selection: Selection): boolean {
  return selection.startsWith(mix(''));
}

/** Key of a feed in the feeds bucket: `feed.rss`, `tags/docker/feed.atom`. */
export function feedKey(selection: Selection, format: Format): string {
  return selection === site ? `feed.${format}` : `${selection}/feed.${format}`;
}

/** The term or mix whose feed has this key; undefined for other keys. */
export function parseFeedKey(key: string): Selection | undefined {
  return /^([^/]+\/[^/]+)\/feed\.(rss|atom|json)$/.exec(key)?.[1];
}

/** The feed that has this key, of the site, a term or a mix. */
export function feedAt(key: string): { selection: Selection; format: Format } | undefined {
  const selection = parseFeedKey(key) ?? site;
  const format = formats.find((one) => feedKey(selection, one) === key);
  return format && { selection, format };
}

/** Formats that CloudFront does not compress by itself: for it, their feeds have a twin in gzip. */
export const twinned: readonly Format[] = ['atom', 'json'];

/** Key of a feed's twin: `tags/docker/feed.atom.gz`. */
export function twinKey(feedKey: string): string {
  return `${feedKey}.gz`;
}

/** Of which object a key names the twin; undefined for other keys. */
export function twinOf(key: string): string | undefined {
  return /^(.+)\.gz$/.exec(key)?.[1];
}

/** Key of the page for people that shows a feed: `index.html`, `tags/docker/index.html`. */
export function pageKey(selection: Selection): string {
  return selection === site ? 'index.html' : `${selection}/index.html`;
}

/** The selection whose page has this key; undefined for other keys. */
export function pageAt(key: string): Selection | undefined {
  return feedAt(key.replace(/index\.html$/, 'feed.rss'))?.selection;
}

export const opmlKey = 'feeds.opml';
export const directoryKey = 'feeds.json';

/** The selection whose refresh writes the object with this key; undefined for other keys. */
export function selectionAt(key: string): Selection | undefined {
  if (key === opmlKey || key === directoryKey || key === pageKey(site)) return directory;
  return feedAt(key)?.selection ?? pageAt(key);
}

const contentTypes: Record<string, string> = {
  rss: 'application/rss+xml; charset=utf-8',
  atom: 'application/atom+xml; charset=utf-8',
  json: 'application/json; charset=utf-8',
  html: 'text/html; charset=utf-8',
  opml: 'text/xml; charset=utf-8',
};

/** What a key holds, by its ending; JSON that is no feed is the directory or of the state. A twin holds the same, compressed. */
export function contentType(twin: string): string {
  const key = twinOf(twin) ?? twin;
  const isJsonFeed = key.endsWith('.json') && (feedAt(key) ?? olderIn(key)) !== undefined;
  if (isJsonFeed) return 'application/feed+json; charset=utf-8';
  return contentTypes[key.slice(key.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
}

/** Key of the entries after a place in a selection: `tags/docker/before/20240309T081500Z~….atom`. */
export function olderKey(selection: Selection, after: Place, format: Format): string {
  const file = `before/${cursorOf(after)}.${format}`;
  return selection === site ? file : `${selection}/${file}`;
}

/** What an `olderKey` names; undefined for other keys, and for a cursor that names no place. */
export function parseOlderKey(
  key: string,
): { selection: Selection; after: Place; format: Format } | undefined {
  const match = /^(?:([^/]+\/[^/]+)\/)?before\/([^/]+)\.(rss|atom|json)$/.exec(key);
  const after = match && parseCursor(match[2]!);
  if (!after) return undefined;
  return { selection: match[1] ?? site, after, format: match[3] as Format };
}

/** The selection in whose `before` folder a key is, whatever stands there. */
export function olderIn(key: string): Selection | undefined {
  const match = /^(?:([^/]+\/[^/]+)\/)?before(?:\/|$)/.exec(key);
  return match ? (match[1] ?? site) : undefined;
}

/** A place as it stands in URLs: the second, readable, then what orders the entries of one second. */
function cursorOf({ published, rank, handle: of }: Place): string {
  const second = new Date(published * 1000).toISOString().replace(/[-:]|\.000/g, '');
  return `${second}~${rank}~${of}`;
}

function parseCursor(cursor: string): Place | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z~([0-9a-f]{24})~([0-9a-f]{32})$/.exec(
    cursor,
  );
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1);
  const published = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) / 1000;
  const place = { published, rank: match[7]!, handle: match[8]! };
  // The thirtieth of February, 24 o'clock: one place has one cursor.
  return Number.isNaN(published) || cursorOf(place) !== cursor ? undefined : place;
}

/** URL path of a key: `/tags/%D1%84/feed.rss`, `/` for `index.html`. */
export function pathOf(key: string): string {
  const path = /^[\w./~-]*$/.test(key) ? key : key.split('/').map(encodeURIComponent).join('/');
  // RFC 3986 §3.3 allows these as they are, and a mix is to be read and typed.
  const readable = isMix(key) ? path.replace(/%(?:2B|2C|3A)/g, decodeURIComponent) : path;
  return `/${readable.replace(/(^|\/)index\.html$/, '$1')}`;
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
  if (key === '' || !key.isWellFormed() || Buffer.byteLength(key) > 1024) return false;
  if (/[\0-\x1f\x7f\\]/.test(key)) return false;
  return key.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

/** Path for addresses with a query, on their way to `serve`: `functions/edge.js` makes them. */
export const queryPath = '/feeds/query/';

/** The publisher's settings, beside the posts. */
export const siteFileKey = 'tidings.yml';

/** Key of an empty object that says: a refresh of this selection was asked for, and is not done. */
export function askedKey(selection: Selection): string {
  return `${askedPrefix}${selection}`;
}

export const askedPrefix = 'asked/';

/** In a state that is a folder: what the last build left, so that the next one need not look at it. */
export const lastBuildKey = 'last-build.json';

/** In the state: the last settings that were valid, and what is wrong with those of now. */
export const lastSiteKey = 'site/tidings.yml';
export const siteProblemKey = 'site/problem.json';

/** True for the name of a file or folder that can hold no post: hidden, or a tool's own. */
export function isSkipped(name: string): boolean {
  return (name.startsWith('.') && name !== '.') || name === 'node_modules';
}

/** True if a name ends as those of posts and pages do. */
export function endsAsPost(name: string): boolean {
  return /\.(md|markdown|html|mdx)$/i.test(name);
}

/** True if a key is that of a post or page. */
export function isPost(key: string): boolean {
  return endsAsPost(key) && safe(key) && !key.split('/').some(isSkipped);
}

/** The state's name for a post: 128 bits of the SHA-256 of its key, in hex. */
export function handle(postKey: string): string {
  return hash('sha256', postKey, 'hex').slice(0, 32);
}

export function entryKey(postHandle: string): string {
  return `entries/${postHandle}.json`;
}

export const entriesPrefix = 'entries/';

/** Key of an empty object that says: this version of the record holds problems. */
export function problemsKey(postHandle: string, version: number): string {
  return `${problemsPrefix}${postHandle}~${version}`;
}

export const problemsPrefix = 'problems/';

/** Of which version of which record a mark is: a marker, a reference hint, a hint at problems. */
export function parseMark(key: string): { handle: string; version: number } | undefined {
  if (key.startsWith('index/')) return parseMarkerKey(key);
  const hint = /^(?:references\/[0-9a-f]{32}|problems)\/([0-9a-f]{32})(?:~[0-9a-f]+)?~(\d+)$/;
  const match = hint.exec(key);
  return match ? { handle: match[1]!, version: Number(match[2]) } : undefined;
}

export const markPrefixes = ['index/', 'references/', 'problems/'];

/** The handle in the key of a record or of a problems hint. */
export function handleOf(key: string): string | undefined {
  return /^(?:entries|problems)\/([0-9a-f]{32})(?:\.json|~\d+)$/.exec(key)?.[1];
}

/** An object with no bytes whose name says: the post `from` was rendered with this link of the post `to`. */
export interface ReferenceHint {
  /** Handles. */
  to: string;
  from: string;
  /** Null: there was no such post. */
  link: string | null;
  version: number;
}

export function referenceKey({ to, from, link, version }: ReferenceHint): string {
  return `${referencePrefix(to)}${from}~${digestOf(link)}~${version}`;
}

export function referencePrefix(to: string): string {
  return `references/${to}/`;
}

/** The handle of the post that refers, and whether it was rendered with this link. */
export function parseReferenceKey(
  key: string,
  link: string | null,
): { from: string; isCurrent: boolean } | undefined {
  const match = /\/([0-9a-f]{32})~([0-9a-f]+)~\d+$/.exec(key);
  return match ? { from: match[1]!, isCurrent: match[2] === digestOf(link) } : undefined;
}

function digestOf(link: string | null): string {
  return link === null ? '0' : handle(link);
}

/** Where an entry stands in every selection that has it: newest first. */
export interface Place {
  /** Epoch seconds. */
  published: number;
  /** Orders entries of one second: `rankOf` the post's key. */
  rank: string;
  handle: string;
}

/** An object with no bytes whose name says that an entry is in a selection, and where in it. */
export interface Marker extends Place {
  selection: Selection;
  version: number;
}

const lastSecond = Date.UTC(9999, 11, 31, 23, 59, 59) / 1000;
const width = String(lastSecond - Date.UTC(0, 0, 1) / 1000).length;

/** Key of a marker; byte order within a selection is newest first, because time is inverted. */
export function markerKey({ selection, version, ...place }: Marker): string {
  return `${markerPrefix(selection)}${nameOf(place)}~${version}`;
}

function nameOf({ published, rank, handle: of }: Place): string {
  return `${String(lastSecond - published).padStart(width, '0')}~${rank}~${of}`;
}

/** Where to list on for the markers after a place: after those of every version that stand at it. */
export function markersAfter(selection: Selection, place: Place): string {
  return `${markerPrefix(selection)}${nameOf(place)}~~`;
}

/** Bytes of a file's name that order posts of one second. */
const ranked = 12;

/**
 * The place of a post among those of its second, by its file's name without date and ending: the
 * later name is the newer post, as Jekyll has it. Names are inverted like times, bytes in hex.
 */
export function rankOf(postKey: string): string {
  const [last, folder] = postKey.split('/').reverse();
  const name = /^index\./.test(last!) && folder ? folder : last!.replace(/\.[^.]+$/, '');
  const bytes = Buffer.alloc(ranked);
  bytes.write(name.replace(/^\d{4}-\d\d-\d\d-?/, ''));
  for (let at = 0; at < ranked; at++) bytes[at] = 255 - bytes[at]!;
  return bytes.toString('hex');
}

export function markerPrefix(selection: Selection): string {
  return `index/${selection}/`;
}

export function parseMarkerKey(key: string): Marker | undefined {
  const match = /^index\/(.+)\/(\d+)~([0-9a-f]+)~([0-9a-f]{32})~(\d+)$/.exec(key);
  if (!match) return undefined;
  return {
    selection: match[1]!,
    published: lastSecond - Number(match[2]),
    rank: match[3]!,
    handle: match[4]!,
    version: Number(match[5]),
  };
}

/** Key of a directory row: what the list of all feeds knows of a term. */
export function rowKey(selection: Selection): string {
  return `terms/${selection}.json`;
}

export const rowsPrefix = 'terms/';
/** What the directory last read of its rows, with their ETags. */
export const rowsTableKey = 'terms.json';

export function parseRowKey(key: string): Selection | undefined {
  return /^terms\/(.+)\.json$/.exec(key)?.[1];
}
