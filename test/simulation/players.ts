import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type Account, add } from './simulate.ts';

/** Histories dealt to several threads, so that all processors play. */

export interface Search {
  seed: number;
  runs: number;
  /** Threads. */
  jobs: number;
  /** A safeguard to switch off. */
  without?: string | undefined;
  onProgress?: (played: number) => void;
}

export interface Found extends Account {
  /** Of the history that went wrong: see `simulate.ts`. */
  shortest?: string;
}

/** Histories in one hand: few enough that all threads end together. */
const hand = 50;

/** Plays until a history goes wrong: the first, whatever the number of threads; and shrinks it, if wanted. */
export async function search(wanted: Search, isShrunk: boolean): Promise<Found> {
  const { seed, runs, jobs, without, onProgress = () => {} } = wanted;
  const players = Array.from(
    { length: jobs },
    () => new Worker(new URL('player.ts', import.meta.url), { workerData: { without } }),
  );
  const all: Account = { runs: 0, coverage: new Map(), transient: new Map(), assumed: 0 };
  let next = seed;
  const plays = players.map(async (player) => {
    // Hands are dealt in order and played out, so none before the first that goes wrong is left.
    while (next < seed + runs && !all.wrong) {
      const first = next;
      next += hand;
      const work = { seed: first, runs: Math.min(hand, seed + runs - first) };
      const account: Account = await ask(player, work);
      add(all, account);
      onProgress(all.runs);
    }
  });
  try {
    await Promise.all(plays);
    const { wrong } = all;
    if (!wrong || !isShrunk) return all;
    return { ...all, shortest: await ask(players[0]!, { work: 'shrink', seed: wrong.seed }) };
  } finally {
    await Promise.all(players.map((player) => player.terminate()));
  }
}

/** Throws what the thread throws. */
async function ask<Answer>(player: Worker, work: object): Promise<Answer> {
  player.postMessage(work);
  const [answer] = await once(player, 'message');
  return answer;
}
