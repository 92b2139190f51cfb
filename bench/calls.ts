import { AsyncLocalStorage } from 'node:async_hooks';
import type { Selection } from '../src/keys.ts';
import type { Queue } from '../src/publish/pipeline.ts';
import type { Body, Condition, ListOptions, ObjectHeaders, Store } from '../src/store/store.ts';

/** The requests of a piece of work, so that they can be counted, and made again without the work. */

export const buckets = ['posts', 'state', 'feeds'] as const;
export type Bucket = (typeof buckets)[number];

export type Ask =
  | { verb: 'get' | 'head' | 'delete'; bucket: Bucket; key: string }
  | {
      verb: 'put';
      bucket: Bucket;
      key: string;
      body: Body;
      condition: Condition | undefined;
      headers: ObjectHeaders | undefined;
    }
  | { verb: 'list'; bucket: Bucket; key: string; options: ListOptions | undefined }
  | { verb: 'send'; selections: Selection[] };

/** A request; those of one level wait only for levels before, so they are the round trips of the work. */
export type Call = Ask & { level: number };

/** What one piece of work asks for, and when what it was for was done, milliseconds of `performance`. */
export interface Task {
  calls: Call[];
  begun: number;
  /** The last request to refresh was sent. */
  asked: number;
  /** The last object of the feeds was put. */
  put: number;
}

const tasks = new AsyncLocalStorage<Task & { level: number }>();

/** Does some work and notes its requests. Its steps are to be sequential, each one request or several at once. */
export async function noted(work: () => Promise<unknown>): Promise<Task> {
  const task = { calls: [], begun: performance.now(), asked: 0, put: 0, level: 0 };
  await tasks.run(task, work);
  return task;
}

async function note<T>(ask: Ask, call: () => Promise<T>): Promise<T> {
  const task = tasks.getStore();
  if (!task) return call();
  const level = task.level + 1;
  task.calls.push({ ...ask, level });
  try {
    return await call();
  } finally {
    task.level = Math.max(task.level, level);
    if (ask.verb === 'send') task.asked = performance.now();
    if (ask.verb === 'put' && ask.bucket === 'feeds') task.put = performance.now();
  }
}

/** The store, of which each call is noted in the piece of work that makes it. */
export function notedStore(store: Store, bucket: Bucket): Store {
  return {
    get: (key) => note({ verb: 'get', bucket, key }, () => store.get(key)),
    head: (key) => note({ verb: 'head', bucket, key }, () => store.head(key)),
    delete: (key) => note({ verb: 'delete', bucket, key }, () => store.delete(key)),
    put: (key, body, condition, headers) =>
      note({ verb: 'put', bucket, key, body, condition, headers }, () =>
        store.put(key, body, condition, headers),
      ),
    list: (key, options) =>
      note({ verb: 'list', bucket, key, options }, () => store.list(key, options)),
  };
}

/** The queue, of which each request to refresh is noted, and told to `asked`. */
export function notedQueue(queue: Queue, asked: (selections: Selection[]) => void): Queue {
  return {
    ...queue,
    refresh: (selections) => {
      asked(selections);
      return note({ verb: 'send', selections }, () => queue.refresh(selections));
    },
  };
}
