import {
  type Marker,
  markerKey,
  markerPrefix,
  parseMarkerKey,
  rankOf,
  type Selection,
} from '../keys.ts';
import type { Entry } from '../post/entry.ts';
import type { Listing, Store } from '../store/store.ts';
import { readRecordAgain } from './record.ts';

/** The newest entries of a selection. */
export interface Newest {
  /** Newest first, each id once. */
  entries: Entry[];
  /** How many entries the selection has: exact to 999, 1,000 for more. */
  count: number;
  /** How many entries of a year (UTC) there are: of each that the newest 1,000 reach into wholly. */
  years: Record<string, number>;
  /** Markers of settled records' older versions that were met: late puts of slow publishers, to be deleted. */
  stale: string[];
}

/**
 * The `wanted` newest entries of a selection, from the index. Markers are hints: each entry is
 * believed and not its marker, so a stale one shows nothing wrong; and an entry whose marker is
 * of an older version still counts, at its own time, so that it does not flicker while edited.
 */
export async function newest(
  state: Store,
  selection: Selection,
  wanted: number,
  begun?: Listing,
): Promise<Newest> {
  const known: Known = { found: new Map(), others: new Set(), stale: [] };
  let listed: Listed | undefined;
  let listing = begun ?? (await firstMarkers(state, selection));
  for (;;) {
    const markers = listing.objects.flatMap(({ key }) => parseMarkerKey(key) ?? []);
    listed ??= { latest: latest(markers), more: listing.more };
    let isEnough = false;
    for (let at = 0; at < markers.length && !isEnough; at += wanted) {
      const chunk = markers.slice(at, at + wanted);
      await learn(state, selection, chunk, known);
      isEnough = certain(known.found, chunk.at(-1)!) >= wanted;
    }
    if (isEnough || !listing.more) {
      const { found, others, stale } = known;
      for (const handle of others) listed.latest.delete(handle);
      const count = listed.more ? 1000 : listed.latest.size;
      return { entries: first(found, wanted), count, years: yearsOf(listed), stale };
    }
    const after = listing.objects.at(-1)!.key;
    listing = await state.list(markerPrefix(selection), { after });
  }
}

/** What `newest` lists first, for callers that do not know yet how many they want. */
export function firstMarkers(state: Store, selection: Selection): Promise<Listing> {
  return state.list(markerPrefix(selection));
}

/** The first markers of a selection, at most 1,000: the latest of each post, and whether there are more. */
interface Listed {
  latest: Map<string, Marker>;
  more: boolean;
}

function latest(markers: readonly Marker[]): Map<string, Marker> {
  const found = new Map<string, Marker>();
  for (const one of markers) {
    if (one.version > (found.get(one.handle)?.version ?? -1)) found.set(one.handle, one);
  }
  return found;
}

function yearsOf({ latest: markers, more }: Listed): Record<string, number> {
  const years: Record<string, number> = {};
  for (const { published } of markers.values()) {
    const year = new Date(published * 1000).getUTCFullYear();
    years[year] = (years[year] ?? 0) + 1;
  }
  // Of the oldest year some may not have been listed. Such keys of an object are in ascending order.
  if (more) delete years[Object.keys(years)[0]!];
  return years;
}

/** What the records behind the markers say that were looked at so far. */
interface Known {
  found: Map<string, Found>;
  /** Handles of posts that do not claim the selection. */
  others: Set<string>;
  stale: string[];
}

/** An entry, and its own place in the order of a selection. */
interface Found extends Place {
  entry: Entry;
}

type Place = Pick<Marker, 'published' | 'rank' | 'handle'>;

/** Reads the records behind some markers. */
async function learn(
  state: Store,
  selection: Selection,
  markers: Marker[],
  { found, others, stale }: Known,
): Promise<void> {
  const handles = [...new Set(markers.map(({ handle }) => handle))];
  const held = await Promise.all(handles.map((one) => readRecordAgain(state, one)));
  const records = new Map(handles.map((one, at) => [one, held[at]?.record]));
  for (const [handle, record] of records) {
    if (record?.entry && record.claims.includes(selection)) {
      const published = Date.parse(record.entry.published) / 1000;
      found.set(handle, { published, rank: rankOf(record.key), handle, entry: record.entry });
      others.delete(handle);
    } else if (!found.has(handle)) others.add(handle);
  }
  for (const marker of markers) {
    const record = records.get(marker.handle);
    if (record?.settled && marker.version < record.version) stale.push(markerKey(marker));
  }
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

/** The order of markers: newest first. */
function order(a: Place, b: Place): number {
  return b.published - a.published || compare(a.rank, b.rank) || compare(a.handle, b.handle);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
