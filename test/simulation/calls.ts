import { Unavailable } from '../../src/errors.ts';
import type { Head, Store } from '../../src/store/store.ts';
import { mixed, type Random, random } from './random.ts';
import type { Scheduler } from './scheduler.ts';

/** Every call of a worker to a store or queue: it takes a while, and anything may go wrong with it. */

/**
 * `crash before`, `crash after`: the worker is no more, and the call was not made, or was.
 * `unavailable`: not done, and said so. `lost reply`: done, and said not to be. `in part`: some
 * messages of a batch were taken, and others never were. `late`: said not to be done, and done up
 * to ten minutes after that. `sleep`: answered after seconds to hours.
 */
export const faults = [
  'crash before',
  'crash after',
  'unavailable',
  'lost reply',
  'in part',
  'late',
  'sleep',
] as const;
export type Fault = (typeof faults)[number];

export interface Worker {
  name: string;
  /** It goes no further; what it sent still arrives. */
  dead: boolean;
  /** Nothing goes wrong with its calls. */
  safe: boolean;
  /** Milliseconds by which its clock is ahead. */
  skew: number;
  /** Milliseconds that a call takes at most, as a rule. */
  pace: number;
}

export interface Call {
  /** `state.put`, `queue.refresh`: what the coverage counts. */
  kind: string;
  /** The key or selection, for the trace. */
  what: string;
  writes: boolean;
  /** A call with several parts: does some of them. */
  some?(): Promise<void>;
  /** The object that a conditional put is to replace. */
  held?(): Promise<Head | undefined>;
}

export interface Network {
  call<T>(worker: Worker, call: Call, effect: () => Promise<T>): Promise<T>;
  /** Half of the workers are slow, and many calls of all. */
  isSlow: boolean;
  /** The numbers of the calls that went wrong. */
  struck: number[];
  /** `<fault> @ <call>` → times. */
  coverage: Map<string, number>;
  /** Records written after their writer was told that they were not. */
  lateRecords: number;
  /** Late puts refused although the ETag was the one they asked for: see `land`. */
  assumed: number;
}

export interface NetworkOptions {
  seed: number;
  scheduler: Scheduler;
  /** Part of the calls that go wrong. */
  rate: number;
  /** If given, only calls of these numbers go wrong. */
  only: ReadonlySet<number> | undefined;
  /** The kinds of faults that there are; by chance, if not given. */
  kinds: readonly Fault[] | undefined;
  tell(worker: Worker, event: string): void;
}

const naps = [8000, 8000, 20_000, 20_000, 90_000, 700_000, 3 * 3_600_000];

function kindsOf(chances: Random): readonly Fault[] {
  const one = chances.pick(faults);
  const some = faults.filter(() => chances.chance(2 / 3));
  return chances.chance(1 / 2) ? [chances.chance(1 / 2) ? 'sleep' : one] : [one, ...some];
}

export function network(options: NetworkOptions): Network {
  const { seed, scheduler, rate, only, tell } = options;
  let made = 0;
  /** Key → when it was last read. */
  const read = new Map<string, number>();
  // Each history has some kinds of faults, or one: where all are, one hides what another brings about.
  const kinds = options.kinds ?? kindsOf(random(mixed(seed ^ 0xfa17)));
  const isSlow = mixed(seed ^ 0x1a9) % 3 === 0;
  const lag = isSlow ? 0.25 : 0.05;
  const net: Network = {
    call,
    isSlow,
    struck: [],
    coverage: new Map(),
    lateRecords: 0,
    assumed: 0,
  };
  return net;

  function call<T>(worker: Worker, made: Call, effect: () => Promise<T>): Promise<T> {
    return new Promise((answer, refuse) => {
      if (worker.dead) return;
      const { fault, travel, extra } = chanceOf(worker, made);
      scheduler.after(travel, () => {
        if (worker.dead && !made.writes) return;
        tell(worker, `${made.kind} ${made.what}${fault ? `  !! ${fault} ${extra} ms` : ''}`);
        const reply = (result: Promise<T>) => {
          result.then(
            (value) => worker.dead || answer(value),
            (error) => worker.dead || refuse(error),
          );
        };
        const unanswered = () => reply(Promise.reject(new Unavailable(`${made.kind}: no answer`)));
        if (made.kind.endsWith('.get')) read.set(made.what, scheduler.now());
        if (fault === undefined) return reply(effect());
        if (fault === 'crash before') worker.dead = true;
        if (fault === 'unavailable') unanswered();
        if (fault === 'sleep') {
          const result = effect();
          result.catch(() => {});
          scheduler.after(extra, () => reply(result));
        }
        if (fault === 'crash after') {
          worker.dead = true;
          effect().catch(() => {});
        }
        if (fault === 'lost reply') effect().then(unanswered, unanswered);
        if (fault === 'in part') made.some!().then(unanswered);
        if (fault === 'late') {
          unanswered();
          land(worker, made, extra, effect);
        }
      });
    });
  }

  /**
   * Does late what was said not to be done. An object has the same ETag when it has the same bytes,
   * so a put that another refresh would have had to undo can find the ETag it asks for, and S3
   * offers no defence. Within a minute the selection rests, and there is no other refresh; that it
   * does not happen after more than a minute is assumed, and counted.
   */
  async function land(
    worker: Worker,
    { kind, what, held }: Call,
    delay: number,
    effect: () => Promise<unknown>,
  ): Promise<void> {
    const before = await held?.();
    const asked = scheduler.now();
    scheduler.after(delay, async () => {
      const now = await held?.();
      const isRead = (read.get(what) ?? 0) > asked;
      if (delay > 60_000 && isRead && now && now.etag === before?.etag) {
        net.assumed++;
        return;
      }
      tell(worker, `${kind} ${what}  (late)`);
      await effect().then(
        () => {
          if (what.startsWith('entries/')) net.lateRecords++;
        },
        () => {},
      );
    });
  }

  function chanceOf(worker: Worker, { kind, writes, some }: Call) {
    const number = ++made;
    const chances = random(mixed(seed) + number);
    const slow = chances.chance(lag) ? (worker.pace > 1000 ? 20 : 40) : 1;
    const travel = 1 + chances.next() * worker.pace * slow;
    const strikes = chances.chance(rate) && !worker.safe && (!only || only.has(number));
    if (!strikes) return { fault: undefined, travel, extra: 0 };
    let fault: Fault = chances.pick(kinds);
    if (!some && fault === 'in part') fault = 'unavailable';
    if (!writes && (fault === 'late' || fault === 'lost reply')) fault = 'unavailable';
    const lateness = chances.below(chances.chance(0.8) ? 40_000 : 600_000);
    const extra = fault === 'sleep' ? chances.pick(naps) : lateness;
    net.struck.push(number);
    const covered = `${fault} @ ${kind}`;
    net.coverage.set(covered, (net.coverage.get(covered) ?? 0) + 1);
    return { fault, travel, extra };
  }
}

/** A store as a worker sees it over the network. */
export function remote(store: Store, name: string, worker: Worker, { call }: Network): Store {
  const through = <T>(
    kind: string,
    what: string,
    effect: () => Promise<T>,
    more: Partial<Call> = {},
  ) => call(worker, { kind: `${name}.${kind}`, what, writes: false, ...more }, effect);
  return {
    get: (key) => through('get', key, () => store.get(key)),
    head: (key) => through('head', key, () => store.head(key)),
    list: (prefix, options) => through('list', prefix, () => store.list(prefix, options)),
    delete: (key) => through('delete', key, () => store.delete(key), { writes: true }),
    put: (key, body, condition, headers) => {
      const held = () => headIfThere(store, key);
      const isUpdate = condition !== undefined && 'update' in condition;
      return through('put', key, () => store.put(key, body, condition, headers), {
        writes: true,
        ...(isUpdate ? { held } : {}),
      });
    },
  };
}

function headIfThere(store: Store, key: string): Promise<Head | undefined> {
  return store.head(key).catch(() => undefined);
}
