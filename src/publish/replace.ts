import { type Body, bytesOf, type Store, type Stored } from '../store/store.ts';

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
  document: Body,
  held: Stored | undefined,
): Promise<Replaced> {
  if (held && Buffer.compare(bytesOf(document), held.body) === 0)
    return { written: 0, unchanged: 1 };
  await store.put(key, document, held ? { update: held.etag } : { create: true });
  return { written: 1, unchanged: 0 };
}
