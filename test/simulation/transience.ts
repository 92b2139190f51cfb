import {
  entriesPrefix,
  feedKey,
  isPost,
  parseFeedKey,
  type Selection,
  site,
} from '../../src/keys.ts';
import { parsePost } from '../../src/post/parse.ts';
import type { Post } from '../../src/post/post.ts';
import { statusAt } from '../../src/post/status.ts';
import { sourceOf } from '../../src/publish/source.ts';
import { claimsOf, type EntryRecord } from '../../src/selection/record.ts';
import { readSite } from '../../src/site.ts';
import { type Body, bytesOf, type Store } from '../../src/store/store.ts';

/** What readers saw that was wrong for a moment: every put of a feed, against the posts of that instant. */
export interface Transience {
  seen: Map<string, Moments>;
  /** Kinds that must not be: they count as divergences. */
  faults: string[];
  count(kind: string): void;
  /** A publisher wrote or deleted a post. */
  wrote(key: string, text: string | undefined): void;
  /** The store of records or of feeds, with an eye on what a worker that begins now puts. */
  watch(store: Store): Store;
}

/** How often something was seen, and for how many milliseconds at most until the feed was put again. */
export interface Moments {
  count: number;
  longest: number;
}

/** A post from `at` on; without `post`, there is none, or it is none to publish. */
interface Version {
  at: number;
  post?: Post;
  /** It cannot be read: what was published stays, whatever that was. */
  isBroken: boolean;
}

/** What a record said from `at` on. */
interface Saying {
  at: number;
  id: string | undefined;
  published: string | undefined;
  claims: Selection[];
  settled: boolean;
}

interface Live {
  key: string;
  id: string;
  published: string;
  claims: Selection[];
}

const bare = readSite('url: https://b.example\n');
/** The fewest entries of a feed in `history.ts`. */
const fewest = 2;

export function transience(now: () => number): Transience {
  const seen = new Map<string, Moments>();
  const faults: string[] = [];
  const versions = new Map<string, Version[]>();
  const sayings = new Map<string, Saying[]>();
  const keysById = new Map<string, Set<string>>();
  const shown = new Map<Selection, { at: number; ids: Set<string> }>();
  /** Selection → what is wrong in it, and since when. */
  const open = new Map<Selection, Map<string, { kind: string; since: number }>>();
  return { seen, faults, count, wrote, watch };

  function count(kind: string): Moments {
    const moments = seen.get(kind) ?? { count: 0, longest: 0 };
    seen.set(kind, moments);
    moments.count++;
    return moments;
  }

  function wrote(key: string, text: string | undefined): void {
    if (!isPost(key)) return;
    const version: Version = { at: now(), isBroken: false, ...parsed(key, text) };
    versions.set(key, [...(versions.get(key) ?? []), version]);
    const id = version.post?.entry.id;
    if (id !== undefined) keysById.set(id, (keysById.get(id) ?? new Set()).add(key));
  }

  function watch(store: Store): Store {
    const began = now();
    const put: Store['put'] = async (key, body, condition, headers) => {
      const written = await store.put(key, body, condition, headers);
      const selection = key === feedKey(site, 'json') ? site : parseFeedKey(key);
      if (key.startsWith(entriesPrefix)) heard(json(body));
      else if (selection && key.endsWith('.json')) look(selection, json(body), began);
      return written;
    };
    return {
      put,
      get: (key) => store.get(key),
      head: (key) => store.head(key),
      list: (prefix, options) => store.list(prefix, options),
      delete: (key) => store.delete(key),
    };
  }

  function heard({ key, entry, claims, settled }: EntryRecord): void {
    const saying = { at: now(), id: entry?.id, published: entry?.published, claims, settled };
    sayings.set(key, [...(sayings.get(key) ?? []), saying]);
  }

  /** Compares what was put with the posts: both what lacks in it, and what is too much. */
  function look(selection: Selection, feed: Feed, began: number): void {
    const at = now();
    const ids = new Set(feed.items.map(({ id }) => id));
    const live = liveIn(selection, at);
    const wrong = new Map<string, string>();
    for (const one of missing(live, feed)) {
      const last = shown.get(selection);
      const wasThere = last?.ids.has(one.id) && isSteady(one, selection, last.at, at);
      const kind = wasThere ? 'a post leaves a feed it belongs to' : 'a post is not there yet';
      wrong.set(one.id, `${kind}: ${causeOf(selection, one.id, one, began)}`);
    }
    for (const id of ids) {
      if (live.some((one) => one.id === id) || isAnyBroken(id, at)) continue;
      const everWas = wasEverIn(selection, id, at);
      const kind = everWas ? 'a post that left is still there' : 'a post is there that never was';
      wrong.set(id, `${kind}: ${causeOf(selection, id, undefined, began)}`);
    }
    shown.set(selection, { at, ids });
    settle(selection, wrong, at);
  }

  /** Counts what is newly wrong, and how long that was which is so no more. */
  function settle(selection: Selection, wrong: Map<string, string>, at: number): void {
    const before = open.get(selection) ?? new Map<string, { kind: string; since: number }>();
    const after = new Map<string, { kind: string; since: number }>();
    for (const [id, kind] of wrong) {
      const known = before.get(id);
      if (!known) count(kind);
      if (!known && isFault(kind)) faults.push(`${selection}: ${id}: ${kind}`);
      after.set(id, known ?? { kind, since: at });
    }
    for (const [id, { kind, since }] of before) {
      const moments = seen.get(kind)!;
      if (!after.has(id)) moments.longest = Math.max(moments.longest, at - since);
    }
    open.set(selection, after);
  }

  /** Why the state would have it shown, or not shown, against the posts. */
  function causeOf(
    selection: Selection,
    id: string,
    live: Live | undefined,
    began: number,
  ): string {
    const last = [...(keysById.get(id) ?? [])].flatMap((key) => sayings.get(key)?.at(-1) ?? []);
    const claiming = last.filter((one) => {
      const isOfPost = live === undefined || one.published === live.published;
      return one.id === id && one.claims.includes(selection) && isOfPost;
    });
    if (claiming.length > 0 !== (live !== undefined)) return causes.notIngested;
    // Its marks stand when it is settled; that it claims something no more holds at once.
    if (live && claiming.every(({ settled }) => !settled)) return causes.notSettled;
    const said = (live ? claiming : last).map((one) => one.at);
    return Math.max(...said) >= began ? causes.writtenSince : causes.known;
  }

  function at(key: string, instant: number): Version | undefined {
    return versions.get(key)?.findLast((one) => one.at <= instant);
  }

  function liveAt(key: string, version: Version | undefined, instant: number): Live | undefined {
    if (!version?.post || statusAt(version.post, instant) !== 'live') return undefined;
    const { id, published } = version.post.entry;
    return { key, id, published, claims: claimsOf(version.post.entry, key) };
  }

  function liveIn(selection: Selection, instant: number): Live[] {
    return [...versions.keys()].flatMap((key) => {
      const one = liveAt(key, at(key, instant), instant);
      return one?.claims.includes(selection) ? [one] : [];
    });
  }

  /**
   * True if it was there all the time, in one place, by the posts and by its record, and its marks
   * stood: a refresh can show a post that went and came back before its marks do.
   */
  function isSteady({ key, id, published }: Live, selection: Selection, from: number, to: number) {
    const isIt = (one: Live | Saying | undefined) =>
      one?.id === id && one.published === published && one.claims.includes(selection);
    const between = versions.get(key)!.filter((one) => one.at > from && one.at <= to);
    const instants = [from, ...between.map((one) => one.at)];
    const said = sayings.get(key) ?? [];
    const since = said.slice(said.findLastIndex((one) => !isIt(one)) + 1);
    const marked = since.find(({ settled }) => settled)?.at ?? Number.POSITIVE_INFINITY;
    return (
      marked <= from && instants.every((instant) => isIt(liveAt(key, at(key, instant), instant)))
    );
  }

  function isAnyBroken(id: string, instant: number): boolean {
    return [...(keysById.get(id) ?? [])].some((key) => at(key, instant)?.isBroken);
  }

  function wasEverIn(selection: Selection, id: string, until: number): boolean {
    return [...(keysById.get(id) ?? [])].some((key) =>
      versions.get(key)!.some(({ at: from, post }) => {
        const isIt = from <= until && post?.entry.id === id && !post.draft;
        return isIt && claimsOf(post.entry, key).includes(selection);
      }),
    );
  }
}

const causes = {
  notIngested: 'its change is not ingested yet',
  notSettled: 'its marks are being put',
  writtenSince: 'its record was written after the refresh began',
  known: 'although its record said so when the refresh began',
};

/** Nothing may be shown that the state has never said, nor against what it said in time. */
function isFault(kind: string): boolean {
  return kind.endsWith(causes.known) || /^a post (leaves|is there that never was)/.test(kind);
}

/** Those that are not in a feed which has an older entry, by what it says itself, or room. */
function missing(live: Live[], { items }: Feed): Live[] {
  const ids = new Set(items.map(({ id }) => id));
  const oldest = Math.min(...items.map((one) => Date.parse(one.date_published)));
  // Of posts with one id all but one leave their places empty.
  const areAlone = new Set(live.map(({ id }) => id)).size === live.length;
  const isRoom = areAlone && items.length < fewest;
  return live.filter(
    ({ id, published }) => !ids.has(id) && (isRoom || Date.parse(published) > oldest),
  );
}

interface Feed {
  items: { id: string; date_published: string }[];
}

function json<Content>(body: Body): Content {
  return JSON.parse(new TextDecoder().decode(bytesOf(body)));
}

const read = new Map<string, Partial<Version>>();

/** A post as it is published; each of the few there are is read once. */
function parsed(key: string, text: string | undefined): Partial<Version> {
  if (text === undefined) return {};
  const known = read.get(`${key} ${text}`) ?? parse(key, text);
  read.set(`${key} ${text}`, known);
  return known;
}

function parse(key: string, text: string): Partial<Version> {
  const body = new TextEncoder().encode(text);
  try {
    const source = sourceOf(key, { body, size: body.length, etag: '', modified: 0 }, bare);
    const post = parsePost(source, bare, new Map());
    return 'page' in post ? {} : { post };
  } catch {
    return { isBroken: true };
  }
}
