import { Unavailable } from '../../src/errors.ts';
import { isPost, type Selection, siteFileKey } from '../../src/keys.ts';
import { ingest } from '../../src/publish/ingest.ts';
import { queueEverything } from '../../src/publish/local.ts';
import type { Pipeline, SiteInForce } from '../../src/publish/pipeline.ts';
import { refresh } from '../../src/publish/refresh.ts';
import { sweep } from '../../src/publish/sweep.ts';
import { fingerprint, readSite } from '../../src/site.ts';
import { MemoryStore } from '../../src/store/memory.ts';
import type { Store } from '../../src/store/store.ts';
import { type Fault, type Network, network, remote, type Worker } from './calls.ts';
import { type Act, start } from './history.ts';
import { fifoQueue, patience, promised, standardQueue, type Terms } from './queues.ts';
import { type Random, random } from './random.ts';
import { type Scheduler, scheduler } from './scheduler.ts';
import { type Moments, type Transience, transience } from './transience.ts';
import {
  divergences,
  hasStaleMarks,
  isMissingMark,
  isOfStaleMarks,
  isUnsettled,
} from './verdict.ts';

/** A deployed stage in virtual time: what publishers do goes in, what is wrong when all is quiet comes out. */

export interface Play {
  /** Decides everything that chance decides. */
  seed: number;
  acts: Act[];
  /** If given, only these calls go wrong. */
  faults?: ReadonlySet<number>;
  /** The kinds of faults that there are, and many of them; by chance, if not given. */
  kinds?: readonly Fault[] | undefined;
  terms?: Partial<Terms>;
  traced?: boolean;
}

export interface Outcome {
  /** What is wrong at the end; empty when all is well. */
  divergences: string[];
  /** Numbers of the calls that went wrong. */
  struck: number[];
  coverage: Map<string, number>;
  /** What readers saw that was wrong for a moment. */
  transient: Map<string, Moments>;
  /** Late puts that were assumed away: see `calls.ts`. */
  assumed: number;
  trace: string[];
}

/** What the posts queue carries: keys of posts, or the wish to build everything anew. */
type Work = { keys: string[] } | 'rebuild';

/** The function's limit in milliseconds; a sixth of the visibility time-out. */
const limit = 60_000;

export async function play({ seed, acts, faults, kinds, terms, traced }: Play): Promise<Outcome> {
  const chances = random(seed ^ 0x5eed);
  const time = scheduler(start);
  const trace: string[] = [];
  const tell = (name: string, event: string) => {
    if (traced) trace.push(`${stamp(time.now())} ${name.padEnd(22)} ${event}`);
  };
  const net = network({
    seed,
    scheduler: time,
    rate: chances.pick(kinds ? [0.03, 0.06] : [0, 0.003, 0.01, 0.03, 0.06]),
    only: faults,
    kinds,
    tell: (worker, event) => tell(worker.name, event),
  });
  const stage = stageOf(time, net, chances, { ...promised, ...terms }, tell);
  const loss = chances.chance(0.05) ? 0.2 : 0;
  const lost = publish(acts, stage, time, random(seed ^ 0xac7), loss, tell);
  const { posts, state, feeds } = stage;
  const wrong: string[] = [];
  const judge = async () =>
    divergences({ posts, state, feeds, inForce: await siteIn(posts), now: time.now() });
  try {
    await time.run();
    if (lost.count > 0 || net.lateRecords > 0) {
      stage.send('rebuild');
      await time.run();
    }
    wrong.push(...(await judge()));
    // Left by a publisher that died, or by a put in flight: it shows in no feed, but is counted.
    const isHalfDone = wrong.some(isUnsettled);
    const isLeft = (one: string) =>
      isUnsettled(one) || isOfStaleMarks(one) || (isHalfDone && isMissingMark(one));
    const areCountsWrong = wrong.some(isOfStaleMarks);
    const areMarksLeft = areCountsWrong && (await hasStaleMarks(state));
    const isExplained = !areCountsWrong || areMarksLeft || stage.publishersDied() > 0;
    if (wrong.length > 0 && wrong.every(isLeft) && isExplained) {
      if (areMarksLeft) stage.transient.count('a stale mark stood until the weekly sync');
      else if (areCountsWrong) stage.transient.count('a count stood wrong until the weekly sync');
      if (isHalfDone) {
        stage.transient.count('a record stood unsettled until the weekly sync');
        stage.send('rebuild');
      }
      await Promise.all([sweep(stage.safe), time.run()]);
      await time.run();
      wrong.splice(0, wrong.length, ...(await judge()));
    }
  } catch (error) {
    wrong.push((error as Error).message);
  }
  wrong.push(
    ...stage.errors,
    ...stage.transient.faults,
    ...stage.deadLetters().map((one) => `dead letter: ${one}`),
  );
  const { struck, coverage, assumed } = net;
  const transient = stage.transient.seen;
  return { divergences: wrong, struck, coverage, transient, assumed, trace };
}

interface Stage {
  posts: MemoryStore;
  state: MemoryStore;
  feeds: MemoryStore;
  send(work: Work): void;
  /** What a worker that nothing befalls works with. */
  safe: Pipeline;
  errors: string[];
  /** How many died, or were frozen, before they were done. */
  publishersDied(): number;
  deadLetters(): string[];
  transient: Transience;
}

function stageOf(
  time: Scheduler,
  net: Network,
  chances: Random,
  terms: Terms,
  tell: (name: string, event: string) => void,
): Stage {
  const posts = new MemoryStore(time.now);
  const state = new MemoryStore(time.now);
  const feeds = new MemoryStore(time.now);
  const errors: string[] = [];
  const scheduled = new Set<string>();
  const transient = transience(time.now);
  /** Part of the workers that are slow. */
  const slow = net.isSlow ? 0.5 : 0.05;
  let workers = 0;
  const atWork = new Set<Worker>();

  const postsQueue = standardQueue<Work>(time, chances, async (work, receives) => {
    const keys = work === 'rebuild' ? work : work.keys.join(' ');
    const worker = newWorker(`ingest-${++workers} ${short(keys)}`, receives);
    // Half of them are not killed at their limit but frozen, and go on when they are thawed.
    if (chances.chance(0.5)) killAtLimit(worker);
    const pipeline = pipelineOf(worker);
    atWork.add(worker);
    await watched(worker, async () => {
      if (work === 'rebuild') await queueEverything(pipeline);
      else for (const key of work.keys) await ingest(key, pipeline);
      atWork.delete(worker);
    });
  });
  const feedsQueue = fifoQueue(time, terms, chances, async (selection, receives) => {
    const worker = newWorker(`refresh-${++workers} ${selection}`, receives);
    killAtLimit(worker);
    await watched(worker, () => refresh(selection, pipelineOf(worker)));
  });

  return {
    posts,
    state,
    feeds,
    send: postsQueue.send,
    safe: pipelineOf({ name: 'sync', dead: false, safe: true, skew: 0, pace: 5 }),
    errors,
    publishersDied: () => atWork.size,
    deadLetters: () => [
      ...postsQueue.deadLetters.map((one) => JSON.stringify(one)),
      ...feedsQueue.deadLetters,
    ],
    transient,
  };

  function newWorker(name: string, receives: number): Worker {
    const safe = receives > patience;
    const pace = chances.chance(slow) ? 1500 : 40;
    return { name, dead: false, safe, skew: chances.next() * 2000 - 1000, pace };
  }

  function killAtLimit(worker: Worker): void {
    time.after(limit, () => {
      worker.dead = true;
    });
  }

  /** Any error but `Unavailable` is a fault of ours, whatever the queue makes of it. */
  async function watched(worker: Worker, work: () => Promise<unknown>): Promise<void> {
    tell(worker.name, 'begins');
    try {
      await work();
      tell(worker.name, 'done');
    } catch (error) {
      if (!(error instanceof Unavailable)) errors.push(`${worker.name}: ${error}`);
      tell(worker.name, `fails: ${(error as Error).message}`);
      throw error;
    }
  }

  function pipelineOf(worker: Worker): Pipeline {
    const call = (kind: string, what: string, ...effects: (() => void)[]) => {
      const all = async () => {
        for (const effect of effects) effect();
      };
      const some = async () => {
        for (const effect of effects) if (chances.chance(0.5)) effect();
      };
      return net.call(worker, { kind: `queue.${kind}`, what, writes: true, some }, all);
    };
    const now = () => time.now() + worker.skew;
    const remotePosts = remote(posts, 'posts', worker, net);
    return {
      posts: remotePosts,
      state: remote(transient.watch(state), 'state', worker, net),
      feeds: remote(transient.watch(feeds), 'feeds', worker, net),
      site: () => siteIn(remotePosts),
      now,
      queue: {
        ingest: (keys) => call('ingest', keys.join(' '), () => postsQueue.send({ keys })),
        refresh: async (selections) => {
          const window = Math.floor(now() / terms.window);
          for (let at = 0; at < selections.length; at += 10) {
            const ten = selections.slice(at, at + 10);
            const sends = ten.map((one) => () => feedsQueue.send(one, `${one}@${window}`));
            await call('refresh', ten.join(' '), ...sends);
          }
        },
        schedule: (key, at) =>
          call('schedule', `${short(key)} ${stamp(at)}`, () => schedule(key, at)),
      },
    };
  }

  /** A one-time schedule, named by post and date; it fires within a minute. */
  function schedule(key: string, at: number): void {
    const name = `${key} ${at}`;
    if (scheduled.has(name)) return;
    scheduled.add(name);
    const wait = Math.max(0, at + terms.margin - time.now());
    time.after(wait + chances.pick([0, 100, 30_000]), () => {
      scheduled.delete(name);
      postsQueue.send({ keys: [key] });
    });
  }
}

/** Lets publishers act, and S3 tell of it: late at times, once for two writes at once, perhaps never. */
function publish(
  acts: Act[],
  { posts, send, transient }: Stage,
  time: Scheduler,
  chances: Random,
  loss: number,
  tell: (name: string, event: string) => void,
): { count: number } {
  const lost = { count: 0 };
  const last = new Map<string, { at: number; isDropped: boolean }>();
  let at = 0;
  for (const { wait, kind, key, text } of acts) {
    at += wait;
    time.after(at, () => {
      tell('publisher', `${kind} ${short(key)} ${text?.replaceAll('\n', ' ') ?? ''}`);
      if (text === undefined) posts.delete(key);
      else posts.put(key, text);
      transient.wrote(key, text);
      const earlier = last.get(key);
      if (earlier && time.now() - earlier.at < 1000 && chances.chance(0.3))
        earlier.isDropped = true;
      const event = { at: time.now(), isDropped: false };
      last.set(key, event);
      if (chances.chance(loss)) {
        lost.count++;
        return;
      }
      const late = chances.chance(0.03) ? chances.pick([60_000, 3_600_000]) : 0;
      time.after(chances.pick([20, 200, 1500]) + late, () => {
        if (!event.isDropped)
          send(key === siteFileKey || !isPost(key) ? 'rebuild' : { keys: [key] });
      });
    });
  }
  return lost;
}

const sites = new Map<string, SiteInForce>();

/** The site file in a store, checked; each of the few there are once. */
async function siteIn(posts: Store): Promise<SiteInForce> {
  const text = new TextDecoder().decode((await posts.get(siteFileKey)).body);
  const known = sites.get(text);
  if (known) return known;
  const site = readSite(text);
  const inForce = { site, fingerprint: fingerprint(site) };
  sites.set(text, inForce);
  return inForce;
}

function short(key: string | Selection): string {
  return key.replaceAll('_posts/2024-03-', '');
}

function stamp(time: number): string {
  return new Date(time).toISOString().slice(5, -1);
}
