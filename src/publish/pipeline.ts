import type { Selection } from '../keys.ts';
import type { Page, Post } from '../post/post.ts';
import type { Site } from '../site.ts';
import type { Store, Stored } from '../store/store.ts';

/** What ingest and refresh work on: three stores, two queues, the site, a clock. */
export interface Pipeline {
  /** The publisher's posts: read, never written. */
  posts: Store;
  /** Entries and index. */
  state: Store;
  /** What readers get. */
  feeds: Store;
  queue: Queue;
  /** The settings in force now. */
  site(): Promise<SiteInForce>;
  /** Epoch milliseconds. */
  now(): number;
  parse: Parse;
}

/** Makes a post of its bytes. Throws `InvalidPost`. */
export type Parse = (
  key: string,
  post: Stored,
  site: Site,
  links: ReadonlyMap<string, string>,
) => Promise<Post | Page>;

export interface SiteInForce {
  site: Site;
  /** Changes when anything in the settings does that shapes entries or feeds. */
  fingerprint: string;
}

/** Where work for later goes. A message only names a post or selection, may be repeated, and may come late. */
export interface Queue {
  ingest(keys: string[]): Promise<void>;
  refresh(selections: Selection[]): Promise<void>;
  /** Ingest this post at this time, epoch milliseconds. */
  schedule(key: string, at: number): Promise<void>;
}
