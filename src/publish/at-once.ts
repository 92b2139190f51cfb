import { labelOf } from '../feed/channel.ts';
import {
  directory,
  handle,
  isPost,
  parseFeedKey,
  rankOf,
  type Selection,
  site as siteSelection,
} from '../keys.ts';
import { finishPost, type Outline, outlinePost } from '../post/parse.ts';
import type { Post } from '../post/post.ts';
import { type Site, taxonomiesOf } from '../site.ts';
import { getIfThere, listAll, type Stored } from '../store/store.ts';
import { Collection } from './collection.ts';
import { putDirectory, type Row, rowOf } from './directory.ts';
import { linksOf, publicPart, referencesOf, unread } from './ingest.ts';
import { add, each, newRun, type Outcome, type Progress, type Run } from './local.ts';
import { objectsOf } from './objects.ts';
import type { Pipeline } from './pipeline.ts';
import { putFeeds, untilWon } from './refresh.ts';
import { linkIn, resolve } from './resolve.ts';
import { getPost, sourceOf } from './source.ts';

type Stateless = Omit<Pipeline, 'state' | 'queue'>;

/** Who renders bodies in the place of this thread. */
export interface Finisher {
  /** A body that will probably be wanted, so that it may be begun. */
  expect(outline: Outline): void;
  /** What `finishPost` gives; what it fails at is tried again here, which tells why. */
  finish(outline: Outline): Promise<Post>;
  /** Nothing more is wanted of it. */
  end(): void;
}

interface Options {
  onProgress?: (progress: Progress) => void;
  /** Posts, and feeds, that are worked on at once. */
  width?: number | undefined;
  /** Called with the number of posts. */
  finisher?: (posts: number, site: Site) => Finisher | undefined;
}

/**
 * A full build that leaves nothing behind but the feeds: every post is read once, and what its
 * record and markers would say stays in memory. It is made of the parts of `ingest` and `refresh`
 * and writes and tells what they would, without their protocol, for nobody else has its state; and
 * it renders only the bodies that some feed shows.
 */
export async function buildAtOnce(pipeline: Stateless, options: Options = {}): Promise<Run> {
  const { site } = await pipeline.site();
  const keys = await keysOf(pipeline);
  const finisher = options.finisher?.(keys.size, site);
  try {
    // A body may fail only by a fault of ours. Then another post takes its place: which, they all tell.
    const run = await attempt(keys, pipeline, options, true, finisher);
    return run ?? (await attempt(keys, pipeline, options, false))!;
  } finally {
    finisher?.end();
  }
}

/** Builds; undefined if `isLazy`, and one of the bodies that were left for later cannot be rendered. */
async function attempt(
  keys: ReadonlySet<string>,
  pipeline: Stateless,
  { width = 8, onProgress = () => {} }: Options,
  isLazy: boolean,
  finisher?: Finisher,
): Promise<Run | undefined> {
  const { feeds } = pipeline;
  const { site } = await pipeline.site();
  const run = newRun();
  const at = { width, onProgress, failures: run.failures };
  const posts = new Collection(site.entries);
  const finish = async (outline: Outline) =>
    (await finisher?.finish(outline).catch(() => undefined)) ?? finishPost(outline, site);
  const expect = (outline: Outline) => finisher?.expect(outline);
  const named = { unread: new Set(keys), got: new Map<string, Stored>() };
  const reading = { ...pipeline, collection: posts, named, isLazy, expect };
  await each(keys, { ...at, phase: 'posts' }, async (key) => {
    run.posts.set(key, await read(key, reading));
    run.changed++;
  });
  run.sharedIds = posts.sharedIds();

  const rows = new Map<Selection, Row>();
  let isWhole = true;
  const there = await possibleKeys(pipeline);
  const before = [...there].flatMap((key) => parseFeedKey(key) ?? []);
  const selections = new Set([...posts.selections(), ...before]);
  await each(selections, { ...at, phase: 'feeds' }, async (selection) => {
    if (!(await posts.finish(selection, finish))) isWhole = false;
    if (!isWhole) return;
    const found = posts.found(selection);
    const objects = objectsOf(selection, pipeline);
    const row = rowOf(selection, labelOf(selection, found.entries), found);
    const replaced = await untilWon(selection, async () => {
      const sought = objects.map(({ key }) =>
        there.has(key) ? getIfThere(feeds, key) : undefined,
      );
      // What somebody else puts there meanwhile, the next pass sees.
      for (const { key } of objects) there.add(key);
      return putFeeds(selection, found, await Promise.all(sought), site, pipeline);
    }).catch((error) => {
      // On a full disk the feed stays as it was, and listed.
      rows.set(selection, row);
      throw error;
    });
    add(run, replaced ?? { written: 0, unchanged: 0 });
    if (replaced) rows.set(selection, row);
  });
  if (!isWhole) return undefined;
  await each(new Set([directory]), { ...at, phase: 'feeds' }, async () => {
    add(run, await untilWon(directory, () => putDirectory(async () => rows, pipeline)));
  });
  return run;
}

/** The last first, which are the newest where files are named by date: they are shown. */
async function keysOf({ posts }: Stateless): Promise<Set<string>> {
  const keys: string[] = [];
  for await (const { key } of listAll(posts, '')) if (isPost(key)) keys.push(key);
  return new Set(keys.reverse());
}

/** Keys of feeds and pages that may be there: a list of those of terms costs less than to ask for each. */
async function possibleKeys({ feeds, ...pipeline }: Stateless): Promise<Set<string>> {
  const { site } = await pipeline.site();
  const keys = new Set(objectsOf(siteSelection, pipeline).map(({ key }) => key));
  for (const taxonomy of taxonomiesOf(site))
    for await (const { key } of listAll(feeds, `${taxonomy}/`)) keys.add(key);
  return keys;
}

interface Reading extends Stateless {
  collection: Collection;
  /** Posts whose turn is still to come, and those of them that were got already because others name them. */
  named: { unread: Set<string>; got: Map<string, Stored> };
  isLazy: boolean;
  expect: Finisher['expect'];
}

/** Reads a post, and collects it if it is public. */
async function read(key: string, reading: Reading): Promise<Outcome> {
  const { posts, now, collection, named, isLazy, expect } = reading;
  const { site } = await reading.site();
  named.unread.delete(key);
  const post = named.got.get(key) ?? (await getPost(posts, key));
  named.got.delete(key);
  if (!post) return { post: null, status: 'gone', problems: [], due: null };
  const { etag } = post;
  const linkOf = async (of: string) => {
    const known = collection.links.get(of);
    if (known !== undefined) return known;
    const other = await getPost(posts, of);
    const link = other ? linkIn(of, other, site, now()) : null;
    collection.links.set(of, link);
    if (other && named.unread.has(of)) named.got.set(of, other);
    return link;
  };
  const references = await resolve(referencesOf(key, post, site), linkOf);
  try {
    const source = sourceOf(key, post, site);
    const outline = outlinePost(source, site, linksOf(references));
    const isPage = 'page' in outline;
    const canWait = isPage || (isLazy && outline.isFaultless);
    // The few that cannot are finished here: a finisher has others to do first.
    const { entry, ...rest } = publicPart(canWait ? outline : finishPost(outline, site), now());
    if (entry && !isPage) {
      collection.links.set(key, entry.link);
      const place = {
        published: Date.parse(entry.published) / 1000,
        rank: rankOf(key),
        handle: handle(key),
      };
      const isShown = collection.add({ ...place, key, entry, ...(canWait && { outline }) });
      if (isShown && canWait) expect(outline);
    }
    return { post: etag, ...rest };
  } catch (error) {
    return { post: etag, status: 'unread', problems: [unread(key, error)], due: null };
  }
}
