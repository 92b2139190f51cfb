import { parsePost } from '../post/parse.ts';
import type { Parse } from './pipeline.ts';
import { sourceOf } from './source.ts';

/** Parses on this thread. */
export const parseHere: Parse = async (key, post, site, links) =>
  parsePost(sourceOf(key, post).source, site, links);
