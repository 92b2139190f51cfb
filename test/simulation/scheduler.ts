/**
 * Virtual time: a heap of things to happen. One happens at a time, and the next only when nothing
 * in the program moves any more, so that the order of all that awaits is the heap's own.
 */
export interface Scheduler {
  /** Epoch milliseconds. */
  now(): number;
  /** Lets something happen `delay` milliseconds from now. */
  after(delay: number, happen: () => unknown): void;
  /** Lets everything happen that is to happen, and all that follows from it. */
  run(): Promise<void>;
}

interface Happening {
  time: number;
  /** Of two at one time, the one planned first comes first. */
  number: number;
  happen: () => unknown;
}

export function scheduler(start: number, limit = 200_000): Scheduler {
  const heap: Happening[] = [];
  let now = start;
  let planned = 0;
  let happened = 0;
  return {
    now: () => now,
    after: (delay, happen) => push(heap, { time: now + delay, number: planned++, happen }),
    run: async () => {
      for (let next = pop(heap); next; next = pop(heap)) {
        if (++happened > limit) throw new Error(`nothing comes to rest within ${limit} steps`);
        now = Math.max(now, next.time);
        next.happen();
        // Every microtask runs before this: the program has come to a stop.
        await new Promise(setImmediate);
      }
    },
  };
}

function before(a: Happening, b: Happening): boolean {
  return a.time < b.time || (a.time === b.time && a.number < b.number);
}

function push(heap: Happening[], added: Happening): void {
  let at = heap.push(added) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!before(added, heap[parent]!)) break;
    heap[at] = heap[parent]!;
    at = parent;
  }
  heap[at] = added;
}

function pop(heap: Happening[]): Happening | undefined {
  const top = heap[0];
  const last = heap.pop();
  if (!top || !last || heap.length === 0) return top;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
    if (!before(heap[child]!, last)) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = last;
  return top;
}
