import { markerPrefix, markersAfter, type Place, parseMarkerKey, type Selection } from '../keys.ts';
import type { Entry } from '../post/entry.ts';
import type { Store } from '../store/store.ts';
import { distinct, type Found, foundIn, order, recordsOf } from './entries.ts';

/** Entries of a selection, newest first, and the place after which there are more. */
export interface Page {
  entries: Entry[];
  next?: Place;
}

/** How many entries a page of older ones has. */
export const pageSize = 50;

/** Bytes of entries: what Lambda can answer is 6 MB, with what a document adds. */
const heaviest = 3_000_000;

/**
 * The entries of a selection after a place: one list, and a record for each of at most fifty
 * posts. A page is a stretch of the index, from one place to another, and holds the entries that
 * stand in it: so that going on from page to page meets each once, whatever is published
 * meanwhile, and one whose date is changed at most once more or not at all. A page is short where
 * markers are stale.
 */
export async function older(state: Store, selection: Selection, after: Place): Promise<Page> {
  // Some more than are wanted: of a post that is being edited there are two.
  const options = { after: markersAfter(selection, after), limit: 2 * pageSize };
  const { objects, more } = await state.list(markerPrefix(selection), options);
  const places = objects.flatMap(({ key }) => parseMarkerKey(key) ?? []);
  const end = more ? places.at(-1) : undefined;
  return pageOf(state, { after, places, end }, pageSize, (claims) => claims.includes(selection));
}

/** A stretch of the index. */
export interface Stretch {
  /** Where it begins, itself left out; undefined: with the newest. */
  after?: Place | undefined;
  /** The markers in it, in order. */
  places: Place[];
  /** Where it ends, if the index goes on. */
  end?: Place | undefined;
}

/** The entries behind the first `wanted` posts of a stretch; the page ends there too. */
export async function pageOf(
  state: Store,
  { after, places, end }: Stretch,
  wanted: number,
  isWanted: (claims: readonly Selection[]) => boolean,
): Promise<Page> {
  const handles = new Set<string>();
  let taken = 0;
  for (; taken < places.length; taken++) {
    const { handle } = places[taken]!;
    if (handles.size === wanted && !handles.has(handle)) break;
    handles.add(handle);
  }
  const last = taken < places.length ? places[taken - 1] : end;
  const found = [...(await recordsOf(state, handles))]
    .flatMap(([handle, record]) => foundIn(record, handle, isWanted) ?? [])
    .filter((one) => !(after && order(one, after) <= 0) && !(last && order(one, last) > 0))
    .sort(order);
  const fitting = found.slice(0, bearable(found));
  const next = fitting.length < found.length ? fitting.at(-1) : last;
  return { entries: distinct(fitting), ...(next && { next: placeOf(next) }) };
}

/** How many of these, at least one, are not too heavy for one document. */
function bearable(found: readonly Found[]): number {
  let bytes = 0;
  const tooMany = found.findIndex(({ entry }, at) => {
    bytes += Buffer.byteLength(entry.content) + Buffer.byteLength(entry.summary);
    return at > 0 && bytes > heaviest;
  });
  return tooMany < 0 ? found.length : tooMany;
}

/** The place alone, of a marker or an entry. */
export function placeOf({ published, rank, handle }: Place): Place {
  return { published, rank, handle };
}
