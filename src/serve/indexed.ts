import { createHash } from 'node:crypto';
import { Unavailable } from '../errors.ts';
import { type Channel, feedChannel, olderChannel } from '../feed/channel.ts';
import { feedPage } from '../feed/page-feed.ts';
import { feedParts } from '../feed/render.ts';
import {
  type Format,
  feedAt,
  pageAt,
  parseOlderKey,
  type Selection,
  site as siteSelection,
  termOf,
} from '../keys.ts';
import { mixed } from '../selection/merge.ts';
import { type Mix, mixOf, termsOf } from '../selection/mix.ts';
import { newest } from '../selection/newest.ts';
import { older, type Page, pageSize } from '../selection/older.ts';
import { type Site, taxonomiesOf } from '../site.ts';
import type { Store } from '../store/store.ts';
import { exists, missing } from './exists.ts';
import { brief, indexCacheControl } from './headers.ts';

/** A document with its bytes: one that a store holds, or one made from the index. */
export interface Document {
  etag: string;
  body: Uint8Array;
  size: number;
  /** Epoch milliseconds; of what is made from the index nobody knows. */
  modified?: number;
  /** Where it is not that of stored feeds. */
  cacheControl?: string;
}

/** What documents are made from. */
export interface Index {
  feeds: Store;
  state: Store;
  queue: { refresh(selections: Selection[]): Promise<void> };
  /** Told what failed, which readers are not told. */
  warn?(error: Unavailable): void;
}

/**
 * What no store holds and the index can tell: a page of older entries, for one list and at most
 * fifty gets; a mix, or a page of one, for at most five lists and a look at the feed of each of its
 * terms. Undefined if a term of it has no feed, or if the key is malformed.
 */
export async function indexedDocument(
  key: string,
  { feeds, state }: Index,
  site: Site,
): Promise<Document | undefined> {
  const asked = indexedAt(key);
  if (!asked) return undefined;
  const { selection, kind, after } = asked;
  const mix = mixOf(selection);
  const page = mix ? await mixPage(mix) : await olderPage();
  if (!page) return undefined;
  const channel = after
    ? olderChannel(selection, after, page, site)
    : feedChannel(selection, page, site);
  return documentOf(kind, channel, page, site, indexCacheControl(site));

  async function mixPage(of: Mix): Promise<Page | undefined> {
    if (await missing(termsOf(of), feeds)) return undefined;
    return mixed(state, of, after ? pageSize : Math.min(site.entries, pageSize), after);
  }

  /** An empty one is right where the entries are gone that it led to, and else a page of nothing. */
  async function olderPage(): Promise<Page | undefined> {
    const found = after && (await older(state, selection, after));
    return found?.entries.length === 0 && !(await exists(key, feeds)) ? undefined : found;
  }
}

/** What a key of older entries or of a mix asks for. */
function indexedAt(key: string) {
  const page = parseOlderKey(key);
  if (page) return { selection: page.selection, kind: page.format, after: page.after };
  const feed = feedAt(key);
  if (feed) return { selection: feed.selection, kind: feed.format };
  const selection = pageAt(key);
  return selection === undefined ? undefined : { selection, kind: 'html' as const };
}

/**
 * A feed or page that is not built yet, from the index, as its refresh will write it; that is
 * asked for. Undefined for what nobody will build.
 */
export async function unbuiltDocument(
  key: string,
  { state, queue, warn }: Index,
  site: Site,
): Promise<Document | undefined> {
  const feed = feedAt(key);
  const selection = feed?.selection ?? pageAt(key);
  if (selection === undefined || !isBuilt(selection, feed?.format, site)) return undefined;
  // A refresh goes through all markers, however many are stale; a request does not.
  const found = await newest(state, selection, site.entries, { most: 5 * (site.entries + 1) });
  if (found.entries.length === 0) return undefined;
  await queue.refresh([selection]).catch((error) => {
    if (!(error instanceof Unavailable)) throw error;
    // The next reader asks again.
    warn?.(error);
  });
  const channel = feedChannel(selection, found, site);
  return documentOf(feed?.format ?? 'html', channel, found, site, brief);
}

/** True for the feeds of the site and of its taxonomies' terms, and the pages of these. */
function isBuilt(selection: Selection, format: Format | undefined, site: Site): boolean {
  const term = termOf(selection);
  if (term) return taxonomiesOf(site).includes(term.taxonomy);
  return selection === siteSelection && format !== undefined;
}

function documentOf(
  kind: Format | 'html',
  channel: Channel,
  { entries }: Page,
  site: Site,
  cacheControl: string,
): Document {
  const body =
    kind === 'html'
      ? Buffer.from(feedPage(channel, entries, site))
      : Buffer.concat(feedParts(kind, channel, entries, site));
  // As strong as a store's: it says which bytes.
  const etag = createHash('sha256').update(body).digest('hex').slice(0, 32);
  return { etag, body, size: body.length, cacheControl };
}
