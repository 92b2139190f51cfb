import type { MemoryStore } from '../../src/store/memory.ts';
import type { Store } from '../../src/store/store.ts';

/** Counts what readers saw that was wrong for a moment. */
export interface Transience {
  counts: Map<string, number>;
  count(kind: string): void;
  /** The store, with an eye on what is put. */
  watch(feeds: Store): Store;
}

export function transience(
  _posts: MemoryStore,
  _feeds: MemoryStore,
  _now: () => number,
): Transience {
  const counts = new Map<string, number>();
  const count = (kind: string) => counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return { counts, count, watch: (feeds) => feeds };
}
