import { gunzipSync } from 'node:zlib';
import { channelOf } from '../../src/feed/channel.ts';
import { feedPage } from '../../src/feed/page-feed.ts';
import { renderFeed } from '../../src/feed/render.ts';
import {
  entriesPrefix,
  entryKey,
  type Format,
  handle,
  hasFeed,
  isPost,
  parseFeedKey,
  termOf,
  twinOf,
} from '../../src/keys.ts';
import { drain, localQueue, queueEverything } from '../../src/publish/local.ts';
import type { SiteInForce } from '../../src/publish/pipeline.ts';
import { type EntryRecord, marksOf } from '../../src/selection/record.ts';
import { MemoryStore } from '../../src/store/memory.ts';
import { listAll, type Store } from '../../src/store/store.ts';

/** What the buckets hold when all is quiet, against what a fresh build of the posts would hold. */

export interface Buckets {
  posts: Store;
  state: Store;
  feeds: Store;
  inForce: SiteInForce;
  now: number;
  /** True: feeds have twins. */
  hasCdn?: boolean;
}

export async function divergences(held: Buckets): Promise<string[]> {
  const records = await recordsIn(held.state);
  const wrong = [
    ...(await unsettled(held, records)),
    ...(await differences(held.feeds, await freshBuild(held, records), held.inForce)),
    ...(await missingMarks(held, records)),
  ];
  const stale = await staleMarks(held.state);
  return [...wrong, ...stale.map((key) => `${key} is claimed by no record`)];
}

async function recordsIn(state: Store): Promise<EntryRecord[]> {
  const records: EntryRecord[] = [];
  for await (const { key } of listAll(state, entriesPrefix))
    records.push(JSON.parse(text((await state.get(key)).body)));
  return records;
}

/** Records that are not of the posts and settings there are. */
async function unsettled(
  { posts, inForce, now }: Buckets,
  records: EntryRecord[],
): Promise<string[]> {
  const wrong: string[] = [];
  const byKey = new Map(records.map((record) => [record.key, record]));
  for await (const { key } of listAll(posts, ''))
    if (isPost(key) && !byKey.has(key)) wrong.push(`${key} has no record`);
  for (const { key, post, settled, site, due, older } of records) {
    const etag = await posts.head(key).then(
      (head) => head.etag,
      () => null,
    );
    if (!settled || older.length > 0) wrong.push(`the record of ${key} is not settled`);
    if (post !== etag) wrong.push(`the record of ${key} is not of the post that is there`);
    // A tombstone has nothing that settings shape.
    if (post !== null && site !== inForce.fingerprint)
      wrong.push(`the record of ${key} is of other settings`);
    if (due !== null && due <= now) wrong.push(`${key} was due at ${new Date(due).toISOString()}`);
  }
  return wrong;
}

/** Every feed and page by key, made from nothing but the posts; and of a post that cannot be read, what was published. */
async function freshBuild(
  { posts, inForce, now, hasCdn = false }: Buckets,
  records: EntryRecord[],
): Promise<Map<string, string>> {
  const state = new MemoryStore(() => now);
  for (const record of records.filter(({ status }) => status === 'unread')) {
    await state.put(entryKey(handle(record.key)), JSON.stringify(record));
    for (const mark of marksOf(record)) await state.put(mark, '');
  }
  const feeds = new MemoryStore(() => now);
  const site = async () => inForce;
  const pipeline = {
    posts,
    state,
    feeds,
    site,
    now: () => now,
    hasCdn,
    queue: localQueue(),
  };
  await queueEverything(pipeline);
  await pipeline.queue.refresh(records.flatMap(({ claims }) => claims.filter(hasFeed)));
  await drain(pipeline);
  return contentsOf(feeds);
}

async function contentsOf(store: Store): Promise<Map<string, string>> {
  const all = new Map<string, string>();
  for await (const { key } of listAll(store, '')) {
    const { body } = await store.get(key);
    all.set(key, text(twinOf(key) === undefined ? body : gunzipSync(body)));
  }
  return all;
}

async function differences(
  feeds: Store,
  expected: Map<string, string>,
  { site }: SiteInForce,
): Promise<string[]> {
  const wrong: string[] = [];
  const found = await contentsOf(feeds);
  for (const [key, content] of expected) {
    const is = found.get(key);
    if (is === undefined) wrong.push(`${key} is missing`);
    else if (is !== content)
      wrong.push(`${key} differs:\n${shown(is)}\n  should be\n${shown(content)}`);
  }
  for (const [twin, content] of found) {
    if (expected.has(twin)) continue;
    const key = twinOf(twin) ?? twin;
    const selection = parseFeedKey(key.replace(/index\.html$/, 'feed.rss'));
    if (!selection) {
      wrong.push(`${key} should not be there`);
      continue;
    }
    const channel = channelOf(selection, termOf(selection)!.slug, site);
    const format = key.slice(key.lastIndexOf('.') + 1);
    const empty =
      format === 'html'
        ? feedPage(channel, [], site)
        : renderFeed(format as Format, channel, [], site);
    if (content !== empty)
      wrong.push(`${key} is not the empty feed of a retired term:\n${shown(content)}`);
  }
  return wrong;
}

/** Marks that records claim and that are not there. */
async function missingMarks({ state }: Buckets, records: EntryRecord[]): Promise<string[]> {
  const wrong: string[] = [];
  for (const mark of records.flatMap(marksOf)) {
    const isThere = await state.head(mark).then(
      () => true,
      () => false,
    );
    if (!isThere) wrong.push(`${mark} is missing`);
  }
  return wrong;
}

/** True of a record that has yet to be marked as told. */
export function isUnsettled(divergence: string): boolean {
  return divergence.endsWith('is not settled');
}

/** True of marks that such a record's publisher had still to put. */
export function isMissingMark(divergence: string): boolean {
  return /^(index|references|problems)\/.* is missing$/.test(divergence);
}

/** True of what a stale mark brings about: the mark, and the counts in the lists of all feeds. */
export function isOfStaleMarks(divergence: string): boolean {
  return /^(feeds\.json|index\.html) differs|is claimed by no record$/.test(divergence);
}

/** True if there are marks in the index that no record claims. */
export async function hasStaleMarks(state: Store): Promise<boolean> {
  return (await staleMarks(state)).length > 0;
}

async function staleMarks(state: Store): Promise<string[]> {
  const claimed = new Set((await recordsIn(state)).flatMap(marksOf));
  const stale: string[] = [];
  for await (const { key } of listAll(state, 'index/')) if (!claimed.has(key)) stale.push(key);
  return stale;
}

function shown(content: string): string {
  return content.length > 1500 ? `${content.slice(0, 1500)}…` : content;
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
