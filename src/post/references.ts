import type { Dialect, Reference, Source } from './post.ts';

export function references(_source: Source, _dialect: Dialect): Reference[] {
  return [];
}
