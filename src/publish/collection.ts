import { hasFeed, type Place, type Selection, site } from '../keys.ts';
import type { Outline } from '../post/parse.ts';
import type { Post } from '../post/post.ts';
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

/** Of posts that come newest first, none takes the place of another; so many may, if they do so roughly. */
const mostDisplaced = 200;

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
  #displaced = 0;

  /** `wanted` is how many entries a feed shows. */
  constructor(wanted: number) {
    this.#wanted = wanted;
  }

  /** Tells whether a feed will probably show it. False says nothing where posts do not come newest first. */
  add(post: Collected): boolean {
    const { published, rank, handle, entry, key } = post;
    this.#published.push({ published });
    let isShown = false;
    for (const claim of new Set(claimsOf(entry, key))) {
      if (hasFeed(claim)) isShown = this.#put(claim, post) || isShown;
      else {
        const known = this.#ids.get(claim) ?? [];
        this.#ids.set(claim, [...known, { published, rank, handle, key, id: entry.id }]);
      }
    }
    return isShown && this.#displaced < mostDisplaced;
  }

  #put(selection: Selection, post: Collected): boolean {
    const shelf = this.#shelves.get(selection) ?? { count: 0, newest: [] };
    this.#shelves.set(selection, shelf);
    shelf.count++;
    const { newest } = shelf;
    const place = newest.findLastIndex((one) => order(one, post) < 0) + 1;
    newest.splice(place, 0, post);
    const isShown = place < this.#wanted;
    if (isShown && newest.length > this.#wanted) this.#displaced++;
    if (newest.length > this.#wanted + 1) newest.pop();
    return isShown;
  }

  /** Those of new posts alone first: where these are read first, so are all that they show. */
  selections(): Selection[] {
    const oldest = (selection: Selection) => this.#shown(selection).at(-1)?.published ?? 0;
    return [...this.#shelves.keys()].sort((one, other) => oldest(other) - oldest(one));
  }

  /** Has the bodies that a selection's feeds show rendered. False: one of them cannot be. */
  async finish(
    selection: Selection,
    finish: (outline: Outline) => Promise<Post>,
  ): Promise<boolean> {
    try {
      for (const post of this.#shown(selection)) {
        if (!post.outline) continue;
        post.entry = (await finish(post.outline)).entry;
        delete post.outline;
      }
      return true;
    } catch {
      return false;
    }
  }

  #shown(selection: Selection): Collected[] {
    return this.#shelves.get(selection)?.newest.slice(0, this.#wanted) ?? [];
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
