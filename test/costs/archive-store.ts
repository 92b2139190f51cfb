import { hash } from 'node:crypto';
import { MemoryStore } from '../../src/store/memory.ts';
import type {
  Listed,
  Listing,
  ListOptions,
  Store,
  Stored,
  Written,
} from '../../src/store/store.ts';
import { byteOrder } from '../../src/store/tree.ts';

/** Objects that are made when they are asked for: a million of them take no memory. */
export interface Generated {
  /** Their keys start with it, and no others do. */
  prefix: string;
  size: number;
  /** In ascending byte order. */
  keyAt(nth: number): string;
  bodyAt(nth: number): string;
  /** The place of a key; undefined if it is none of these. */
  placeOf(key: string): number | undefined;
}

/** A store with a large past: generated objects, of which none is deleted, beneath those that were put. */
export function archiveStore(generated: Generated[], now: () => number): Store {
  const own = new MemoryStore(now);
  return { get, put, list, head: get, delete: (key) => own.delete(key) };

  async function get(key: string): Promise<Stored> {
    await settle(key);
    return own.get(key);
  }

  async function put(...given: Parameters<Store['put']>): Promise<Written> {
    await settle(given[0]);
    return own.put(...given);
  }

  /** From now on the object is one of the store's own. */
  async function settle(key: string): Promise<void> {
    const past = generated.find(({ prefix }) => key.startsWith(prefix));
    const nth = past?.placeOf(key);
    if (nth === undefined) return;
    await own.put(key, past!.bodyAt(nth), { create: true }).catch(() => {});
  }

  async function list(prefix: string, options: ListOptions = {}): Promise<Listing> {
    const { limit = 1000, after = '' } = options;
    const stored = await own.list(prefix, { after, limit: limit + 1 });
    const byKey = new Map<string, Listed>();
    for (const past of generated)
      for (const one of pastAfter(past, prefix, after, limit + 1)) byKey.set(one.key, one);
    for (const one of stored.objects) byKey.set(one.key, one);
    const objects = [...byKey.values()].sort((a, b) => byteOrder(a.key, b.key));
    return { objects: objects.slice(0, limit), more: objects.length > limit };
  }
}

function pastAfter(past: Generated, prefix: string, after: string, limit: number): Listed[] {
  if (!past.prefix.startsWith(prefix) && !prefix.startsWith(past.prefix)) return [];
  const found: Listed[] = [];
  for (let nth = firstAfter(past, prefix, after); nth < past.size && found.length < limit; nth++) {
    const key = past.keyAt(nth);
    if (!key.startsWith(prefix)) break;
    const body = past.bodyAt(nth);
    found.push({ key, etag: hash('sha1', body, 'hex') });
  }
  return found;
}

/** By halves: the first that is after `after` and not before `prefix`. */
function firstAfter({ size, keyAt }: Generated, prefix: string, after: string): number {
  let [low, high] = [0, size];
  while (low < high) {
    const middle = (low + high) >> 1;
    const key = keyAt(middle);
    const isIn = byteOrder(key, after) > 0 && byteOrder(key, prefix) >= 0;
    if (isIn) high = middle;
    else low = middle + 1;
  }
  return low;
}
