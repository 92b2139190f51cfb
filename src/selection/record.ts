import { InvalidState } from '../errors.ts';
import {
  entryKey,
  handle,
  idClaim,
  markerKey,
  problemsKey,
  rankOf,
  referenceKey,
  type Selection,
  site,
  term,
} from '../keys.ts';
import type { Entry } from '../post/entry.ts';
import { isMadeOfKey } from '../post/identity.ts';
import type { Reference, Status } from '../post/post.ts';
import type { Problem } from '../problem.ts';
import { type Condition, getIfThere, type Store } from '../store/store.ts';

/**
 * What the state knows of one post, at `entries/<handle>.json`: the truth that markers only hint at.
 * Every write of it was won by a conditional put, and raises `version` or settles one.
 */
export interface EntryRecord {
  format: typeof format;
  /** Key of the post. */
  key: string;
  version: number;
  /** ETag of the post it came from; null: there is no such post (a tombstone). */
  post: string | null;
  /** Fingerprint of the settings it was rendered with. */
  site: string;
  status: Status | 'gone' | 'unread';
  /** There only while it is public. */
  entry: Entry | null;
  /** The places in the index that it claims. */
  claims: Selection[];
  /** Keys of older versions' marks that are still to be removed. */
  older: string[];
  /** The posts it links to, and the links it was rendered with. */
  references: Resolved[];
  /** Epoch milliseconds at which its status changes by itself. */
  due: number | null;
  problems: Problem[];
  /** True once its markers stand and the refreshes they need were asked for. */
  settled: boolean;
}

/** A reference and what was found for it. */
export interface Resolved extends Reference {
  /** Key of the post: the first candidate that there is. Null, like its link: no such post. */
  post: string | null;
  link: string | null;
}

const format = 1;

export const newRecord = (key: string): EntryRecord => ({
  format,
  key,
  version: 0,
  post: null,
  site: '',
  status: 'gone',
  entry: null,
  claims: [],
  older: [],
  references: [],
  due: null,
  problems: [],
  settled: false,
});

/** A record as it was read. */
export interface Held {
  record: EntryRecord;
  etag: string;
}

/** The record of a post; undefined if the state has none. */
export async function readRecord(state: Store, postHandle: string): Promise<Held | undefined> {
  const stored = await getIfThere(state, entryKey(postHandle));
  return stored && { record: parse(stored.body, postHandle), etag: stored.etag };
}

/**
 * The same for refreshes: the records read last are remembered by ETag, so that an entry which
 * stands in a dozen feeds is one object and is rendered once.
 */
export async function readRecordAgain(state: Store, postHandle: string): Promise<Held | undefined> {
  const stored = await getIfThere(state, entryKey(postHandle));
  if (!stored) return undefined;
  const memory = memoryOf(state);
  const last = memory.records.get(postHandle);
  if (last?.etag === stored.etag) return last;
  const { etag, size } = stored;
  const held = { record: parse(stored.body, postHandle), etag, size };
  forget(memory, postHandle);
  memory.records.set(postHandle, held);
  memory.bytes += size;
  for (const oldest of memory.records.keys()) {
    if (memory.bytes <= remembered) break;
    forget(memory, oldest);
  }
  return held;
}

/**
 * Bytes of records that are remembered of a store. Each takes several times as many, with what is
 * rendered of it in three formats; and whoever reads pages of older entries chooses which they are.
 */
export const remembered = 48 * 1024 * 1024;

interface Memory {
  /** Oldest first. */
  records: Map<string, Held & { size: number }>;
  bytes: number;
}

const memories = new WeakMap<Store, Memory>();

function memoryOf(state: Store): Memory {
  const memory = memories.get(state) ?? { records: new Map(), bytes: 0 };
  memories.set(state, memory);
  return memory;
}

function forget(memory: Memory, postHandle: string): void {
  memory.bytes -= memory.records.get(postHandle)?.size ?? 0;
  memory.records.delete(postHandle);
}

/** Writes a record on condition; throws `Conflict` if another writer was first. */
export async function writeRecord(
  state: Store,
  record: EntryRecord,
  condition: Condition,
): Promise<void> {
  await state.put(entryKey(handle(record.key)), JSON.stringify(record), condition);
}

function parse(body: Uint8Array, postHandle: string): EntryRecord {
  const key = entryKey(postHandle);
  let record: EntryRecord;
  try {
    record = JSON.parse(new TextDecoder().decode(body));
  } catch (cause) {
    throw new InvalidState(`${key} in the state is not JSON: tidings sync --repair makes it anew`, {
      cause,
    });
  }
  if (record?.format !== format)
    throw new InvalidState(
      `${key} in the state has format ${record?.format}, this version reads ${format}: use the version of Tidings that wrote it, or tidings sync --repair`,
    );
  return record;
}

/** The selections and the id that an entry claims in the index: the site, its terms, its id. */
export function claimsOf(entry: Entry, key: string): Selection[] {
  const terms = Object.entries(entry.terms).flatMap(([taxonomy, values]) =>
    values.map(({ slug }) => term(taxonomy, slug)),
  );
  const id = isMadeOfKey(entry.id, key) ? [] : [idClaim(entry.id)];
  return [site, ...terms, ...id];
}

/**
 * The keys of the objects that a record's version puts beside it: its markers in the index, its
 * hints at the posts it links to, and the hint at its problems. All carry the version, so a slow
 * publisher that removes an older version's never removes a newer one's.
 */
export function marksOf(record: EntryRecord): string[] {
  const { version, entry, claims, references, problems } = record;
  const from = handle(record.key);
  const published = entry ? Date.parse(entry.published) / 1000 : 0;
  const rank = rankOf(record.key);
  const markers = claims.map((selection) =>
    markerKey({ selection, published, rank, handle: from, version }),
  );
  // Up to the one that was found: a post that comes to an earlier name takes its place.
  const links = references.flatMap(({ candidates, post, link }) =>
    candidates
      .slice(0, post === null ? undefined : candidates.indexOf(post) + 1)
      .map((to) => referenceKey({ to: handle(to), from, link, version })),
  );
  return [
    ...markers,
    ...new Set(links),
    ...(problems.length > 0 ? [problemsKey(from, version)] : []),
  ];
}
