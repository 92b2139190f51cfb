import { type Marker, markerPrefix, parseMarkerKey, type Selection } from '../keys.ts';
import type { Entry } from '../post/entry.ts';
import type { Store } from '../store/store.ts';
import { type EntryRecord, readRecord } from './record.ts';

/** The newest entries of a selection. */
export interface Newest {
  /** Newest first, each id once. */
  entries: Entry[];
  /** How many entries the selection has: exact to 999, 1,000 for more. */
  count: number;
}

/**
 * The `wanted` newest entries of a selection, from the index. Markers are hints: each entry is
 * believed and not its marker, so a stale one shows nothing wrong; and an entry whose marker is
 * of an older version still counts, at its own time, so that it does not flicker while edited.
 */
export async function newest(state: Store, selection: Selection, wanted: number): Promise<Newest> {
  const found = new Map<string, Found>();
  let count = 0;
  let after: string | undefined;
  for (;;) {
    const listing = await state.list(markerPrefix(selection), after === undefined ? {} : { after });
    const markers = listing.objects.flatMap(({ key }) => parseMarkerKey(key) ?? []);
    if (after === undefined)
      count = listing.more ? 1000 : new Set(markers.map((one) => one.handle)).size;
    for (let at = 0; at < markers.length; at += wanted) {
      const chunk = markers.slice(at, at + wanted);
      await read(state, selection, chunk, found);
      if (certain(found, chunk.at(-1)!) >= wanted) return { entries: first(found, wanted), count };
    }
    if (!listing.more) return { entries: first(found, wanted), count };
    after = listing.objects.at(-1)!.key;
  }
}

interface Found {
  handle: string;
  published: number;
  entry: Entry;
}

/** Reads the records behind some markers and keeps the entries that claim the selection. */
async function read(
  state: Store,
  selection: Selection,
  markers: Marker[],
  found: Map<string, Found>,
): Promise<void> {
  const handles = [...new Set(markers.map(({ handle }) => handle))].filter(
    (one) => !found.has(one),
  );
  const records = await Promise.all(handles.map((one) => readRecord(state, one)));
  for (const [at, read] of records.entries()) {
    if (!read || !claims(read.record, selection)) continue;
    const entry = read.record.entry!;
    const published = Date.parse(entry.published) / 1000;
    found.set(handles[at]!, { handle: handles[at]!, published, entry });
  }
}

function claims(record: EntryRecord, selection: Selection): boolean {
  return record.entry !== null && record.claims.includes(selection);
}

/** How many entries no marker after this one can precede. */
function certain(found: Map<string, Found>, last: Marker): number {
  let count = 0;
  for (const one of found.values()) if (order(one, last) <= 0) count++;
  return count;
}

/** The first `wanted` in order; of several with one id, the one published first. */
function first(found: Map<string, Found>, wanted: number): Entry[] {
  const sorted = [...found.values()].sort(order).slice(0, wanted);
  const owner = new Map(sorted.map((one) => [one.entry.id, one]));
  return sorted.filter((one) => owner.get(one.entry.id) === one).map(({ entry }) => entry);
}

function order(a: { published: number; handle: string }, b: typeof a): number {
  return b.published - a.published || (a.handle < b.handle ? -1 : a.handle > b.handle ? 1 : 0);
}
