import type { Store, Stored } from '../store/store.ts';

/** How many objects were written, and how many had those bytes already. */
export interface Replaced {
  written: number;
  unchanged: number;
}

/**
 * Puts an object in the place of the one that was read, unless it has the same bytes: then its
 * ETag and time stay, and readers get 304. Throws `Conflict` if it is no longer the one read.
 */
export async function replace(
  store: Store,
  key: string,
  document: Uint8Array | string,
  held: Stored | undefined,
): Promise<Replaced> {
  const body = typeof document === 'string' ? Buffer.from(document) : document;
  if (held && Buffer.compare(body, held.body) === 0) return { written: 0, unchanged: 1 };
  await store.put(key, body, held ? { update: held.etag } : { create: true });
  return { written: 1, unchanged: 0 };
}
