import { hasFeed, type Place, type Selection, site } from '../keys.ts';
import type { Outline } from '../post/parse.ts';
import type { Problem } from '../problem.ts';
import { distinct, type Found, order } from '../selection/entries.ts';
import { type Newest, yearsOf } from '../selection/newest.ts';
import { placeOf } from '../selection/older.ts';
import { claimsOf } from '../selection/record.ts';
import { sharedId } from '../selection/shared-ids.ts';

/** A public post as it is read. */
export interface Collected extends Found {
  key: string;
  /** What its entry, which has no body then, can be finished from. */
  outline?: Outline;
}

/** Of a selection, how many entries it has, and the newest: one more than its feeds show. */
interface Shelf {
  count: number;
  newest: Collected[];
}

/** As many markers as `newest` lists. */
const counted = 1000;

/** The index of a build that keeps no state: of each selection it holds what `newest` finds. */
export class Collection {
  /** Post → its link, or null if it has none that others may know: of those that were read, or named by others, so far. */
  readonly links = new Map<string, string | null>();
  readonly #wanted: number;
  readonly #shelves = new Map<Selection, Shelf>([[site, { count: 0, newest: [] }]]);
  readonly #published: Pick<Place, 'published'>[] = [];
  readonly #ids = new Map<Selection, (Place & { key: string; id: string })[]>();

  /** `wanted` is how many entries a feed shows. */
  constructor(wanted: number) {
    this.#wanted = wanted;
  }

  add(post: Collected): void {
    const { published, rank, handle, entry, key } = post;
    this.#published.push({ published });
    for (const claim of new Set(claimsOf(entry, key))) {
      if (hasFeed(claim)) this.#put(claim, post);
      else {
        const known = this.#ids.get(claim) ?? [];
        this.#ids.set(claim, [...known, { published, rank, handle, key, id: entry.id }]);
      }
    }
  }

  #put(selection: Selection, post: Collected): void {
    const shelf = this.#shelves.get(selection) ?? { count: 0, newest: [] };
    this.#shelves.set(selection, shelf);
    shelf.count++;
    const { newest } = shelf;
    newest.splice(newest.findLastIndex((one) => order(one, post) < 0) + 1, 0, post);
    if (newest.length > this.#wanted + 1) newest.pop();
  }

  selections(): Iterable<Selection> {
    return this.#shelves.keys();
  }

  /** Renders the bodies that some feed shows. False: one of them cannot be rendered. */
  finish(): boolean {
    try {
      for (const { newest } of this.#shelves.values())
        newest.slice(0, this.#wanted).forEach(finish);
      return true;
    } catch {
      return false;
    }
  }

  /** What `newest` finds of a selection, or of one that nobody uses. */
  found(selection: Selection): Omit<Newest, 'stale' | 'unsettled'> {
    const { count, newest } = this.#shelves.get(selection) ?? { count: 0, newest: [] };
    const shown = newest.slice(0, this.#wanted);
    return {
      entries: distinct(shown),
      ...(newest.length > shown.length && { next: placeOf(shown.at(-1)!) }),
      count: Math.min(count, counted),
      years: selection === site ? this.#years() : {},
    };
  }

  #years(): Record<string, number> {
    const listed = this.#published.toSorted((a, b) => b.published - a.published);
    return yearsOf(listed.slice(0, counted), listed.length > counted);
  }

  /** What `sharedIds` finds. */
  sharedIds(): Problem[] {
    return [...this.#ids.values()].flatMap((claimants) => sharedId(claimants.sort(order)));
  }
}

function finish(post: Collected): void {
  if (!post.outline) return;
  post.entry = post.outline.finish().entry;
  delete post.outline;
}
