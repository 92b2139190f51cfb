import { InvalidSite, Unavailable } from '../errors.ts';
import { isPost } from '../keys.ts';
import { drain, type LocalQueue, queueEverything, type Run } from '../publish/local.ts';
import type { Pipeline } from '../publish/pipeline.ts';
import { sharedIds } from '../selection/shared-ids.ts';
import type { FolderBlog } from './blog.ts';
import { folderEvents } from './folder-events.ts';
import type { FolderLooks } from './folder-looks.ts';
import type { Output } from './output.ts';
import { counted, failuresText, problemsOf, problemsText } from './summary.ts';

/** Milliseconds of quiet after which what changed is published: an editor writes a file in several steps. */
const quiet = 10;
/** Milliseconds from an event to the look for what the system did not tell of. */
const late = 100;
/** Milliseconds after which the clock is looked at again: it may jump, and timers stand still while a machine sleeps. */
const longest = 1000;
/** Milliseconds, so that it takes two looks. */
const settled = 900;
/** Milliseconds after which it is taken up all the same. */
const patience = 10_000;
/** Milliseconds between looks where nothing is told: the system may have missed something. */
const idle = 10_000;
/** Looks take at most this part of the time. */
const share = 0.1;

export interface Watching {
  close(): Promise<void>;
}

export interface Watched {
  blog: FolderBlog;
  pipeline: Pipeline & { queue: LocalQueue };
  /** Begun before anything was read for what is published. */
  looks: FolderLooks;
  /** Puts the settings in force that the site file has now. */
  reload(): Promise<void>;
}

/**
 * Publishes what changes in a folder of posts, and what comes due, until it is closed. A change of
 * the site file publishes everything anew; an invalid one is reported and the last good one stays.
 */
export function watch(
  { blog, pipeline, looks, reload }: Watched,
  { out, err, isTerminal }: Output,
): Watching {
  const { queue } = pipeline;
  const [faults, siteFaults] = [saidOnce(err), saidOnce(err)];
  /** Since the last look. */
  const told = new Set<string>();
  /** When the first change came that is not published; 0: there is none. */
  let changedAt = 0;
  let isSiteChanged = false;
  let isLookDue = false;
  /** The folder was gone, or is another one: it may be coming file by file. */
  let isComing = false;
  /** Before it is `heard` a look finds what changed when nobody listened yet; after that, what was not told. */
  let state: 'deaf' | 'listening' | 'heard' = 'deaf';
  /** Since when nothing that was found is taken up; 0: it is. */
  let waitedSince = 0;
  /** Of some of the folder nothing is known. */
  let isPartHidden = false;
  /** Settings that everything was queued for; undefined: those of the start. */
  let queuedFor: string | undefined;
  /** The last attempt to publish did not get through. */
  let isHeld = false;
  let working: Promise<void> = Promise.resolve();
  let publishing: NodeJS.Timeout | undefined;
  let alarm: NodeJS.Timeout | undefined;
  const later = paced(look);
  const nowAndThen = setInterval(look, idle);

  const events = folderEvents(blog, {
    onChange(key) {
      if (isPost(key) && blog.posts.follows(key)) {
        told.add(key);
        void queue.ingest([key]);
        soon();
      }
      later.ask(late);
    },
    onSite() {
      isSiteChanged = true;
      soon();
      later.ask(late);
    },
    onGone() {
      isComing = true;
      state = 'deaf';
      later.ask(longest);
    },
    onReady() {
      state = 'listening';
      later.ask(0);
    },
    onError(message) {
      faults.say(message);
      later.ask(late);
    },
  });
  wait();

  return {
    close: async () => {
      stop();
      await events.close();
      await working;
      // What was at work has set one again.
      stop();
    },
  };

  function stop(): void {
    later.stop();
    clearInterval(nowAndThen);
    for (const one of [publishing, alarm]) clearTimeout(one);
  }

  function look(): void {
    isLookDue = true;
    soon();
  }

  /** Publishes once all is quiet: until then a file may be half-written. */
  function soon(): void {
    changedAt ||= performance.now();
    clearTimeout(publishing);
    publishing = setTimeout(() => {
      working = working.then(publish).catch(fail).then(wait);
    }, quiet);
  }

  async function publish(): Promise<void> {
    const since = changedAt;
    changedAt = 0;
    isHeld = true;
    if (!events.isThere()) {
      later.ask(longest);
      return faults.say(`${blog.folder} is gone: its feeds stay as they were until it is back`);
    }
    const hasLooked = isLookDue;
    if (isLookDue) findUntold();
    if (isComing) return;
    if (isSiteChanged) await loadAnew();
    for (const [key, at] of queue.due)
      if (at <= pipeline.now() && queue.due.delete(key)) void queue.ingest([key]);
    const run = await drain(pipeline, { findShared: sharedByThese });
    isHeld = false;
    if (run.changed > 0) tell(run, performance.now() - since);
    // A later look finds them once more.
    for (const { what } of run.failures) {
      looks.forget(what);
      told.add(what);
    }
    if (run.failures.length > 0) faults.say(failuresText(run.failures, isTerminal).trimEnd());
    else if (hasLooked && !isPartHidden) faults.forget();
  }

  /**
   * Finds what no event told of. Where all has to be found so, it is taken up when it has been the
   * same for a while: nobody tells that a file is whole, or that all are there.
   */
  function findUntold(): void {
    const begun = performance.now();
    const { keys, failures, sameFor } = looks.find();
    later.took(performance.now() - begun);
    for (const { message } of failures) faults.say(message);
    isLookDue = false;
    isPartHidden = failures.length > 0;
    if (isComing || events.isShort()) {
      later.ask(longest);
      waitedSince ||= begun;
      if (sameFor < settled && begun - waitedSince < patience) return;
    }
    // Where the watch has a gap, as after a folder was exchanged, it is begun anew.
    if (state === 'heard' && keys.some((key) => !told.has(key))) {
      events.renew();
      state = 'deaf';
    } else if (state === 'listening') state = 'heard';
    told.clear();
    waitedSince = 0;
    isComing = false;
    isSiteChanged = true;
    looks.takeUp();
    void queue.ingest(keys);
  }

  /** The queue still has what was to be done. */
  function fail(error: unknown): void {
    faults.say(error instanceof Error ? error.message : String(error));
    later.ask(longest);
  }

  /** To look through the ids of all posts takes as long as to publish one. */
  async function sharedByThese(posts: Run['posts']) {
    const claims = [...posts.values()].flatMap(({ idClaim }) => idClaim ?? []);
    return sharedIds(pipeline.state, new Set(claims));
  }

  function tell(run: Run, took: number): void {
    err(problemsText(problemsOf(run), isTerminal));
    const [only] = run.posts.keys();
    const what = run.posts.size === 1 ? only : counted(run.posts.size, 'post');
    out(
      `${what}: ${counted(run.written, 'document')} of ${counted(run.selections, 'feed')} refreshed in ${Math.round(took)} ms\n`,
    );
  }

  async function loadAnew(): Promise<void> {
    isSiteChanged = false;
    queuedFor ??= (await pipeline.site()).fingerprint;
    try {
      await reload();
      siteFaults.forget();
    } catch (error) {
      if (!(error instanceof InvalidSite || error instanceof Unavailable)) throw error;
      siteFaults.say(`${error.message}\nThe settings stay as they were until this is mended.`);
    }
    const { fingerprint } = await pipeline.site();
    if (fingerprint === queuedFor) return;
    try {
      await queueEverything(pipeline);
      queuedFor = fingerprint;
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      // The next look has it tried again.
      faults.say(error.message);
      later.ask(longest);
    }
  }

  /** Sets the alarm for the post that comes due next. */
  function wait(): void {
    clearTimeout(alarm);
    const next = Math.min(...queue.due.values());
    if (next === Number.POSITIVE_INFINITY) return;
    const inTime = Math.max(next - pipeline.now(), isHeld ? longest : 0);
    alarm = setTimeout(
      () => {
        if (Math.min(...queue.due.values()) <= pipeline.now()) soon();
        else wait();
      },
      Math.min(inTime, longest),
    );
  }
}

/** Says what is wrong, and not again until all is well. */
function saidOnce(err: Output['err']) {
  const said = new Set<string>();
  return {
    say(what: string): void {
      if (!said.has(what)) err(`${what}\n`);
      said.add(what);
    },
    forget: () => said.clear(),
  };
}

/** Calls a function some time after it was asked for, once for all who ask until then, and once more for those. */
function paced(call: () => void) {
  let timer: NodeJS.Timeout | undefined;
  let again = 0;
  let rest = 0;
  return { ask, stop: () => clearTimeout(timer), took };

  function ask(pause: number): void {
    if (timer) {
      again = Math.max(again, pause);
      return;
    }
    timer = setTimeout(
      () => {
        timer = undefined;
        call();
        if (again > 0) ask(again);
      },
      Math.max(pause, rest),
    );
    again = 0;
  }

  /** What a call took, milliseconds: the next one is put off, so that they take no more than their share. */
  function took(milliseconds: number): void {
    rest = milliseconds / share;
  }
}
