import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Site } from '../site.ts';
import { cacheControl, untoldCacheControl } from '../site-freshness.ts';
import { type Body, bytesOf, type ObjectHeaders, type Store, type Stored } from '../store/store.ts';
import type { Pipeline } from './pipeline.ts';

/** How many objects were written, and how many had those bytes already. */
export interface Replaced {
  written: number;
  unchanged: number;
}

/**
 * Puts a document in the place of the object that was read, unless that says the same: then its
 * ETag and time stay, and readers get 304. With `contentEncoding: 'gzip'` it is compressed. Throws
 * `Conflict` if the object is no longer the one read.
 */
export async function replace(
  store: Store,
  key: string,
  document: Body,
  held: Stored | undefined,
  headers: ObjectHeaders = {},
): Promise<Replaced> {
  const isZipped = headers.contentEncoding === 'gzip';
  if (held && hasHeaders(held, headers)) {
    // Compressed bytes may be others with each version of the compressor.
    const content = isZipped ? await inGunzip(held.body).catch(() => undefined) : held.body;
    if (content && Buffer.compare(bytesOf(document), content) === 0)
      return { written: 0, unchanged: 1 };
  }
  const body = isZipped ? await inGzip(bytesOf(document), { level: 9 }) : document;
  await store.put(key, body, held ? { update: held.etag } : { create: true }, headers);
  return { written: 1, unchanged: 0 };
}

/** How long readers and caches may keep what a pipeline puts. */
export function freshness(site: Site, { hasCdn }: Pick<Pipeline, 'hasCdn'>): string {
  return hasCdn ? cacheControl(site) : untoldCacheControl(site);
}

/** False after the settings that make them have changed. A store that keeps none has nothing to mend. */
function hasHeaders(
  { headers }: Stored,
  { cacheControl, contentEncoding }: ObjectHeaders,
): boolean {
  return (
    !headers ||
    (headers.cacheControl === cacheControl && headers.contentEncoding === contentEncoding)
  );
}

const inGzip = promisify<Uint8Array, { level: number }, Buffer>(gzip);
const inGunzip = promisify<Uint8Array, Buffer>(gunzip);
