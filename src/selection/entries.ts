import { type Place, rankOf, type Selection } from '../keys.ts';
import type { Entry } from '../post/entry.ts';
import type { Store } from '../store/store.ts';
import { type EntryRecord, readRecordAgain } from './record.ts';

/** An entry, and its own place in the order of every selection. */
export interface Found extends Place {
  entry: Entry;
}

/** The records of these posts. Those that the state does not have are undefined. */
export async function recordsOf(
  state: Store,
  handles: Iterable<string>,
): Promise<Map<string, EntryRecord | undefined>> {
  const wanted = [...new Set(handles)];
  const held = await Promise.all(wanted.map((one) => readRecordAgain(state, one)));
  return new Map(wanted.map((one, at) => [one, held[at]?.record]));
}

/** The entry of a record that claims what is wanted: the record is believed, not the marker. */
export function foundIn(
  record: EntryRecord | undefined,
  handle: string,
  isWanted: (claims: readonly Selection[]) => boolean,
): Found | undefined {
  if (!record?.entry || !isWanted(record.claims)) return undefined;
  const published = Date.parse(record.entry.published) / 1000;
  return { published, rank: rankOf(record.key), handle, entry: record.entry };
}

/** The order of markers: newest first. */
export function order(a: Place, b: Place): number {
  return b.published - a.published || compare(a.rank, b.rank) || compare(a.handle, b.handle);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The entries of one document: of several with one id, the one published first. */
export function distinct(sorted: readonly Found[]): Entry[] {
  const owner = new Map(sorted.map((one) => [one.entry.id, one]));
  return sorted.filter((one) => owner.get(one.entry.id) === one).map(({ entry }) => entry);
}
