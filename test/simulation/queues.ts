import type { Selection } from '../../src/keys.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';

/** SQS as its documentation has it: at least once, in no order, with visibility time-outs and dead letters. */

/** What the queues promise; a mutation takes one of these promises away. */
export interface Terms {
  /** Milliseconds for which a refresh waits in its queue. */
  delay: number;
  /** Milliseconds within which requests for one selection are one. */
  window: number;
  /** One refresh of a selection at a time. */
  fifo: boolean;
  /** Milliseconds for which a selection rests after a refresh that failed: a put may be in flight. */
  rest: number;
  /** Milliseconds after the due time at which a schedule fires at the earliest. */
  margin: number;
}

export const promised: Terms = {
  delay: 5000,
  window: 2000,
  fifo: true,
  rest: 60_000,
  margin: 5000,
};

export const visibility = 360_000;
const maxReceives = 10;
/** From the fifth time on nothing goes wrong: what then ends as a dead letter had no way to succeed. */
export const patience = 4;

export interface Message<Body> {
  body: Body;
  receives: number;
  done: boolean;
}

/** Works on what was received; resolves when it is done, rejects when it failed, may never end. */
export type Receive<Body> = (body: Body, receives: number) => Promise<void>;

export interface StandardQueue<Body> {
  send(body: Body): void;
  deadLetters: Body[];
}

export function standardQueue<Body>(
  { after }: Scheduler,
  chances: Random,
  receive: Receive<Body>,
): StandardQueue<Body> {
  const deadLetters: Body[] = [];
  /** Part of the messages that are delivered twice within seconds: in some histories many. */
  const twice = chances.pick([0.04, 0.04, 0.04, 0.4]);
  return { send, deadLetters };

  function send(body: Body): void {
    const message = { body, receives: 0, done: false };
    after(chances.next() * 50, () => deliver(message));
    if (chances.chance(twice)) after(chances.next() * 9000, () => deliver(message));
    // Also when it was deleted: deletion of a message may be missed by a server.
    if (chances.chance(0.01)) {
      const again = { body, receives: 0, done: false };
      after(chances.next() * 4 * 3_600_000, () => deliver(again));
    }
  }

  function deliver(message: Message<Body>): void {
    if (message.done) return;
    if (message.receives >= maxReceives) {
      message.done = true;
      deadLetters.push(message.body);
      return;
    }
    const mine = ++message.receives;
    const isHeld = () => !message.done && message.receives === mine;
    after(visibility, () => isHeld() && deliver(message));
    receive(message.body, mine).then(
      // An acknowledgement may be lost, and an old receipt may do or not.
      () => {
        if (isHeld() ? chances.chance(0.97) : chances.chance(0.5)) message.done = true;
      },
      () => isHeld() && after(1000 * 2 ** Math.min(mine, 5), () => isHeld() && deliver(message)),
    );
  }
}

export interface FifoQueue {
  send(selection: Selection, deduplication: string): void;
  deadLetters: Selection[];
  /** Requests that another one absorbed. */
  absorbed(): number;
}

interface Group {
  waiting: (Message<Selection> & { visible: number })[];
  /** Counts batches: an older one's end changes nothing. */
  batch: number;
  busy: boolean;
}

export function fifoQueue(
  { after, now }: Scheduler,
  terms: Terms,
  chances: Random,
  receive: Receive<Selection>,
): FifoQueue {
  const groups = new Map<Selection, Group>();
  const sent = new Map<string, number>();
  const deadLetters: Selection[] = [];
  let absorbed = 0;
  return { send, deadLetters, absorbed: () => absorbed };

  function send(selection: Selection, deduplication: string): void {
    // SQS remembers an id for five minutes, also when its message was received long since.
    if (now() - (sent.get(deduplication) ?? Number.NEGATIVE_INFINITY) < 300_000) {
      absorbed++;
      return;
    }
    sent.set(deduplication, now());
    const group = groups.get(selection) ?? { waiting: [], batch: 0, busy: false };
    groups.set(selection, group);
    const message = { body: selection, receives: 0, done: false, visible: now() + terms.delay };
    group.waiting.push(message);
    after(terms.delay, () => pump(group));
  }

  function pump(group: Group): void {
    if (group.busy && terms.fifo) return;
    const batch: Group['waiting'] = [];
    for (const message of group.waiting) {
      if (batch.length === 10) break;
      if (message.visible <= now()) batch.push(message);
      else if (terms.fifo) break;
    }
    const exhausted = batch.filter((one) => one.receives >= maxReceives);
    deadLetters.push(...exhausted.map((one) => one.body));
    finish(group, exhausted);
    const taken = batch.filter((one) => one.receives < maxReceives);
    if (taken.length > 0) work(group, taken);
  }

  function work(group: Group, taken: Group['waiting']): void {
    const mine = ++group.batch;
    group.busy = true;
    for (const one of taken) {
      one.receives++;
      one.visible = now() + visibility;
    }
    const isHeld = () => group.busy && group.batch === mine;
    const release = (wait: number) => {
      for (const one of taken) one.visible = now() + wait;
      after(wait, () => pump(group));
      if (isHeld()) group.busy = false;
    };
    after(visibility, () => isHeld() && release(0));
    receive(taken[0]!.body, Math.max(...taken.map((one) => one.receives))).then(
      () => {
        // The acknowledgement may be lost: then the messages stay hidden, and their group waits.
        if (!isHeld() && terms.fifo) return;
        if (isHeld() && chances.chance(0.02)) return;
        finish(group, taken);
        if (isHeld()) group.busy = false;
        pump(group);
      },
      () => isHeld() && release(terms.rest),
    );
  }

  function finish(group: Group, done: Group['waiting']): void {
    group.waiting = group.waiting.filter((one) => !done.includes(one));
  }
}
