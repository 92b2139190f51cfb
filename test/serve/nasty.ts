import {
  feedKey,
  formats,
  handle,
  markerKey,
  olderKey,
  type Place,
  pageKey,
  rankOf,
  rowKey,
  rowsTableKey,
  term,
} from '../../src/keys.ts';
import type { Entry } from '../../src/post/entry.ts';
import { claimsOf, marksOf, newRecord, writeRecord } from '../../src/selection/record.ts';
import { compressor } from '../../src/serve/encoding.ts';
import { serve } from '../../src/serve/serve.ts';
import { readSite, type Site } from '../../src/site.ts';
import { MemoryStore } from '../../src/store/memory.ts';
import { type Counts, countingStore, noCounts, trips } from '../costs/counting-store.ts';

/** What one answer took. */
export interface Taken {
  lists: number;
  gets: number;
  heads: number;
  /** Selections whose refresh was asked for. */
  asks: string[];
  /** Writes of any kind. */
  writes: number;
}

export interface Asked {
  target: string;
  headers?: Record<string, string>;
  method?: string;
}

const first = Date.UTC(2020, 0, 1) / 1000;

/**
 * An archive in which every answer is as dear as it can be:
 * - the tags `a`, `b`, `c` and `d` have 5,500 markers each and no entry in common,
 * - `e` and `f` have 300 entries, all in common,
 * - `lost` has entries and no feed; its first 75 markers are stale,
 * - `stale` has no feed and 3,000 markers that are all stale,
 * - 1,300 other terms have feeds that are called much alike.
 */
export async function nastyArchive(settings = '') {
  const site = readSite(`url: https://blog.example
legacy: [wordpress, jekyll, hugo, ghost, hexo]
moved: { /old.xml: /feed.rss, /away: https://away.example/ }
gone: [/comments/feed/]
${settings}`);
  const [state, feeds] = [new MemoryStore(() => 0), new MemoryStore(() => 0)];
  const mark = (tag: string, second: number) => {
    const key = `${tag}${second}.md`;
    const published = first + second;
    const place = { published, rank: rankOf(key), handle: handle(key) };
    return state.put(markerKey({ ...place, selection: term('tags', tag), version: 1 }), '');
  };
  for (const [at, tag] of ['a', 'b', 'c', 'd'].entries())
    for (let nth = 0; nth < 5500; nth++) await mark(tag, nth * 4 + at);
  for (let nth = 0; nth < 3000; nth++) await mark('stale', nth);
  for (let nth = 0; nth < 75; nth++) await mark('lost', 1_000_000 + nth);
  for (let nth = 0; nth < 300; nth++) {
    const entry = entryOf(nth, nth < 30 ? ['e', 'f', 'lost'] : ['e', 'f']);
    const key = `${nth}.md`;
    const claims = claimsOf(entry, key);
    const record = { ...newRecord(key), version: 1, entry, claims, settled: true };
    await writeRecord(state, record, { create: true });
    for (const one of marksOf(record)) await state.put(one, '');
  }
  const others = Array.from({ length: 1300 }, (_, nth) => `doc${nth}`);
  for (const tag of ['a', 'b', 'c', 'd', 'e', 'f', ...others]) {
    await state.put(rowKey(term('tags', tag)), '{}');
    for (const format of formats) await feeds.put(feedKey(term('tags', tag), format), 'feed');
    await feeds.put(pageKey(term('tags', tag)), 'page');
  }
  await state.put(rowsTableKey, 'x'.repeat(200_000));
  for (const key of [
    'feed.rss',
    'feed.atom',
    'feed.json',
    'index.html',
    'feeds.opml',
    'feeds.json',
  ])
    await feeds.put(key, key.repeat(200));
  return { site, ask: askerOf(state, feeds, site), olderOf };
}

/** The path of what is older than the newest of a selection's entries, in RSS. */
function olderOf(selection: string, second = 2_000_000): string {
  const place: Place = { published: first + second, rank: rankOf('x'), handle: handle('x') };
  return `/${olderKey(selection, place, 'rss')}`;
}

function askerOf(state: MemoryStore, feeds: MemoryStore, site: Site) {
  const compress = compressor();
  return async ({ target, headers = {}, method = 'GET' }: Asked) => {
    const asks: string[] = [];
    const counts: Counts = noCounts();
    const shelves = {
      state: countingStore(state, counts, trips()),
      feeds: countingStore(feeds, counts, trips()),
      queue: { refresh: async (wanted: string[]) => void asks.push(...wanted) },
      compress,
    };
    const request = new Request(`http://localhost${target}`, { method, headers });
    const response = await serve(request, shelves, site);
    await response.arrayBuffer();
    const { lists, gets, heads, puts, deletes } = counts;
    return { response, taken: { lists, gets, heads, asks, writes: puts + deletes } as Taken };
  };
}

function entryOf(nth: number, tags: string[]): Entry {
  const published = new Date((first + nth) * 1000).toISOString().replace('.000', '');
  return {
    id: `tag:blog.example,2020-01-01:${nth}`,
    link: `https://blog.example/${nth}/`,
    title: `Entry ${nth}`,
    published,
    updated: published,
    authors: [],
    terms: { tags: tags.map((slug) => ({ label: slug, slug })) },
    summary: '',
    content: `<p>${nth}</p>`,
    enclosures: [],
  };
}
