import { hasFeed, type Marker, markerKey, parseMarkerKey, type Selection } from '../keys.ts';
import { readRecord } from '../selection/record.ts';
import { turns } from '../store/s3-turns.ts';
import type { Store } from '../store/store.ts';
import { readRows } from './directory-rows.ts';
import type { Queue } from './pipeline.ts';

/** Records read at once. */
const width = 32;
/** The most that a refresh counts. */
const most = 1000;

/** The part of a sweep that there is time for. */
export interface Part {
  /** The key in the index after which to begin. */
  after?: string | undefined;
  hasTime?: () => boolean;
}

export interface Swept {
  /** How many markers were removed. */
  removed: number;
  /** The key after which to go on, where time ran out. */
  next?: string;
}

/**
 * Removes from the index the markers that their posts have outgrown, and has those selections
 * refreshed whose count in the list of all feeds is not that of their markers. A publisher that
 * dies after it put markers too late, or removed them, leaves such ones behind: no feed shows
 * them, but deep in a long selection they are counted. Part of a `sync`, which knows the versions
 * of settled records: those of their markers are not looked into.
 */
export async function sweep(
  { state, queue }: { state: Store; queue: Pick<Queue, 'refresh'> },
  settled: Map<string, number> = new Map(),
  { after, hasTime = () => true }: Part = {},
): Promise<Swept> {
  const rows = await readRows(state);
  const counts = new Map<Selection, number>();
  let handles = new Set<string>();
  let last: Selection | undefined;
  let [removed, at, more] = [0, after, false];
  do {
    const listing = await state.list('index/', at === undefined ? {} : { after: at });
    const markers = listing.objects.flatMap(({ key }) => parseMarkerKey(key) ?? []);
    const outgrown = await outgrownOf(markers, state, settled);
    await Promise.all([...outgrown].map((marker) => state.delete(markerKey(marker))));
    removed += outgrown.size;
    for (const marker of markers) {
      if (marker.selection !== last) handles = new Set();
      last = marker.selection;
      if (handles.size < most && !outgrown.has(marker)) handles.add(marker.handle);
      counts.set(last, handles.size);
    }
    at = listing.objects.at(-1)?.key;
    more = listing.more;
  } while (more && hasTime());
  // Of these two a part alone was counted.
  if (after !== undefined) counts.delete(parseMarkerKey(after)?.selection ?? '');
  if (more) counts.delete(last ?? '');
  const isWhole = after === undefined && !more;
  for (const [selection, { count }] of isWhole ? rows : [])
    if (count > 0 && !counts.has(selection)) counts.set(selection, 0);
  const wrong = [...counts].filter(
    ([one, count]) => hasFeed(one) && rows.get(one)?.count !== count,
  );
  if (wrong.length > 0) await queue.refresh(wrong.map(([selection]) => selection));
  return { removed, ...(more && at !== undefined && { next: at }) };
}

/** The markers whose records are settled and of a later version; of records not known yet, these are read. */
async function outgrownOf(
  markers: readonly Marker[],
  state: Store,
  settled: Map<string, number>,
): Promise<Set<Marker>> {
  const inTurn = turns(width);
  const doubted = markers.filter(({ handle, version }) => settled.get(handle) !== version);
  const outgrown = doubted.map((marker) =>
    inTurn(async () => {
      const held = await readRecord(state, marker.handle);
      if (!held?.record.settled) return [];
      settled.set(marker.handle, held.record.version);
      return marker.version < held.record.version ? [marker] : [];
    }),
  );
  return new Set((await Promise.all(outgrown)).flat());
}
