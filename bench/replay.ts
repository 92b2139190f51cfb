import { NotFound } from '../src/errors.ts';
import { directory, type Selection } from '../src/keys.ts';
import { turns } from '../src/store/s3-turns.ts';
import { getIfThere, type Store } from '../src/store/store.ts';
import { type Bucket, buckets, type Call, type Task } from './calls.ts';

/** What requests are made through. */
export interface Requests {
  stores: Record<Bucket, Store>;
  /** Asks for refreshes, in one request. */
  refresh(selections: Selection[]): Promise<void>;
}

/** As S3Store: requests to one bucket at once. */
const width = 64;

/**
 * Makes the requests of a piece of work once more, without the work, in the order of its levels.
 * Reads are the same ones, in the same large bucket; what is written goes to keys of its own beside,
 * which begin with `mark`, so that what the work wrote stays, and is read from there.
 */
export function replayer({ stores, refresh }: Requests, mark: string) {
  /** Key of ours → ETag. */
  const etags = Object.fromEntries(
    buckets.map((one) => [one, new Map<string, string>()]),
  ) as Record<Bucket, Map<string, string>>;
  const inTurn = Object.fromEntries(buckets.map((one) => [one, turns(width)]));
  return { prepare, replay };

  /** Gives keys that a task replaces on condition an object to replace, which the work had. */
  async function prepare({ calls }: Task): Promise<void> {
    for (const call of calls)
      if (call.verb === 'put' && call.condition && 'update' in call.condition) {
        const { bucket, key, headers } = call;
        if (!etags[bucket].has(own(key)))
          await put({ ...call, body: '-', condition: undefined, headers });
      }
  }

  /** Tells when it had sent the last request to refresh, and put the last object of the feeds. */
  async function replay({ calls }: Task): Promise<Omit<Task, 'calls'>> {
    const times = { begun: performance.now(), asked: 0, put: 0 };
    const last = calls.at(-1)?.level ?? 0;
    for (let level = 1; level <= last; level++)
      await Promise.all(
        calls
          .filter((call) => call.level === level)
          .map(async (call) => {
            await make(call);
            if (call.verb === 'send') times.asked = performance.now();
            if (call.verb === 'put' && call.bucket === 'feeds') times.put = performance.now();
          }),
      );
    return times;
  }

  function make(call: Call): Promise<unknown> {
    if (call.verb === 'send') return refresh(call.selections);
    return inTurn[call.bucket]!(() => ask(call));
  }

  async function ask(call: Exclude<Call, { verb: 'send' }>): Promise<unknown> {
    const { bucket, key } = call;
    const store = stores[bucket];
    const written = etags[bucket];
    switch (call.verb) {
      case 'list':
        return store.list(key, call.options);
      case 'get':
        return getIfThere(store, written.has(own(key)) ? own(key) : key);
      case 'head':
        return store.head(written.has(own(key)) ? own(key) : key).catch(ifMissing);
      case 'delete':
        written.delete(own(key));
        return store.delete(own(key));
      case 'put':
        return put(call);
    }
  }

  async function put({ bucket, key, body, condition, headers }: Put): Promise<void> {
    const written = etags[bucket];
    const held = written.get(own(key));
    const updates = condition && 'update' in condition && held !== undefined;
    const creates = condition && 'create' in condition && held === undefined;
    const asked = updates ? { update: held } : creates ? ({ create: true } as const) : undefined;
    const { etag } = await stores[bucket].put(own(key), body, asked, headers);
    written.set(own(key), etag);
  }

  /** Beside the key that the work writes, and after all others. */
  function own(key: string): string {
    return `~${mark}/${key}`;
  }
}

type Put = Omit<Extract<Call, { verb: 'put' }>, 'level' | 'verb'>;

function ifMissing(error: unknown): undefined {
  if (!(error instanceof NotFound)) throw error;
}

/** Round trips until the last request to refresh, or the last object of the feeds; the directory apart. */
export function tripsOf({ calls }: Task, until: 'asked' | 'put'): number {
  const levels = calls.flatMap((call) => {
    const isAsked = call.verb === 'send' && !call.selections.includes(directory);
    const isPut = call.verb === 'put' && call.bucket === 'feeds';
    return (until === 'asked' ? isAsked : isPut) ? [call.level] : [];
  });
  return Math.max(0, ...levels);
}
