import { InvalidState, Unavailable } from '../errors.ts';
import {
  directory,
  entriesPrefix,
  handle,
  handleOf,
  hasFeed,
  isPost,
  parseFeedKey,
  parseRowKey,
  rowsPrefix,
  type Selection,
  site as siteSelection,
} from '../keys.ts';
import type { Problem } from '../problem.ts';
import { type EntryRecord, readRecord } from '../selection/record.ts';
import { sharedIds } from '../selection/shared-ids.ts';
import { taxonomiesOf } from '../site.ts';
import { listAll } from '../store/store.ts';
import { ingest } from './ingest.ts';
import type { Pipeline, Queue } from './pipeline.ts';
import { refresh } from './refresh.ts';
import type { Replaced } from './replace.ts';

/** A queue in this process: the sets of what is still to be done. */
export interface LocalQueue extends Queue {
  readonly posts: Set<string>;
  readonly selections: Set<Selection>;
  /** Post → epoch milliseconds. */
  readonly due: Map<string, number>;
  /** What was asked for is done. */
  refreshed(selection: Selection): Promise<void>;
}

export function localQueue(): LocalQueue {
  const posts = new Set<string>();
  const selections = new Set<Selection>();
  const due = new Map<string, number>();
  return {
    posts,
    selections,
    due,
    ingest: async (keys) => {
      for (const key of keys) posts.add(key);
    },
    refresh: async (wanted) => {
      for (const selection of wanted) selections.add(selection);
    },
    schedule: async (key, at) => {
      due.set(key, at);
    },
    refreshed: async () => {},
  };
}

/** What one emptying of the queue did. */
export interface Run {
  /** Post → what became of it. */
  posts: Map<string, Outcome>;
  changed: number;
  /** A problem for each post, also of earlier runs, whose id another has. */
  sharedIds: Problem[];
  selections: number;
  written: number;
  unchanged: number;
  /** Posts and selections that a store's failure or a broken record stopped. */
  failures: { what: string; error: Error }[];
}

/** Not the whole record: the entries of a large blog would all stay in memory. */
export interface Outcome extends Pick<EntryRecord, 'post' | 'status' | 'problems' | 'due'> {
  /** The place in the index that its id claims, if it does. */
  idClaim?: Selection;
}

export interface Progress {
  phase: 'posts' | 'feeds';
  done: number;
  total: number;
}

interface Draining {
  onProgress?: (progress: Progress) => void;
  /** Posts, or selections, that are worked on at once: 8 keep a disk busy beside the processor, a bucket takes more. */
  width?: number | undefined;
  /** Looks at the end for ids that two posts have: of all posts, unless the caller knows better. */
  findShared?: (posts: Run['posts']) => Promise<Problem[]>;
}

/**
 * Works until both queues are empty: every post first, then every selection once, the directory
 * last, which is how a burst is absorbed here. A full build is this with every post queued.
 */
export async function drain(
  pipeline: Pipeline & { queue: LocalQueue },
  { onProgress = () => {}, width = 8, findShared = () => sharedIds(pipeline.state) }: Draining = {},
): Promise<Run> {
  const { posts, selections } = pipeline.queue;
  const run = newRun();
  const at = { width, onProgress, failures: run.failures };
  while (posts.size + selections.size > 0) {
    // A post that changed may ask for those that link to it.
    while (posts.size > 0)
      await emptied(posts, (keys) => each(keys, { ...at, phase: 'posts' }, ingestOne));
    await emptied(selections, async (wanted) => {
      const early = wanted.delete(directory);
      await each(wanted, { ...at, phase: 'feeds' }, refreshOne);
      const late = selections.delete(directory);
      if (early || late) await each(new Set([directory]), { ...at, phase: 'feeds' }, refreshOne);
    });
  }
  run.sharedIds = await findShared(run.posts);
  return run;

  async function ingestOne(key: string): Promise<void> {
    const { record, changed } = await ingest(key, pipeline);
    run.posts.set(key, outcomeOf(record));
    if (changed) run.changed++;
  }

  async function refreshOne(selection: Selection): Promise<void> {
    const replaced = await refresh(selection, pipeline);
    await pipeline.queue.refreshed(selection);
    add(run, replaced);
  }
}

export function newRun(): Run {
  return {
    posts: new Map(),
    changed: 0,
    sharedIds: [],
    selections: 0,
    written: 0,
    unchanged: 0,
    failures: [],
  };
}

/** Counts one selection more. */
export function add(run: Run, { written, unchanged }: Replaced): void {
  run.selections++;
  run.written += written;
  run.unchanged += unchanged;
}

/** How a batch is worked through: so many at once. */
interface Manner extends Pick<Progress, 'phase'>, Pick<Run, 'failures'> {
  width: number;
  onProgress(progress: Progress): void;
}

/** Works through a batch; a store's failure stops only what it was for. */
export async function each(
  batch: ReadonlySet<string>,
  { phase, width, onProgress, failures }: Manner,
  work: (what: string) => Promise<void>,
): Promise<void> {
  const waiting = batch.values();
  let done = 0;
  const worker = async () => {
    for (const what of waiting) {
      await work(what).catch((error) => {
        if (!(error instanceof Unavailable || error instanceof InvalidState)) throw error;
        failures.push({ what, error });
      });
      onProgress({ phase, done: ++done, total: batch.size });
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
}

function outcomeOf({ post, status, problems, due, claims }: EntryRecord): Outcome {
  const idClaim = claims.find((one) => !hasFeed(one));
  return { post, status, problems, due, ...(idClaim !== undefined && { idClaim }) };
}

/** Works on all that waits; what fails as a whole waits again. */
async function emptied(
  waiting: Set<string>,
  work: (batch: Set<string>) => Promise<void>,
): Promise<void> {
  const all = [...waiting];
  waiting.clear();
  try {
    await work(new Set(all));
  } catch (error) {
    for (const one of all) waiting.add(one);
    throw error;
  }
}

/** Queues a whole build: every post there is or was, and every feed there is or ought to be. */
export async function queueEverything(pipeline: Pipeline): Promise<void> {
  const { posts, state, feeds, queue } = pipeline;
  const { site } = await pipeline.site();
  const handles = new Set<string>();
  for await (const { key } of listAll(posts, '')) {
    if (!isPost(key)) continue;
    handles.add(handle(key));
    await queue.ingest([key]);
  }
  for await (const { key } of listAll(state, entriesPrefix)) {
    const known = handleOf(key);
    if (known === undefined || handles.has(known)) continue;
    const held = await readRecord(state, known);
    if (held) await queue.ingest([held.record.key]);
  }
  await queue.refresh([siteSelection, directory]);
  // The feeds may have been lost: of posts that have not changed nobody would ask for them.
  for await (const { key } of listAll(state, rowsPrefix)) {
    const selection = parseRowKey(key);
    if (selection) await queue.refresh([selection]);
  }
  for (const taxonomy of taxonomiesOf(site)) {
    for await (const { key } of listAll(feeds, `${taxonomy}/`)) {
      const selection = parseFeedKey(key);
      if (selection) await queue.refresh([selection]);
    }
  }
}
