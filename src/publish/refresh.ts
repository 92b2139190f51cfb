import { Conflict, Unavailable } from '../errors.ts';
import { feedChannel, labelOf } from '../feed/channel.ts';
import { feedPage } from '../feed/page-feed.ts';
import { feedParts } from '../feed/render.ts';
import { directory, rowKey, type Selection, site as siteSelection, twinOf } from '../keys.ts';
import { firstMarkers, type Newest, newest } from '../selection/newest.ts';
import type { Page } from '../selection/older.ts';
import type { Site } from '../site.ts';
import { isRuled } from '../site-rules.ts';
import { type Body, getIfThere, type Stored } from '../store/store.ts';
import { refreshDirectory, rowOf } from './directory.ts';
import { type Kind, kindsOf, objectsOf } from './objects.ts';
import type { Pipeline } from './pipeline.ts';
import { freshness, type Replaced, remove, replace } from './replace.ts';

const passes = 5;
/** Milliseconds that publishers are given to settle what they wrote. */
const patience = 60_000;

/**
 * Brings one selection's feeds up to date: its newest entries are read from the index, rendered
 * in every format, and what changed is put, on condition that nobody else did meanwhile.
 * Entries are the truth, so it may run at any time, and what it writes depends on them alone.
 */
export function refresh(selection: Selection, pipeline: Pipeline): Promise<Replaced> {
  return untilWon(selection, () =>
    selection === directory ? refreshDirectory(pipeline) : refreshFeeds(selection, pipeline),
  );
}

/** Reads and puts a selection's feeds; and again, where somebody else put them between the two. */
export async function untilWon<T>(selection: Selection, work: () => Promise<T>): Promise<T> {
  for (let pass = 0; pass < passes; pass++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
    }
  }
  throw new Unavailable(
    `the feeds of ${selection} were written by others ${passes} times; try again`,
  );
}

async function refreshFeeds(selection: Selection, pipeline: Pipeline): Promise<Replaced> {
  const { state, feeds, queue } = pipeline;
  const objects = objectsOf(selection, pipeline);
  // What is read before the index and put on condition cannot undo what a later refresh put.
  const [row, ...held] = await Promise.all([
    getIfThere(state, rowKey(selection)),
    ...objects.map(({ key }) => getIfThere(feeds, key)),
  ]);
  const reading = [pipeline.site(), firstMarkers(state, selection)] as const;
  const [{ site }, listing] = await Promise.all(reading);
  const found = await newest(state, selection, site.entries, { begun: listing });
  await Promise.all(found.stale.map((key) => state.delete(key)));
  // If the publisher of what is shown here is dead a minute from now, nobody else may know of it.
  const then = (Math.ceil(pipeline.now() / patience) + 1) * patience;
  await Promise.all(found.unsettled.map((key) => queue.schedule(key, then)));
  const replaced = await putFeeds(selection, found, held, site, pipeline);
  if (!replaced) return { written: 0, unchanged: 0 };
  await tellDirectory(selection, found, row, pipeline);
  return replaced;
}

/**
 * Renders what was found in every format and puts what changed, on condition that the objects are
 * as they were read, in the order of `objectsOf`. A term that nobody uses any more keeps an empty
 * feed; one that never had a feed gets none, which is undefined.
 */
export async function putFeeds(
  selection: Selection,
  found: Page,
  held: readonly (Stored | undefined)[],
  site: Site,
  pipeline: Pick<Pipeline, 'feeds' | 'hasCdn'>,
): Promise<Replaced | undefined> {
  const { feeds } = pipeline;
  const isUnused = found.entries.length === 0 && selection !== siteSelection;
  if (isUnused && held.every((one) => !one)) return undefined;
  const channel = feedChannel(selection, found, site);
  // All are rendered before any is put: a fault in one must not leave another's put unattended.
  const documents = new Map<Kind, Body>();
  for (const kind of kindsOf(selection))
    documents.set(
      kind,
      kind === 'html'
        ? feedPage(channel, found.entries, site)
        : feedParts(kind, channel, found.entries, site),
    );
  const cacheControl = freshness(site, pipeline);
  const put = objectsOf(selection, pipeline).map(({ key, kind, ...headers }, at) => {
    // The CDN asks S3 first: an object would stand before the rule.
    if (pipeline.hasCdn && isRuled(twinOf(key) ?? key, site)) return remove(feeds, key, held[at]);
    return replace(feeds, key, documents.get(kind)!, held[at], { ...headers, cacheControl });
  });
  return sum(await Promise.all(put));
}

/**
 * Tells the directory what became of a selection. The row says whether the directory was asked
 * to look at it: else a refresh that dies between the two would leave a row that nobody reads.
 */
async function tellDirectory(
  selection: Selection,
  found: Newest,
  held: Stored | undefined,
  { state, queue }: Pipeline,
): Promise<void> {
  const key = rowKey(selection);
  const row = rowOf(selection, labelOf(selection, found.entries), found);
  const told = JSON.stringify({ ...row, told: true });
  if (held && new TextDecoder().decode(held.body) === told) return;
  const condition = held ? { update: held.etag } : ({ create: true } as const);
  const { etag } = await state.put(key, JSON.stringify({ ...row, told: false }), condition);
  await queue.refresh([directory]);
  await state.put(key, told, { update: etag });
}

function sum(all: Replaced[]): Replaced {
  const written = all.reduce((total, one) => total + one.written, 0);
  return { written, unchanged: all.length - written };
}
