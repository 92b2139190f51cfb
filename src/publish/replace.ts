import { crc32, gunzipSync, gzipSync } from 'node:zlib';
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
    const bytes = bytesOf(document);
    const isSame = isZipped ? isUnzipped(held.body, bytes) : Buffer.compare(held.body, bytes) === 0;
    if (isSame) return { written: 0, unchanged: 1 };
  }
  const body = isZipped ? gzipSync(bytesOf(document)) : document;
  await store.put(key, body, held ? { update: held.etag } : { create: true }, headers);
  return { written: 1, unchanged: 0 };
}

/** Deletes an object, if there was one. */
export async function remove(
  store: Store,
  key: string,
  held: Stored | undefined,
): Promise<Replaced> {
  if (!held) return { written: 0, unchanged: 1 };
  await store.delete(key);
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

/** Whether this is what a gzip holds, whose own bytes may be others with each version of the compressor. */
function isUnzipped(zipped: Uint8Array, bytes: Uint8Array): boolean {
  // It ends in checksum and size (RFC 1952 section 2.3.1), which tell of nearly all changes.
  const { buffer, byteOffset, length } = zipped;
  if (length < 8) return false;
  const end = new DataView(buffer, byteOffset + length - 8);
  if (end.getUint32(0, true) !== crc32(bytes) || end.getUint32(4, true) !== bytes.length % 2 ** 32)
    return false;
  try {
    return gunzipSync(zipped).equals(bytes);
  } catch {
    return false;
  }
}
