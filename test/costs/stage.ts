import {
  directory,
  entriesPrefix,
  entryKey,
  handle,
  markerKey,
  markerPrefix,
  rankOf,
  rowKey,
  rowsPrefix,
  type Selection,
  siteFileKey,
  term,
} from '../../src/keys.ts';
import { ingest } from '../../src/publish/ingest.ts';
import type { Pipeline } from '../../src/publish/pipeline.ts';
import { refresh } from '../../src/publish/refresh.ts';
import { settingsIn } from '../../src/publish/site-in-force.ts';
import { type EntryRecord, readRecord } from '../../src/selection/record.ts';
import { MemoryStore } from '../../src/store/memory.ts';
import { post, testBlog } from '../blog.ts';
import { archiveStore, type Generated } from './archive-store.ts';
import { type Counts, countingStore, noCounts, trips } from './counting-store.ts';

/** A deployed stage whose every request is counted, with a past of any size. */

export interface Past {
  /** Entries before ours, each in the site's feed and in those of the tags `t0`, `t1` and so on. */
  entries: number;
  /** Tags of our posts, and one more, `t<tags>`, for a post to change to. */
  tags: number;
  /** Terms of the whole site besides. */
  terms: number;
}

/** What some work asked of the stores and queues, and the longest chain of calls in it. */
export interface Cost {
  posts: Counts;
  state: Counts;
  feeds: Counts;
  /** Calls that send messages, and the messages. */
  sends: number;
  messages: number;
  trips: number;
}

/** What one change of a post costs. */
export interface Change {
  ingest: Cost;
  /** Of all feeds, refreshed side by side. */
  refresh: Cost;
  asksDirectory: boolean;
  selections: number;
  /** Round trips from the event to the last feed. */
  tripsToFeeds: number;
}

export type CostStage = Awaited<ReturnType<typeof costStage>>;

const newest = Date.UTC(2025, 0, 1) / 1000;
const text =
  'A sentence of a post, neither short nor long, with a [link](https://b.example/). '.repeat(60);

/** A post of 5 KB with these tags, so many seconds newer than the past and a day. */
export function newPost(tags: readonly string[], title: string, second = 0): string {
  const date = new Date((newest + 86_400 + second) * 1000).toISOString();
  return post({ title, date, tags }, text);
}

export function tagsOf({ tags }: Pick<Past, 'tags'>): string[] {
  return Array.from({ length: tags }, (_, nth) => `t${nth}`);
}

/** Opens a stage in which everything of the past is published, and its feeds are up to date but for the directory. */
export async function costStage(past: Past) {
  const clock = trips();
  const cost: Omit<Cost, 'trips'> = {
    posts: noCounts(),
    state: noCounts(),
    feeds: noCounts(),
    sends: 0,
    messages: 0,
  };
  const now = () => Date.UTC(2026, 0, 1);
  const memory = new MemoryStore(now);
  await memory.put(siteFileKey, 'url: https://b.example');
  const posts = countingStore(memory, cost.posts, clock);
  const state = countingStore(archiveStore(await pastOf(past), now), cost.state, clock);
  let lastFeed = 0;
  const counted = countingStore(new MemoryStore(now), cost.feeds, clock);
  const feeds: typeof counted = {
    ...counted,
    put: async (...given) => {
      const written = await counted.put(...given);
      lastFeed = clock.ticks();
      return written;
    },
  };
  const queued = new Set<string>();
  const asked = new Set<Selection>();
  let lastAsked = 0;
  const send = async (messages: number) => {
    cost.messages += messages;
    // As sqs.ts does: ten messages a call, all calls at once.
    const calls = Math.ceil(messages / 10);
    cost.sends += calls;
    await Promise.all(Array.from({ length: calls }, () => clock.take(async () => {})));
  };
  const pipeline: Pipeline = {
    posts,
    state,
    feeds,
    hasCdn: true,
    site: settingsIn({ posts, state }).inForce,
    now,
    queue: {
      ingest: async (keys) => {
        // A hundred keys a message.
        await send(Math.ceil(keys.length / 100));
        for (const key of keys) queued.add(key);
      },
      schedule: () => send(1),
      refresh: async (selections) => {
        await send(selections.length);
        for (const one of selections) asked.add(one);
        lastAsked = clock.ticks();
      },
    },
  };
  const stage = {
    pipeline,
    queued,
    asked,
    write: (key: string, body: string) => memory.put(key, body),
    remove: (key: string) => memory.delete(key),
    measure,
    change,
    refreshAll,
    refreshDirectory,
  };
  await stage.write('first.md', newPost([...tagsOf(past), `t${past.tags}`], 'First'));
  await change('first.md');
  return stage;

  /** What some work costs. */
  async function measure(work: () => Promise<unknown>): Promise<Cost> {
    const [before, begun] = [structuredClone(cost), clock.ticks()];
    await work();
    return { ...difference(cost, before), trips: clock.ticks() - begun };
  }

  /** Refreshes what was asked for, side by side, without the directory; tells how many. */
  async function refreshAll(): Promise<number> {
    const selections = [...asked].filter((one) => one !== directory);
    for (const one of selections) asked.delete(one);
    await Promise.all(selections.map((one) => refresh(one, pipeline)));
    return selections.length;
  }

  function refreshDirectory(): Promise<Cost> {
    return measure(() => refresh(directory, pipeline));
  }

  /** Works on a changed post until all its feeds are refreshed. */
  async function change(key: string): Promise<Change> {
    asked.clear();
    const begun = clock.ticks();
    const ingested = await measure(() => ingest(key, pipeline));
    const untilAsked = Math.max(0, lastAsked - begun);
    let selections = 0;
    const between = clock.ticks();
    const refreshed = await measure(async () => {
      selections = await refreshAll();
    });
    const untilFeeds = Math.max(0, lastFeed - between);
    return {
      ingest: ingested,
      refresh: refreshed,
      asksDirectory: asked.delete(directory),
      selections,
      tripsToFeeds: untilAsked + untilFeeds,
    };
  }
}

type Numbers<T> = { [key in keyof T]: T[key] extends number ? number : Numbers<T[key]> };

function difference<T extends Numbers<T>>(after: T, before: T): T {
  const entries = Object.entries(after).map(([key, value]) => {
    const last = before[key as keyof T];
    return [
      key,
      typeof value === 'number'
        ? value - (last as number)
        : difference(value as never, last as never),
    ];
  });
  return Object.fromEntries(entries) as T;
}

/** The state's records, markers and rows of the past. */
async function pastOf({ entries, tags, terms }: Past): Promise<Generated[]> {
  const record = await example([...tagsOf({ tags }), `t${tags}`]);
  const published = (nth: number) => newest - nth * 600;
  const handleAt = (nth: number) => nth.toString(16).padStart(32, '0');
  const records: Generated = {
    prefix: entriesPrefix,
    size: entries,
    keyAt: (nth) => entryKey(handleAt(nth)),
    bodyAt: (nth) => JSON.stringify(recordAt(record, nth, published(nth))),
    placeOf: (key) =>
      within(
        Number.parseInt(/^entries\/(0{20}[0-9a-f]{12})\.json$/.exec(key)?.[1] ?? '', 16),
        entries,
      ),
  };
  const markers = record.claims.map(
    (selection): Generated => ({
      prefix: markerPrefix(selection),
      size: entries,
      keyAt: (nth) =>
        markerKey({
          selection,
          published: published(nth),
          rank: rankOf(`${nth}.md`),
          handle: handleAt(nth),
          version: 1,
        }),
      bodyAt: () => '',
      placeOf: () => undefined,
    }),
  );
  const rows: Generated = {
    prefix: `${rowsPrefix}tags/x`,
    size: terms,
    keyAt: (nth) => rowKey(term('tags', `x${String(nth).padStart(7, '0')}`)),
    bodyAt: (nth) =>
      JSON.stringify({
        label: `Term ${nth}`,
        count: 7,
        newest: '2020-01-01T00:00:00Z',
        told: true,
      }),
    placeOf: (key) => within(Number(/x(\d{7})\.json$/.exec(key)?.[1]), terms),
  };
  return [records, ...markers, rows];
}

function within(nth: number, size: number): number | undefined {
  return nth < size ? nth : undefined;
}

/** The record of a published post with these tags. */
async function example(tags: string[]): Promise<EntryRecord> {
  const blog = testBlog('url: https://b.example');
  await blog.write('example.md', newPost(tags, 'Example'));
  await blog.run();
  return (await readRecord(blog.pipeline.state, handle('example.md')))!.record;
}

function recordAt(record: EntryRecord, nth: number, published: number): EntryRecord {
  const date = new Date(published * 1000).toISOString().replace('.000Z', 'Z');
  const entry = {
    ...record.entry!,
    id: `tag:b.example,2000-01-01:${nth}`,
    link: `https://b.example/${nth}/`,
    title: `Post ${nth}`,
    published: date,
    updated: date,
  };
  return { ...record, key: `${nth}.md`, entry };
}
