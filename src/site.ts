import { createHash } from 'node:crypto';
import { domainToUnicode } from 'node:url';
import { InvalidSite } from './errors.ts';
import { keyOf, pathOf } from './keys.ts';
import {
  type Check,
  flag,
  list,
  mapOf,
  object,
  oneOf,
  readChecked,
  text,
  whole,
} from './site-check.ts';
import { revision } from './site-revision.ts';
import {
  authority,
  day,
  destination,
  email,
  fieldName,
  hub,
  id,
  language,
  link,
  path,
  permalink,
  reference,
  taxonomyName,
  timezone,
  trimmedUrl,
  url,
  uuid,
} from './site-values.ts';

/** The publisher's settings, checked, with defaults: `tidings.yml` as the rest of the system sees it. */
export interface Site {
  /** Of the blog, without a final slash. */
  url: string;
  /** Base address of the feeds, without a final slash. */
  feeds: string;
  title: string;
  description: string;
  /** BCP 47. */
  language?: string;
  /** IANA name; dates without a zone are read in it. */
  timezone: string;
  /** Absolute URL of a square image. */
  icon?: string;
  rights?: string;
  /** For `tag:` ids, RFC 4151: a domain name or e-mail address, and a date `YYYY-MM-DD` on which it was the publisher's. */
  authority: string;
  since: string;
  /** Pattern of links, `/:year/:month/:title/`; undefined: by dialect. */
  permalink?: string;
  /** Pattern of ids, `{url}/?p={wordpress_id}`; a post without the named field gets a `tag:` id. */
  id?: string;
  /** Front-matter field (lower case) → taxonomy. */
  taxonomies: Record<string, string>;
  /** Id as written in posts → person. */
  authors: Record<string, Person>;
  /** Entries in a feed. */
  entries: number;
  content: 'full' | 'summary';
  /** Excerpt marker beside the usual ones. */
  separator?: string;
  hubs: string[];
  podcast?: Podcast;
  /** Presets of old feed addresses: `wordpress`, `jekyll`, `hugo`, `ghost`, `hexo`. */
  legacy: string[];
  /** Path → path or URL, answered with 301. */
  moved: Record<string, string>;
  /** Paths answered with 410. */
  gone: string[];
  /** Seconds for which readers may keep a feed. */
  freshness: number;
  invalidate: boolean;
  limits: Limits;
}

/** What one post may cost; one that would cost more is a problem, and the others go on. */
export interface Limits {
  /** Kilobytes of its file. The HTML that it becomes may have four times as many. */
  size: number;
  /** Tags and outputs of Liquid that it may run. */
  steps: number;
}

/** What all but posts that were made to hurt stay far below. */
export const defaultLimits: Limits = { size: 512, steps: 100_000 };

export interface Person {
  name: string;
  email?: string;
  uri?: string;
}

/** What makes the feeds a podcast's (Apple's required and recommended channel tags). */
export interface Podcast {
  author: string;
  /** Apple category, `Technology` or `Society & Culture > Documentary`. */
  category: string;
  email?: string;
  image?: string;
  explicit: boolean;
  type: 'episodic' | 'serial';
  /** Podcast Namespace: `podcast:guid`, `podcast:locked`. */
  guid?: string;
  locked?: boolean;
}

/** Presets of old feed addresses. */
export const legacyPresets = ['wordpress', 'jekyll', 'hugo', 'ghost', 'hexo'] as const;

/** Reads a site file; throws InvalidSite with every fault in it, a line each. */
export function readSite(yaml: string, options: { feeds?: string } = {}): Site {
  const given = readChecked(yaml, settings);
  const url = given.url ?? 'https://example.com';
  const title = given.title ?? domainToUnicode(new URL(url).hostname);
  const site: Site = {
    ...given,
    url,
    feeds: given.feeds ?? feedsFrom(options.feeds) ?? url,
    title,
    description: given.description ?? title,
    timezone: given.timezone ?? 'UTC',
    authority: given.authority ?? authorityOf(url),
    since: given.since ?? '2000-01-01',
    taxonomies:
      given.taxonomies ?? bare({ categories: 'categories', tags: 'tags', authors: 'authors' }),
    authors: given.authors ?? bare({}),
    entries: given.entries ?? 20,
    content: given.content ?? 'full',
    hubs: given.hubs ?? [],
    legacy: given.legacy ?? [],
    moved: given.moved ?? bare({}),
    gone: given.gone ?? [],
    freshness: given.freshness ?? 900,
    invalidate: given.invalidate ?? true,
    limits: { ...defaultLimits, ...given.limits },
  };
  if (given.icon) site.icon = absolute(given.icon, url);
  if (given.podcast) site.podcast = podcastOf(given.podcast, url);
  return frozen(site);
}

/** RFC 4151 §2.1 has names only: an IPv6 address is written as one, without brackets and colons. */
function authorityOf(url: string): string {
  return new URL(url).hostname.replace(/[[\]]/g, '').replace(/:+/g, '-').replace(/^-|-$/g, '');
}

// Of a command's option or the deployment, so not in the site file.
function feedsFrom(address: string | undefined): string | undefined {
  if (address === undefined) return undefined;
  const feeds = trimmedUrl(address);
  if (feeds) return feeds;
  throw new InvalidSite(`feeds must be an absolute http or https address, not "${address}"`);
}

/** The site of a publisher who has said nothing. */
export function defaultSite(): Site {
  return readSite('');
}

/** The taxonomies that have feeds; authors are always one. */
export function taxonomiesOf(site: Site): string[] {
  return [...new Set([...Object.values(site.taxonomies), taxonomyFor('authors', site)])];
}

/** The taxonomy of a front-matter field. */
export function taxonomyFor(field: string, { taxonomies }: Site): string {
  return taxonomies[field] ?? field;
}

/**
 * Changes whenever a setting changes that shapes entries or feeds, whatever the order of its keys,
 * and with the revision of what makes them.
 */
export function fingerprint(site: Site): string {
  // These only say how requests are answered; no entry or feed needs to be made again for them.
  const { legacy, moved, gone, invalidate, ...shaping } = site;
  return createHash('sha256')
    .update(canonical({ revision, ...shaping }))
    .digest('hex')
    .slice(0, 32);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part) =>
    part && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
}

const taxonomies: Check<Record<string, string>> = (value, path, fault) => {
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
    return mapOf(fieldName, taxonomyName)(value, path, fault);
  }
  const names = list(taxonomyName)(value, path, fault);
  return names && bare(Object.fromEntries(names.map((name) => [name, name])));
};

interface WrittenPerson extends Person {
  address?: string;
  link?: string;
  url?: string;
}

const written = object<WrittenPerson>(
  { name: text, email, address: email, uri: link, link, url: link },
  ['name'],
);

const person: Check<Person> = (value, path, fault) => {
  if (typeof value === 'string') {
    const name = text(value, path, fault);
    return name === undefined ? undefined : { name };
  }
  const taken = written(value, path, fault);
  if (!taken) return undefined;
  const address = taken.email ?? taken.address;
  const uri = taken.uri ?? taken.link ?? taken.url;
  return { name: taken.name, ...(address && { email: address }), ...(uri && { uri }) };
};

const podcast = object<Podcast>(
  {
    author: text,
    category: text,
    email,
    image: reference,
    explicit: flag,
    type: oneOf(['episodic', 'serial']),
    guid: uuid,
    locked: flag,
  },
  ['author', 'category'],
);

function podcastOf(given: Podcast, base: string): Podcast {
  const { image, ...rest } = {
    ...given,
    explicit: given.explicit ?? false,
    type: given.type ?? 'episodic',
  };
  return image === undefined ? rest : { ...rest, image: absolute(image, base) };
}

const moved: Check<Record<string, string>> = (value, at, fault) => {
  const taken = mapOf(path, destination)(value, at, fault) ?? {};
  for (const [from, to] of Object.entries(taken)) {
    const own = to.startsWith('/') ? keyOf(to.replace(/[?#].*/s, '')) : undefined;
    if (own === undefined) continue;
    // As rules are applied: whatever the escapes, with a slash at the end or without.
    const next = pathOf(own);
    const other = next.endsWith('/') ? next.slice(0, -1) : `${next}/`;
    if (taken[next] || taken[other])
      fault(`${at}.${from}`, `leads to ${to}, which is moved too; name where it ends`);
  }
  return taken;
};

const keys: { [K in keyof Site]-?: Check<NonNullable<Site[K]>> } = {
  url,
  feeds: url,
  title: text,
  description: text,
  language,
  timezone,
  icon: reference,
  rights: text,
  authority,
  since: day,
  permalink,
  id,
  taxonomies,
  authors: mapOf(text, person),
  entries: whole(1, 200),
  content: oneOf(['full', 'summary']),
  separator: text,
  hubs: list(hub),
  podcast,
  legacy: list(oneOf(legacyPresets)),
  moved,
  gone: list(path),
  freshness: whole(60, 86_400),
  invalidate: flag,
  limits: object<Limits>({ size: whole(1, 5120), steps: whole(0, 10_000_000) }),
};

const settings = object<Partial<Site>>(keys);

/** Every key that a site file may have. */
export const siteKeys = Object.keys(keys) as readonly (keyof Site)[];

function absolute(address: string, base: string): string {
  return new URL(address, `${base}/`).href;
}

/** Without a prototype, for its keys are the publisher's: a post may be by `constructor`. */
function bare(entries: Record<string, string>): Record<string, never> & Record<string, string> {
  return Object.assign(Object.create(null), entries);
}

function frozen<T>(value: T): T {
  if (value && typeof value === 'object') Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}
