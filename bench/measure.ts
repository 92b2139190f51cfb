/** What a process costs. */
import { spawnSync } from 'node:child_process';
import { loadavg } from 'node:os';
import { machine } from './print.ts';

/** Seconds of wall time and of processor time, and megabytes at most, of one process and its children. */
export interface Figures {
  wall: number;
  processor: number;
  memory: number;
}

/** A process to start directly. */
export interface Command {
  command: string;
  args: string[];
  cwd?: string;
}

/** Runs a process to its end; throws if it fails. Needs Debian's package time. */
export function timed({ command, args, cwd }: Command): Figures {
  const begun = performance.now();
  const run = spawnSync('/usr/bin/time', ['-f', '%U %S %M', command, ...args], {
    cwd,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const wall = (performance.now() - begun) / 1000;
  if (run.error) throw run.error;
  if (run.status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${run.stderr}`);
  const last = run.stderr.trim().split('\n').at(-1)!;
  const [user, system, kilobytes] = last.split(' ').map(Number);
  return { wall, processor: user! + system!, memory: kilobytes! / 1024 };
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
}

/** The median of each figure. */
export function medians(runs: Figures[]): Figures {
  const of = (what: keyof Figures) => median(runs.map((run) => run[what]));
  return { wall: of('wall'), processor: of('processor'), memory: of('memory') };
}

/** The machine, and what else it does: above one process for each of its processors, times are too long. */
export function circumstances(): string {
  return `${machine()}; load ${loadavg()[0]!.toFixed(1)}`;
}
