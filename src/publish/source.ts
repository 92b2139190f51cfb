import { dialectOf } from '../post/dialect.ts';
import { readSource } from '../post/front-matter.ts';
import type { Dialect, Source } from '../post/post.ts';
import type { Stored } from '../store/store.ts';

/** A post cut in two, and what it was written for. */
interface Reading {
  source: Source;
  dialect: Dialect;
}

const readings = new WeakMap<Uint8Array, Reading>();

/** Reads a post, once for each time that it was got from its store. Throws `InvalidPost`. */
export function sourceOf(key: string, { body }: Stored): Reading {
  const known = readings.get(body);
  if (known?.source.key === key) return known;
  const source = readSource(key, body);
  const reading = { source, dialect: dialectOf(source) };
  readings.set(body, reading);
  return reading;
}
