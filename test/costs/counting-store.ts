import type { Body, Store } from '../../src/store/store.ts';

/** What a store was asked for, and how many bytes went each way. */
export interface Counts {
  gets: number;
  heads: number;
  puts: number;
  deletes: number;
  lists: number;
  /** Bytes of objects read and written. */
  read: number;
  written: number;
}

export function noCounts(): Counts {
  return { gets: 0, heads: 0, puts: 0, deletes: 0, lists: 0, read: 0, written: 0 };
}

/**
 * Time in round trips: calls that are begun together are answered together, one tick later. So
 * the ticks of some work are the longest chain of calls of which each waits for the one before.
 */
export interface Trips {
  take<T>(call: () => Promise<T>): Promise<T>;
  ticks(): number;
}

export function trips(): Trips {
  let waiting: (() => void)[] = [];
  let ticks = 0;
  // After all microtasks: everything that can be begun without another answer has been begun.
  const tick = () => {
    ticks++;
    const calls = waiting;
    waiting = [];
    for (const call of calls) call();
  };
  return {
    ticks: () => ticks,
    take: (call) =>
      new Promise((resolve, reject) => {
        if (waiting.length === 0) setImmediate(tick);
        waiting.push(() => call().then(resolve, reject));
      }),
  };
}

/** A store that counts what it is asked for, and answers a tick later. A request that fails counts, as on a bill. */
export function countingStore(store: Store, counts: Counts, { take }: Trips): Store {
  return {
    get: async (key) => {
      counts.gets++;
      const stored = await take(() => store.get(key));
      counts.read += stored.size;
      return stored;
    },
    head: (key) => {
      counts.heads++;
      return take(() => store.head(key));
    },
    put: (key, body, condition, headers) => {
      counts.puts++;
      counts.written += sizeOf(body);
      return take(() => store.put(key, body, condition, headers));
    },
    delete: (key) => {
      counts.deletes++;
      return take(() => store.delete(key));
    },
    list: (prefix, options) => {
      counts.lists++;
      return take(() => store.list(prefix, options));
    },
  };
}

function sizeOf(body: Body): number {
  if (Array.isArray(body)) return body.reduce((sum, part) => sum + part.length, 0);
  return typeof body === 'string' ? Buffer.byteLength(body) : body.length;
}
