import type { Selection } from '../keys.ts';
import type { Site } from '../site.ts';
import type { Store } from '../store/store.ts';

/** What ingest and refresh work on: three stores, two queues, the site, a clock. */
export interface Pipeline {
  /** The publisher's posts: read, never written. */
  posts: Store;
  /** Entries and index. */
  state: Store;
  /** What readers get. */
  feeds: Store;
  queue: Queue;
  /** True: readers get the feeds from CloudFront, which is told when they change and chooses twins. */
  hasCdn?: boolean;
  /** The settings in force now. */
  site(): Promise<SiteInForce>;
  /** Epoch milliseconds. */
  now(): number;
}

export interface SiteInForce {
  site: Site;
  /** Changes when anything in the settings does that shapes entries or feeds. */
  fingerprint: string;
}

/** Where work for later goes. A message only names a post or selection, may be repeated, and may come late. */
export interface Queue {
  ingest(keys: string[]): Promise<void>;
  /**
   * One refresh of a selection at a time; and where one failed, none for a minute: a put of it may
   * be in flight, and undo what the next one found to be right (docs/decisions/0005-simulation.md).
   */
  refresh(selections: Selection[]): Promise<void>;
  /** Ingest this post at this time, epoch milliseconds. */
  schedule(key: string, at: number): Promise<void>;
}
