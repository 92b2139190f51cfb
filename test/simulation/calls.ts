import { Unavailable } from '../../src/errors.ts';
import type { Store } from '../../src/store/store.ts';
import { mixed, random } from './random.ts';
import type { Scheduler } from './scheduler.ts';

/** Every call of a worker to a store or queue: it takes a while, and anything may go wrong with it. */

/**
 * `crash before`, `crash after`: the worker is no more, and the call was not made, or was.
 * `unavailable`: not done, and said so. `lost reply`: done, and said not to be. `late`: said not
 * to be done, and done up to a minute after that. `sleep`: answered after seconds to hours.
 */
export const faults = [
  'crash before',
  'crash after',
  'unavailable',
  'lost reply',
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
}

export interface Network {
  call<T>(worker: Worker, call: Call, effect: () => Promise<T>): Promise<T>;
  /** The numbers of the calls that went wrong. */
  struck: number[];
  /** `<fault> @ <call>` → times. */
  coverage: Map<string, number>;
  /** Records written after their writer was told that they were not. */
  lateRecords: number;
}

export interface NetworkOptions {
  seed: number;
  scheduler: Scheduler;
  /** Part of the calls that go wrong. */
  rate: number;
  /** If given, only calls of these numbers go wrong. */
  only: ReadonlySet<number> | undefined;
  tell(worker: Worker, event: string): void;
}

const naps = [8000, 90_000, 700_000, 3 * 3_600_000];

export function network({ seed, scheduler, rate, only, tell }: NetworkOptions): Network {
  let made = 0;
  const made_: Network = { call, struck: [], coverage: new Map(), lateRecords: 0 };
  return made_;

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
        if (fault === 'late') {
          unanswered();
          scheduler.after(extra, () => {
            tell(worker, `${made.kind} ${made.what}  (late)`);
            effect().then(
              () => {
                if (made.what.startsWith('entries/')) made_.lateRecords++;
              },
              () => {},
            );
          });
        }
      });
    });
  }

  function chanceOf(worker: Worker, { kind, writes }: Call) {
    const number = ++made;
    const chances = random(mixed(seed) + number);
    const slow = chances.chance(0.03) ? 20 : 1;
    const travel = 1 + chances.next() * worker.pace * slow;
    const strikes = chances.chance(rate) && !worker.safe && (!only || only.has(number));
    if (!strikes) return { fault: undefined, travel, extra: 0 };
    let fault: Fault = chances.pick(faults);
    if (!writes && (fault === 'late' || fault === 'lost reply')) fault = 'unavailable';
    const extra = fault === 'sleep' ? chances.pick(naps) : chances.below(40_000);
    made_.struck.push(number);
    const covered = `${fault} @ ${kind}`;
    made_.coverage.set(covered, (made_.coverage.get(covered) ?? 0) + 1);
    return { fault, travel, extra };
  }
}

/** A store as a worker sees it over the network. */
export function remote(store: Store, name: string, worker: Worker, { call }: Network): Store {
  const through =
    (kind: string, writes: boolean) =>
    <T>(what: string, effect: () => Promise<T>) =>
      call(worker, { kind: `${name}.${kind}`, what, writes }, effect);
  const [get, list, put, remove] = [
    through('get', false),
    through('list', false),
    through('put', true),
    through('delete', true),
  ];
  return {
    get: (key) => get(key, () => store.get(key)),
    head: (key) => get(key, () => store.head(key)),
    put: (key, body, condition) => put(key, () => store.put(key, body, condition)),
    delete: (key) => remove(key, () => store.delete(key)),
    list: (prefix, options) => list(prefix, () => store.list(prefix, options)),
  };
}
