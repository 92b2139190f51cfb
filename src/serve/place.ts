import {
  directoryKey,
  expressionOf,
  feedKey,
  formats,
  olderIn,
  opmlKey,
  pageAt,
  pageKey,
  pathOf,
  reserved,
  type Selection,
  safe,
  site as siteSelection,
  term,
  twinOf,
} from '../keys.ts';
import { slug } from '../post/term.ts';
import { spelledMix } from '../selection/mix.ts';
import type { Site } from '../site.ts';
import { ruleFor } from '../site-rules.ts';
import { oldFeed } from './legacy.ts';

/** What an address stands for, as far as the address and the site file tell. */
export type Place =
  /** The object with this key, if there is one. */
  | { kind: 'object'; key: string }
  /** Another address; where `key` is given, only if there is such an object. */
  | { kind: 'moved'; location: string; key?: string }
  | { kind: 'gone' }
  /** Well formed, and no feed whatever is stored. */
  | { kind: 'unknown'; key: string }
  | { kind: 'malformed' };

/** One step on the way: the key, and how `Location` would name it. */
interface Stop {
  key: string;
  query: URLSearchParams;
  location: string;
}

/**
 * Follows an address through the publisher's rules, the presets of old addresses and the one
 * spelling that each feed has, to its end: a reader gets there in one redirect, never two.
 */
export function placeOf(url: URL, site: Site): Place {
  const first = stopAt(url);
  if (!first) return { kind: 'malformed' };
  let stop = first;
  let isPublishers = false;
  const seen = new Set([first.key]);
  for (;;) {
    if (ruleFor(stop.key, (path) => site.gone.includes(path) || undefined)) return { kind: 'gone' };
    const to = ruleFor(stop.key, (path) => site.moved[path]);
    const next = to === undefined ? spelled(stop, site) : destination(to, site);
    if (next === 'none') return { kind: 'unknown', key: stop.key };
    if (typeof next === 'string') return { kind: 'moved', location: next };
    if (!next || next.key === stop.key) break;
    // Rules that lead round in a circle lead nowhere.
    if (seen.has(next.key)) return { kind: 'unknown', key: first.key };
    seen.add(next.key);
    isPublishers ||= to !== undefined;
    stop = next;
  }
  const { key } = stop;
  // A twin is what the edge gives for its feed, and nobody's address.
  const isObject = safe(key) && twinOf(key) === undefined;
  if (stop === first) return { kind: isObject ? 'object' : 'unknown', key };
  return { kind: 'moved', location: onHost(stop.location, site), ...(!isPublishers && { key }) };
}

/**
 * What the site file says of the feed whose page has this key, if it says anything. Where there is
 * no such page, whoever opened the feed in a browser and was sent to the page is told that.
 */
export function ruledFeed(
  page: string,
  site: Site,
): (Place & { kind: 'moved' | 'gone' }) | undefined {
  const selection = pageAt(page);
  if (selection === undefined) return undefined;
  for (const format of formats) {
    const place = placeOf(new URL(`http://feeds${pathOf(feedKey(selection, format))}`), site);
    if (place.kind === 'moved' || place.kind === 'gone') return place;
  }
  return undefined;
}

/** The key that a URL names, safe or not; undefined if it is malformed or leads out of the store. */
function stopAt({ pathname, searchParams, search, hash }: URL): Stop | undefined {
  let path: string;
  try {
    path = decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
  if (/[\0-\x1f\x7f\\]/.test(path) || path.split('/').some((part) => /^\.\.?$/.test(part)))
    return undefined;
  const key = path.slice(1) + (path.endsWith('/') ? 'index.html' : '');
  return { key, query: searchParams, location: pathname + search + hash };
}

/** A path as readers see it, who may have a prefix in front of all feeds (`feeds: https://example.com/feeds`). */
export function onHost(path: string, site: Site): string {
  return new URL(site.feeds).pathname.replace(/\/$/, '') + path;
}

/**
 * Where `moved` leads: a place here, to be followed on, or an address elsewhere. With `http` for
 * `https` it is here as well: a CDN leads from the one to the other, and round in a circle.
 */
function destination(to: string, site: Site): Stop | string | undefined {
  const [here, there] = [site.feeds, to].map((address) => address.replace(/^https?:/, ''));
  const path = there!.startsWith(`${here}/`) ? there!.slice(here!.length) : to;
  return path.startsWith('/') ? stopAt(new URL(`http://feeds${path}`)) : new URL(path).href;
}

/** The feed that another tool had here, or the one spelling of a key; undefined if this is it. */
function spelled({ key, query }: Stop, site: Site): Stop | 'none' | undefined {
  const path = `/${key.replace(/(^|\/)index\.html$/, '$1')}`;
  const old = oldFeed(path, query, site);
  if (old === 'none') return old;
  const next = old ? feedKey(old.selection, old.format) : canonical(key);
  if (next === key) return undefined;
  return { key: next, query: new URLSearchParams(), location: pathOf(next) };
}

const singles = [...formats.map((format) => feedKey(siteSelection, format)), opmlKey, directoryKey];

/** The key in the one spelling that is stored: small letters, slugs, slashes as they belong. */
function canonical(key: string): string {
  const parts = key.split('/').filter(Boolean);
  // All at once: else each would be a step, and a path has room for 700 of them.
  while (parts.at(-1) === 'index.html') parts.pop();
  const [taxonomy, name, file, ...rest] = parts;
  if (taxonomy === undefined) return pageKey(siteSelection);
  if (name === undefined) return singles.find((one) => one === taxonomy.toLowerCase()) ?? key;
  const selection = selectionAt(taxonomy, name);
  if (selection === undefined) return key;
  if (file === undefined) return pageKey(selection);
  // A cursor has one spelling, which no person types.
  if (olderIn(key) !== undefined) return [selection, file, ...rest].join('/');
  if (rest.length > 0) return key;
  const ending = formats.find((format) => file.toLowerCase() === feedKey(siteSelection, format));
  return ending ? feedKey(selection, ending) : key;
}

/** The term or mix that two segments of a path name in any spelling. */
function selectionAt(folder: string, name: string): Selection | undefined {
  const expression = expressionOf(`${folder.toLowerCase()}/${name}`);
  if (expression !== undefined) return spelledMix(expression);
  return reserved.includes(folder) ? undefined : term(folder.toLowerCase(), slug(name));
}
