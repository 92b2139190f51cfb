import {
  markerPrefix,
  markersAfter,
  type Place,
  parseMarkerKey,
  type Selection,
  site,
} from '../keys.ts';
import type { Store } from '../store/store.ts';
import { isIn, type Mix, termsOf } from './mix.ts';
import { type Page, pageOf, type Stretch } from './older.ts';

/** How often the list of one term is read on for one page: 5,000 markers. */
const mostLists = 5;

/**
 * The newest `wanted` entries of a mix, or those after a place: the lists of its terms side by
 * side, at most 5,000 markers of each, and a record for each of as many posts. Where that does
 * not reach, the page ends early, and the next one goes on from there.
 */
export async function mixed(state: Store, mix: Mix, wanted: number, after?: Place): Promise<Page> {
  const stretch = await merge(state, mix, wanted, after);
  return pageOf(state, stretch, wanted, (claims) => isIn(mix, claims));
}

/** The markers of a term, as names behind its prefix: those of one version have the same name in every term. */
interface Lane {
  prefix: string;
  names: string[];
  at: number;
  more: boolean;
  lists: number;
}

/**
 * The markers that stand in the lists as the mix has it: of one more post than is wanted, which
 * tells whether there is a next page.
 */
async function merge(
  state: Store,
  { all, none }: Mix,
  wanted: number,
  after: Place | undefined,
): Promise<Stretch> {
  const lanes = new Map(termsOf({ all, none }).map((one) => [one, newLane(one)]));
  const clauses = all.map((some) => some.map((one) => lanes.get(one)!));
  const inside = [...new Set(clauses.flat())];
  const outside = none.map((one) => lanes.get(one)!);
  const places: Place[] = [];
  const handles = new Set<string>();
  // What has a name before this one is decided.
  let from = after ? markersAfter(site, after).slice(markerPrefix(site).length) : '';
  for (;;) {
    const unread = await forward(state, inside, from);
    if (unread.length > 0) return { after, ...cutAt(unread, places) };
    const heads = clauses.map(headOf);
    const target = last(heads);
    if (target === undefined) return { after, places };
    if (heads.some((head) => head !== target)) {
      from = target;
      continue;
    }
    const unknown = await forward(state, outside, target);
    if (unknown.length > 0) return { after, ...cutAt(unknown, places) };
    if (!outside.some((lane) => lane.names[lane.at] === target)) {
      const place = placeIn(target);
      places.push(place);
      if (handles.add(place.handle).size > wanted) return { after, places };
    }
    from = `${target}\0`;
  }
}

function newLane(selection: Selection): Lane {
  return { prefix: markerPrefix(selection), names: [], at: 0, more: true, lists: 0 };
}

/** Brings lanes to their first name from `from` on; tells those that may not be read that far. */
async function forward(state: Store, lanes: Lane[], from: string): Promise<Lane[]> {
  let behind = lanes.filter((lane) => !isAt(lane, from));
  for (;;) {
    const readable = behind.filter(({ lists }) => lists < mostLists);
    if (readable.length === 0) return behind;
    await Promise.all(readable.map((lane) => read(state, lane, from)));
    behind = behind.filter((lane) => !isAt(lane, from));
  }
}

function isAt(lane: Lane, from: string): boolean {
  while (lane.at < lane.names.length && lane.names[lane.at]! < from) lane.at++;
  return lane.at < lane.names.length || !lane.more;
}

/** Lists on; what lies between and is of no use is skipped. */
async function read(state: Store, lane: Lane, from: string): Promise<void> {
  // One less than the name, which may itself be there.
  const after = lane.prefix + from.slice(0, -1);
  const { objects, more } = await state.list(lane.prefix, { after });
  lane.names = objects.map(({ key }) => key.slice(lane.prefix.length));
  lane.at = 0;
  lane.more = more;
  lane.lists++;
}

/** The first name of any of the lanes; undefined when all have come to their end. */
function headOf(lanes: Lane[]): string | undefined {
  const heads = lanes.flatMap((lane) => lane.names[lane.at] ?? []);
  return heads.length === 0 ? undefined : heads.reduce((a, b) => (a < b ? a : b));
}

/** The last of these names; undefined if one is missing. */
function last(names: (string | undefined)[]): string | undefined {
  if (names.includes(undefined)) return undefined;
  return (names as string[]).reduce((a, b) => (a > b ? a : b));
}

/**
 * The stretch that ends with the last name that was read of these lanes. It may be one of several
 * versions of its entry, of which the others are undecided: the record shall tell.
 */
function cutAt(lanes: Lane[], places: Place[]): Pick<Stretch, 'places' | 'end'> {
  const end = placeIn(last(lanes.map(({ names }) => names.at(-1)))!);
  return { places: [...places, end], end };
}

function placeIn(name: string): Place {
  return parseMarkerKey(markerPrefix(site) + name)!;
}
