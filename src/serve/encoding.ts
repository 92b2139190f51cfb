import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { best, weightsOf } from './negotiate.ts';

/** Content codings, RFC 9110 §8.4.1 and §12.5.3: which one a reader gets, and the bytes in it. */

export type Coding = 'br' | 'gzip' | 'identity';

/** Below so many bytes compressing saves no packet; CloudFront draws the same line. */
const worthwhile = 1000;

/** The coding to answer with; undefined if the reader refuses all there are. */
export function codingFor(accept: string | null, size: number): Coding | undefined {
  // A reader that says nothing would bear any coding by §12.5.3; in truth many bear none.
  const weights = weightsOf((accept ?? 'identity').replace(/\bx-gzip\b/gi, 'gzip'));
  const other = weights.get('*');
  const plain = weights.get('identity') ?? other;
  if (size < worthwhile && plain !== 0) return 'identity';
  return best<Coding>(['br', 'gzip', 'identity'], (coding) =>
    // Identity needs no mention, so unmentioned it comes last.
    coding === 'identity' ? (plain ?? 0.0005) : (weights.get(coding) ?? other ?? 0),
  );
}

/** The entity tag of a stored object's bytes in a coding. */
export function etagOf(etag: string, coding: Coding): string {
  // §8.8.3.3: a strong tag says which bytes, so each coding has its own.
  return coding === 'identity' ? `"${etag}"` : `"${etag}-${coding}"`;
}

/** The entity tag without what `etagOf` says of the coding. */
export function tagOfObject(tag: string): string {
  return tag.replace(/-(br|gzip)"$/, '"');
}

/** Compresses an object's bytes, once for each of its ETags and codings. */
export type Compress = (name: string, object: Compressible, coding: Coding) => Promise<Uint8Array>;

interface Compressible {
  etag: string;
  body: Uint8Array;
}

interface Kept {
  etag: string;
  body: Promise<Uint8Array>;
  /** Bytes of memory; by the original until it is compressed, so that the bound holds meanwhile. */
  size: number;
}

/** Bytes that each of them takes besides its own: its name, and the objects around both. */
export const room = 2048;

/**
 * Keeps what it compressed, at most so many bytes of memory; what was not asked for the longest
 * goes. Strangers choose what that is: there is a page of older entries after any moment.
 */
export function compressor(most = 64 * 1024 * 1024): Compress {
  const kept = new Map<string, Kept>();
  let total = 0;

  const drop = (id: string) => {
    total -= kept.get(id)?.size ?? 0;
    kept.delete(id);
  };
  const make = (id: string, { etag, body }: Compressible, coding: Coding): Kept => {
    const one: Kept = { etag, body: compressed(body, coding), size: body.length + room };
    total += one.size;
    one.body.then(
      ({ length }) => {
        if (kept.get(id) !== one) return;
        total += length + room - one.size;
        one.size = length + room;
      },
      () => kept.get(id) === one && drop(id),
    );
    return one;
  };
  return (name, object, coding) => {
    if (coding === 'identity') return Promise.resolve(object.body);
    const id = `${coding} ${name}`;
    const held = kept.get(id);
    let one = held;
    if (held?.etag === object.etag) kept.delete(id);
    else {
      drop(id);
      one = make(id, object, coding);
    }
    // Set anew, for a Map remembers the order in which it was filled.
    kept.set(id, one!);
    for (const oldest of kept.keys()) {
      if (total <= most) break;
      drop(oldest);
    }
    return one!.body;
  };
}

const inGzip = promisify(gzip);
const inBrotli = promisify(brotliCompress);

/** In libuv's threads, so that other requests go on. */
async function compressed(body: Uint8Array, coding: Coding): Promise<Uint8Array> {
  // A copy: what zlib gives is a piece of a block of 16 KB, and keeps all of it.
  return new Uint8Array(await (coding === 'gzip' ? inGzip(body) : brotli(body)));
}

function brotli(body: Uint8Array): Promise<Uint8Array> {
  return inBrotli(body, {
    params: {
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_QUALITY]: brotliQuality,
      [constants.BROTLI_PARAM_SIZE_HINT]: body.length,
    },
  });
}

const brotliQuality = 5;
