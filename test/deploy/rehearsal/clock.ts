import { closeSync, openSync, readSync, writeSync } from 'node:fs';

/**
 * The rig's time, which the queues and every function tell: nobody's clock is ahead of another's.
 * A wait of an hour is one step. While there is work it passes slowly, for AWS has more cores than
 * this machine, and what takes minutes here takes seconds there.
 */

/** Seconds of the rig's time in a second of work. */
const pace = 0.1;

/** What the file holds, in epoch milliseconds: when the clock was started, and what was skipped since. */
const held = new Float64Array(2);
const RealDate = Date;

/** Makes `Date` of this process tell the time that is kept in a file, until `restore`. */
export function tellTimeOf(file: string): { restore(): void } {
  const descriptor = openSync(file, 'r');
  const now = () => {
    readSync(descriptor, held, 0, held.byteLength, 0);
    const [start, skipped] = held as unknown as [number, number];
    return Math.floor(start + (RealDate.now() - start) * pace + skipped);
  };
  const Told = new Proxy(RealDate, {
    construct: (real, given, target) =>
      Reflect.construct(real, given.length > 0 ? given : [now()], target),
    get: (real, property, receiver) =>
      property === 'now' ? now : Reflect.get(real, property, receiver),
  });
  globalThis.Date = Told;
  return {
    restore: () => {
      globalThis.Date = RealDate;
      closeSync(descriptor);
    },
  };
}

interface Alarm {
  at: number;
  ring(): void;
  timer: NodeJS.Timeout;
}

/** A time that can be wound forward. */
export interface Clock {
  file: string;
  /** Epoch milliseconds. */
  now(): number;
  /** When the next alarm is set for. */
  next(): number | undefined;
  /** Rings after so many of its milliseconds; returns what takes the alarm back. */
  after(milliseconds: number, ring: () => void): () => void;
  /** Skips to this time; rings what is due. */
  windTo(time: number): void;
  close(): void;
}

/** Starts a clock that this process, and whoever reads its file, tells the time by. */
export function startClock(file: string): Clock {
  const descriptor = openSync(file, 'w');
  const start = RealDate.now();
  writeSync(descriptor, new Float64Array([start, 0]));
  const told = tellTimeOf(file);
  const alarms = new Set<Alarm>();
  let skipped = 0;
  return {
    file,
    now: () => Date.now(),
    next: () => (alarms.size === 0 ? undefined : Math.min(...[...alarms].map(({ at }) => at))),
    after: (milliseconds, ring) => {
      const go = () => {
        forget();
        ring();
      };
      const alarm = {
        at: Date.now() + milliseconds,
        ring: go,
        timer: setTimeout(go, milliseconds / pace),
      };
      const forget = () => {
        clearTimeout(alarm.timer);
        alarms.delete(alarm);
      };
      alarms.add(alarm);
      return forget;
    },
    windTo: (time) => {
      skipped += Math.max(0, time - Date.now());
      writeSync(descriptor, new Float64Array([start, skipped]), 0, held.byteLength, 0);
      for (const alarm of [...alarms]) if (alarm.at <= Date.now()) alarm.ring();
    },
    close: () => {
      for (const { timer } of alarms) clearTimeout(timer);
      told.restore();
      closeSync(descriptor);
    },
  };
}
