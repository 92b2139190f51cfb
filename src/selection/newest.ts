import { Unavailable } from '../errors.ts';
import {
  type Marker,
  markerKey,
  markerPrefix,
  type Place,
  parseMarkerKey,
  type Selection,
} from '../keys.ts';
import type { Listing, Store } from '../store/store.ts';
import { distinct, type Found, foundIn, order, recordsOf } from './entries.ts';
import { type Page, placeOf } from './older.ts';

/** The newest entries of a selection, each id once, and the place after which there are older ones. */
export interface Newest extends Page {
  /** How many entries the selection has: exact to 999, 1,000 for more. */
  count: number;
  /** How many entries of a year (UTC) there are: of each that the newest 1,000 reach into wholly. */
  years: Record<string, number>;
  /** Markers of settled records' older versions that were met: late puts of slow publishers, to be deleted. */
  stale: string[];
  /** Keys of posts whose records were met that are not settled: their publishers are at work, or dead. */
  unsettled: string[];
}

/** How `newest` goes about it. */
export interface Search {
  /** What `firstMarkers` gave. */
  begun?: Listing;
  /** How many markers to look behind; where that does not do, it throws `Unavailable`. */
  most?: number;
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
  { begun, most = Number.POSITIVE_INFINITY }: Search = {},
): Promise<Newest> {
  const known: Known = { found: new Map(), others: new Set(), stale: [], unsettled: new Set() };
  let listed: Listed | undefined;
  let listing = begun ?? (await firstMarkers(state, selection));
  let looked = 0;
  for (;;) {
    const markers = listing.objects.flatMap(({ key }) => parseMarkerKey(key) ?? []);
    listed ??= { latest: latest(markers), more: listing.more };
    let isEnough = false;
    // One more than is wanted: whether there are older ones is not left to a hint.
    for (let at = 0; at < markers.length && !isEnough; at += wanted + 1) {
      const chunk = markers.slice(at, at + wanted + 1);
      looked += chunk.length;
      if (looked > most)
        throw new Unavailable(`of ${most} markers of ${selection} too many are stale`);
      await learn(state, selection, chunk, known);
      isEnough = certain(known.found, chunk.at(-1)!) > wanted;
    }
    if (isEnough || !listing.more) {
      const { found, others, stale, unsettled } = known;
      for (const handle of others) listed.latest.delete(handle);
      const count = listed.more ? 1000 : listed.latest.size;
      const sorted = [...found.values()].sort(order);
      return {
        entries: distinct(sorted.slice(0, wanted)),
        ...(sorted.length > wanted && { next: placeOf(sorted[wanted - 1]!) }),
        count,
        years: yearsOf(listed.latest.values(), listed.more),
        stale,
        unsettled: [...unsettled],
      };
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

/** How many of these, newest first, each year has; if there are more, of each year that they reach into wholly. */
export function yearsOf(
  places: Iterable<Pick<Place, 'published'>>,
  more: boolean,
): Record<string, number> {
  const years: Record<string, number> = {};
  for (const { published } of places) {
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
  unsettled: Set<string>;
}

/** Reads the records behind some markers. */
async function learn(
  state: Store,
  selection: Selection,
  markers: Marker[],
  { found, others, stale, unsettled }: Known,
): Promise<void> {
  const records = await recordsOf(
    state,
    markers.map(({ handle }) => handle),
  );
  for (const [handle, record] of records) {
    const one = foundIn(record, handle, (claims) => claims.includes(selection));
    if (one) {
      found.set(handle, one);
      others.delete(handle);
    } else if (!found.has(handle)) others.add(handle);
    if (record && !record.settled) unsettled.add(record.key);
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
