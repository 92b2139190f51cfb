import { labelOf } from '../feed/channel.ts';
import { directory, handle, isPost, parseFeedKey, rankOf, type Selection } from '../keys.ts';
import { outlinePost } from '../post/parse.ts';
import { getIfThere, listAll } from '../store/store.ts';
import { Collection } from './collection.ts';
import { putDirectory, type Row, rowOf } from './directory.ts';
import { linksOf, publicPart, referencesOf, unread } from './ingest.ts';
import { add, each, newRun, type Outcome, type Progress, type Run } from './local.ts';
import { objectsOf } from './objects.ts';
import type { Pipeline } from './pipeline.ts';
import { putFeeds, untilWon } from './refresh.ts';
import { linkBehind, resolve } from './resolve.ts';
import { getPost, sourceOf } from './source.ts';

type Stateless = Omit<Pipeline, 'state' | 'queue'>;

/**
 * A full build that leaves nothing behind but the feeds: every post is read once, and what its
 * record and markers would say stays in memory. It is made of the parts of `ingest` and `refresh`
 * and writes and tells what they would, without their protocol, for nobody else has its state; and
 * unless `isLazy` is false it renders only the bodies that some feed shows.
 */
export async function buildAtOnce(
  pipeline: Stateless,
  onProgress: (progress: Progress) => void = () => {},
  width = 8,
  isLazy = true,
): Promise<Run> {
  const { site } = await pipeline.site();
  const run = newRun();
  const manner = { width, onProgress, failures: run.failures };
  const posts = new Collection(site.entries);
  await each(await keysOf(pipeline), { ...manner, phase: 'posts' }, async (key) => {
    run.posts.set(key, await read(key, pipeline, posts, isLazy));
    run.changed++;
  });
  // A body may fail only by a fault of ours. Then another post takes its place: which, they all tell.
  if (!posts.finish()) return buildAtOnce(pipeline, onProgress, width, false);
  run.sharedIds = posts.sharedIds();

  const rows = new Map<Selection, Row>();
  const selections = await selectionsOf(pipeline, posts);
  await each(selections, { ...manner, phase: 'feeds' }, async (selection) => {
    const found = posts.found(selection);
    const objects = objectsOf(selection, pipeline);
    const row = rowOf(selection, labelOf(selection, found.entries), found);
    const replaced = await untilWon(selection, async () => {
      const held = await Promise.all(objects.map(({ key }) => getIfThere(pipeline.feeds, key)));
      return putFeeds(selection, found, held, site, pipeline);
    }).catch((error) => {
      // On a full disk the feed stays as it was, and listed.
      rows.set(selection, row);
      throw error;
    });
    add(run, replaced ?? { written: 0, unchanged: 0 });
    if (replaced) rows.set(selection, row);
  });
  await each(new Set([directory]), { ...manner, phase: 'feeds' }, async () => {
    add(run, await untilWon(directory, () => putDirectory(async () => rows, pipeline)));
  });
  return run;
}

async function keysOf({ posts }: Stateless): Promise<Set<string>> {
  const keys = new Set<string>();
  for await (const { key } of listAll(posts, '')) if (isPost(key)) keys.add(key);
  return keys;
}

/** Those of the posts, and those that had feeds before. */
async function selectionsOf(
  { feeds, ...pipeline }: Stateless,
  posts: Collection,
): Promise<Set<Selection>> {
  const { site } = await pipeline.site();
  const selections = new Set(posts.selections());
  for (const taxonomy of new Set(Object.values(site.taxonomies))) {
    for await (const { key } of listAll(feeds, `${taxonomy}/`)) {
      const selection = parseFeedKey(key);
      if (selection) selections.add(selection);
    }
  }
  return selections;
}

/** Reads a post, and collects it if it is public. */
async function read(
  key: string,
  pipeline: Stateless,
  collection: Collection,
  isLazy: boolean,
): Promise<Outcome> {
  const { posts, now } = pipeline;
  const { site } = await pipeline.site();
  const post = await getPost(posts, key);
  if (!post) return { post: null, status: 'gone', problems: [], due: null };
  const { etag } = post;
  const linkOf = async (of: string) => {
    const known = collection.links.get(of);
    if (known !== undefined) return known;
    const link = await linkBehind(posts, of, site, now());
    collection.links.set(of, link);
    return link;
  };
  const references = await resolve(referencesOf(key, post, site), linkOf);
  try {
    const { source } = sourceOf(key, post, site);
    const outline = outlinePost(source, site, linksOf(references));
    const isPage = 'page' in outline;
    const canWait = isPage || (isLazy && outline.isFaultless);
    const { entry, ...rest } = publicPart(canWait ? outline : outline.finish(), now());
    if (entry && !isPage) {
      collection.links.set(key, entry.link);
      const place = {
        published: Date.parse(entry.published) / 1000,
        rank: rankOf(key),
        handle: handle(key),
      };
      collection.add({ ...place, key, entry, ...(canWait && { outline }) });
    }
    return { post: etag, ...rest };
  } catch (error) {
    return { post: etag, status: 'unread', problems: [unread(key, error)], due: null };
  }
}
