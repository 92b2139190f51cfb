import { NotFound } from '../errors.ts';

/**
 * Where objects live: S3's semantics, and no more of them than the pipeline needs.
 *
 * - A key is a string of at most 1,024 bytes that `keys.safe` accepts; an object is bytes and an ETag.
 * - An ETag is opaque and changes when the bytes change; the same bytes may have the same ETag.
 * - Reads see every write that was answered before them (S3 is strongly consistent), also in lists.
 * - Writes replace an object whole or not at all; of racing conditional writes exactly one wins.
 * - Lists are in the byte order of the keys' UTF-8.
 *
 * Errors: `NotFound` (get and head of a missing key), `Conflict` (a condition does not hold),
 * `Unavailable` (no answer, or a full disk; the same call may succeed later), `Gone` (so is the whole folder).
 */
export interface Store {
  /** How many keys `listAll` asks it for at once, where each list costs as much as a whole one. */
  readonly atOnce?: number;
  get(key: string): Promise<Stored>;
  head(key: string): Promise<Head>;
  /** Writes an object, with what readers are to be told of it. */
  put(key: string, body: Body, condition?: Condition, headers?: ObjectHeaders): Promise<Written>;
  /** Deletes an object; a missing one is no error. */
  delete(key: string): Promise<void>;
  /** The keys that start with `prefix`, after `after`, at most `limit` (1,000) of them. */
  list(prefix: string, options?: ListOptions): Promise<Listing>;
}

/** What is written: bytes, a string as UTF-8, or parts as if they were joined. */
export type Body = Uint8Array | string | readonly Uint8Array[];

/** A body as bytes that are nobody else's to change. */
export function bytesOf(body: Body): Uint8Array<ArrayBuffer> {
  if (Array.isArray(body)) return Buffer.concat(body);
  return typeof body === 'string' ? Buffer.from(body) : Buffer.from(body as Uint8Array);
}

export interface Written {
  /** The object's new ETag; a folder takes its time to tell it, so it is made when it is asked for. */
  readonly etag: string;
}

export interface Head {
  etag: string;
  /** Bytes. */
  size: number;
  /** When the object was last written, epoch milliseconds. */
  modified: number;
  /** As it was written with, from a store that keeps them; its type goes by its key. */
  headers?: ObjectHeaders;
}

/** What readers are told of an object that a CDN gives them: headers of HTTP. */
export interface ObjectHeaders {
  cacheControl?: string;
  contentEncoding?: string;
}

export interface Stored extends Head {
  body: Uint8Array;
}

/** `create`: only if the key is free. `update`: only if the object still has this ETag. */
export type Condition = { create: true } | { update: string };

export interface ListOptions {
  after?: string;
  limit?: number;
}

export interface Listed {
  key: string;
  /** Where the store knows it without reading the object. */
  etag?: string;
}

export interface Listing {
  objects: Listed[];
  /** True if keys remain after the last one given. */
  more: boolean;
}

/** The object, or undefined where `get` would throw `NotFound`. */
export async function getIfThere(store: Store, key: string): Promise<Stored | undefined> {
  try {
    return await store.get(key);
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}

/** Every object whose key starts with `prefix`, in byte order, a list at a time. */
export async function* listAll(store: Store, prefix: string): AsyncGenerator<Listed> {
  let after: string | undefined;
  for (;;) {
    const { objects, more } = await store.list(prefix, {
      limit: store.atOnce ?? 1000,
      ...(after !== undefined && { after }),
    });
    yield* objects;
    if (!more) return;
    after = objects.at(-1)!.key;
  }
}
