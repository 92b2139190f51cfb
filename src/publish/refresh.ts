import { Conflict, Unavailable } from '../errors.ts';
import { channelOf } from '../feed/channel.ts';
import { renderFeed } from '../feed/render.ts';
import {
  directory,
  feedKey,
  formats,
  rowKey,
  type Selection,
  site as siteSelection,
  termOf,
} from '../keys.ts';
import type { Entry } from '../post/entry.ts';
import { type Newest, newest } from '../selection/newest.ts';
import { getIfThere } from '../store/store.ts';
import { refreshDirectory, rowOf } from './directory.ts';
import type { Pipeline } from './pipeline.ts';
import { type Replaced, replace } from './replace.ts';

const passes = 5;

/**
 * Brings one selection's feeds up to date: its newest entries are read from the index, rendered
 * in every format, and what changed is put, on condition that nobody else did meanwhile.
 * Entries are the truth, so it may run at any time, and what it writes depends on them alone.
 */
export async function refresh(selection: Selection, pipeline: Pipeline): Promise<Replaced> {
  for (let pass = 0; pass < passes; pass++) {
    try {
      return selection === directory
        ? await refreshDirectory(pipeline)
        : await refreshFeeds(selection, pipeline);
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
  const held = await Promise.all(
    formats.map((format) => getIfThere(feeds, feedKey(selection, format))),
  );
  const { site } = await pipeline.site();
  const found = await newest(state, selection, site.entries);
  // A term that nobody uses any more keeps an empty feed; one that never had a feed gets none.
  const isUnused = found.entries.length === 0 && selection !== siteSelection;
  if (isUnused && held.every((one) => !one)) return { written: 0, unchanged: 0 };

  const channel = channelOf(selection, labelOf(selection, found.entries[0]), site);
  const put = formats.map((format, at) => {
    const text = renderFeed(format, channel, found.entries, site);
    return replace(feeds, feedKey(selection, format), text, held[at]);
  });
  const replaced = sum(await Promise.all(put));
  if (await putRow(selection, found, pipeline)) await queue.refresh([directory]);
  return replaced;
}

/** Tells the directory what became of a selection; true if it did not know. */
async function putRow(selection: Selection, found: Newest, { state }: Pipeline): Promise<boolean> {
  const key = rowKey(selection);
  const row = rowOf(selection, labelOf(selection, found.entries[0]), found);
  const { written } = await replace(state, key, JSON.stringify(row), await getIfThere(state, key));
  return written > 0;
}

/** A term's label is its newest entry's spelling; of a term without entries, its slug. */
function labelOf(selection: Selection, latest: Entry | undefined): string | undefined {
  const term = termOf(selection);
  if (!term) return undefined;
  const same = latest?.terms[term.taxonomy]?.find(({ slug }) => slug === term.slug);
  return same?.label ?? term.slug;
}

function sum(all: Replaced[]): Replaced {
  const written = all.reduce((total, one) => total + one.written, 0);
  return { written, unchanged: all.length - written };
}
