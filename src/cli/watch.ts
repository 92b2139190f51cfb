import { relative, sep } from 'node:path';
import { watch as watchFiles } from 'chokidar';
import { InvalidSite } from '../errors.ts';
import { isPost, isSkipped } from '../keys.ts';
import { drain, type LocalQueue, queueEverything, type Run } from '../publish/local.ts';
import type { Pipeline } from '../publish/pipeline.ts';
import { sharedIds } from '../selection/shared-ids.ts';
import { isSameStamp, type Stamp } from '../store/filesystem.ts';
import { type FolderBlog, isThere } from './blog.ts';
import type { Output } from './output.ts';
import { counted, problemsOf, problemsText } from './summary.ts';

/** Milliseconds of quiet after which what changed is published: an editor writes a file in several steps. */
const quiet = 10;
/** Milliseconds after the last event in which the system may have told of it all. */
const late = 100;
/** Milliseconds after which the clock is looked at again: it may jump, and timers stand still while a machine sleeps. */
const longest = 1000;

export interface Watching {
  close(): Promise<void>;
}

/** Post → its file's stamp. */
type Stamps = ReadonlyMap<string, Stamp>;

/** The posts as they are in the folder now. */
export function stampsOf({ posts }: FolderBlog): Stamps {
  return new Map([...posts.stamps()].filter(([key]) => isPost(key)));
}

/**
 * Publishes what changes in a folder of posts, and what comes due, until it is closed. A change of
 * the site file publishes everything anew; an invalid one is reported and the last good one stays.
 * What was published is of the folder as it was at `seen` or later.
 */
export function watch(
  blog: FolderBlog,
  pipeline: Pipeline & { queue: LocalQueue },
  reload: () => Promise<void>,
  seen: Stamps,
  { out, err, isTerminal }: Output,
): Watching {
  const { queue } = pipeline;
  let changedAt = 0;
  let isSiteChanged = false;
  let fault = '';
  /** The last thing that was reported, which is not said again and again. */
  let reported = '';
  let isUnsure = false;
  /** The system does not tell of every change: the folder is looked through again and again. */
  let isBlind = false;
  let doubt: NodeJS.Timeout | undefined;
  let timer: NodeJS.Timeout | undefined;
  let alarm: NodeJS.Timeout | undefined;
  let working: Promise<void> = Promise.resolve();

  const watcher = watchFiles([blog.folder, blog.siteFile], {
    ignoreInitial: true,
    ignored: (path) => path !== blog.folder && path !== blog.siteFile && isHidden(blog, path),
  });
  // Mostly the system's limit of watches, which is told of each file.
  watcher.on('error', (error) => {
    if (!isBlind) say(`not every change is told: ${messageOf(error)}; looking for them instead`);
    isBlind = true;
    wait();
  });
  watcher.on('all', (_event, path) => {
    look(path);
    clearTimeout(doubt);
    doubt = setTimeout(lookAround, late);
  });
  watcher.once('ready', lookAround);
  wait();

  return {
    close: async () => {
      stop();
      await watcher.close();
      await working;
      // What was at work has set one again.
      stop();
    },
  };

  function stop(): void {
    for (const one of [timer, alarm, doubt]) clearTimeout(one);
  }

  function look(path: string): void {
    const key = relative(blog.folder, path).split(sep).join('/');
    if (path === blog.siteFile) isSiteChanged = true;
    else if (isPost(key)) void queue.ingest([key]);
    else return;
    soon();
  }

  function say(what: string): void {
    if (what !== reported) err(`${what}\n`);
    reported = what;
  }

  function lookAround(): void {
    isUnsure = true;
    soon();
  }

  /** Publishes once all is quiet: until then a file may be half-written. */
  function soon(): void {
    if (changedAt === 0) changedAt = performance.now();
    clearTimeout(timer);
    timer = setTimeout(() => {
      working = working
        .then(publish)
        .catch((error) => say(messageOf(error)))
        .then(wait);
    }, quiet);
  }

  async function publish(): Promise<void> {
    const since = changedAt;
    changedAt = 0;
    if (!(await isThere(blog.folder))) {
      say(`${blog.folder} is gone: its feeds stay as they were until it is back`);
      // With a folder goes what watches it.
      isBlind = true;
      return;
    }
    try {
      if (isUnsure) findUntold();
    } catch (error) {
      // What was told of can be published all the same.
      say(messageOf(error));
    }
    if (isSiteChanged) await loadAnew();
    const run = await drain(pipeline, { findShared: sharedByThese });
    if (run.changed > 0 || run.failures.length > 0) tell(run, performance.now() - since);
  }

  /**
   * Finds what no event told of: a change before the watch began or within 50 ms of another, files
   * in a folder as new as they are, and whatever had no room in the system's queue.
   */
  function findUntold(): void {
    const before = seen;
    seen = stampsOf(blog);
    const changed = [...seen].filter(([key, stamp]) => !isSameStamp(before.get(key), stamp));
    const gone = [...before].filter(([key]) => !seen.has(key));
    void queue.ingest([...changed, ...gone].map(([key]) => key));
    isSiteChanged = true;
    isUnsure = false;
    reported = '';
  }

  /** To look through the ids of all posts takes as long as to publish one. */
  async function sharedByThese(posts: Run['posts']) {
    const claims = [...posts.values()].flatMap(({ idClaim }) => idClaim ?? []);
    return sharedIds(pipeline.state, new Set(claims));
  }

  function tell(run: Run, took: number): void {
    err(problemsText(problemsOf(run), isTerminal));
    for (const { what, error } of run.failures) err(`${what}: ${error.message}\n`);
    const [only] = run.posts.keys();
    const what = run.posts.size === 1 ? only : counted(run.posts.size, 'post');
    out(
      `${what}: ${counted(run.written, 'document')} of ${counted(run.selections, 'feed')} refreshed in ${Math.round(took)} ms\n`,
    );
  }

  async function loadAnew(): Promise<void> {
    isSiteChanged = false;
    try {
      const before = (await pipeline.site()).fingerprint;
      await reload();
      fault = '';
      if ((await pipeline.site()).fingerprint !== before) await queueEverything(pipeline);
    } catch (error) {
      if (!(error instanceof InvalidSite)) throw error;
      if (error.message === fault) return;
      fault = error.message;
      err(`${fault}\nThe settings stay as they were until this is mended.\n`);
    }
  }

  /** Sets the alarm for the post that comes due next, or for the next look at a folder that does not tell. */
  function wait(): void {
    clearTimeout(alarm);
    const next = Math.min(...queue.due.values());
    if (next === Number.POSITIVE_INFINITY && !isBlind) return;
    const inTime = Math.max(next - pipeline.now(), 0);
    alarm = setTimeout(wake, Math.min(inTime, longest));
  }

  function wake(): void {
    const due = [...queue.due].filter(([, at]) => at <= pipeline.now()).map(([key]) => key);
    for (const key of due) queue.due.delete(key);
    void queue.ingest(due);
    if (isBlind) lookAround();
    else if (due.length > 0) soon();
    else wait();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** True for what cannot hold posts: `node_modules`, `.git`, an editor's hidden files. */
function isHidden(blog: FolderBlog, path: string): boolean {
  return relative(blog.folder, path)
    .split(sep)
    .some((name) => name !== '..' && isSkipped(name));
}
