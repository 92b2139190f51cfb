import {
  type Format,
  feedKey,
  formats,
  pageKey,
  type Selection,
  site as siteSelection,
  twinKey,
  twinned,
} from '../keys.ts';
import type { Pipeline } from './pipeline.ts';

/** What a refresh renders, each once. */
export type Kind = Format | 'html';

/** An object that a document is put in. */
export interface FeedObject {
  key: string;
  kind: Kind;
  contentEncoding?: string;
}

/** The page of the site's feed is the directory's. */
export function kindsOf(selection: Selection): readonly Kind[] {
  return selection === siteSelection ? formats : [...formats, 'html'];
}

/** The objects of a selection's documents. Behind a CDN, what that does not compress has a twin that is. */
export function objectsOf(
  selection: Selection,
  { hasCdn }: Pick<Pipeline, 'hasCdn'>,
): FeedObject[] {
  const objects = kindsOf(selection).map((kind) => {
    const key = kind === 'html' ? pageKey(selection) : feedKey(selection, kind);
    return { key, kind };
  });
  if (!hasCdn) return objects;
  const twins = twinned.map((kind) => {
    const key = twinKey(feedKey(selection, kind));
    return { key, kind, contentEncoding: 'gzip' };
  });
  return [...objects, ...twins];
}
