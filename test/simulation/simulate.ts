import type { Fault } from './calls.ts';
import { historyOf, type Scene } from './history.ts';
import type { Terms } from './queues.ts';
import { shrink } from './shrink.ts';
import type { Moments } from './transience.ts';
import { play } from './world.ts';

/** Many histories, with an account of what befell them. */

/** Which histories are played, and how. */
export interface Histories {
  /** Seed of the first; the others have those that follow. */
  seed: number;
  runs: number;
  terms?: Partial<Terms>;
  /** Each history has this scene, and these kinds of faults. */
  scene?: Scene | undefined;
  kinds?: readonly Fault[] | undefined;
}

export interface Account {
  runs: number;
  /** `<fault> @ <call>` → times. */
  coverage: Map<string, number>;
  /** What readers saw that was wrong for a moment. */
  transient: Map<string, Moments>;
  /** Late puts that were assumed away: see `calls.ts`. */
  assumed: number;
  /** The first that went wrong, and how. */
  wrong?: { seed: number; divergences: string[] };
}

/** Plays histories until one goes wrong. */
export async function simulate({ seed: first, runs, terms = {}, scene, kinds }: Histories) {
  const account: Account = { runs: 0, coverage: new Map(), transient: new Map(), assumed: 0 };
  for (let seed = first; seed < first + runs; seed++) {
    const outcome = await play({ seed, acts: historyOf(seed, scene), kinds, terms });
    const { coverage, transient, assumed, divergences } = outcome;
    add(account, { runs: 1, coverage, transient, assumed });
    if (divergences.length > 0) return { ...account, wrong: { seed, divergences } };
  }
  return account;
}

/** The shortest history like that of a seed that still goes wrong, as text: its acts, calls and faults, and how. */
export async function shortest({ seed, terms = {}, scene, kinds }: Histories): Promise<string> {
  const wrong = { seed, acts: historyOf(seed, scene), kinds, terms };
  const best = { ...(await shrink(wrong, play)), traced: true };
  const { trace, divergences } = await play(best);
  return [
    `shrunk to ${best.acts.length} acts and ${best.faults!.size} faults:`,
    ...trace,
    '',
    ...divergences,
  ].join('\n');
}

/** Adds one account to another; of two that went wrong the one with the lower seed is kept. */
export function add(to: Account, from: Account): void {
  if (from.wrong && !(to.wrong && to.wrong.seed < from.wrong.seed)) to.wrong = from.wrong;
  to.runs += from.runs;
  to.assumed += from.assumed;
  for (const [key, count] of from.coverage)
    to.coverage.set(key, (to.coverage.get(key) ?? 0) + count);
  for (const [kind, { count, longest }] of from.transient) {
    const known = to.transient.get(kind) ?? { count: 0, longest: 0 };
    to.transient.set(kind, {
      count: known.count + count,
      longest: Math.max(known.longest, longest),
    });
  }
}

/** What befell the histories and what readers saw for a moment, as tables. */
export function report({ coverage, transient, assumed }: Account): string {
  return [
    table(coverage),
    '',
    'seen for a moment, and why (docs/decisions/0005-simulation.md):',
    moments(transient),
    '',
    `late puts assumed away (docs/decisions/0005-simulation.md): ${assumed}`,
  ].join('\n');
}

/** What was wrong for a moment: how often, and for how many seconds until that feed was put again. */
function moments(transient: ReadonlyMap<string, Moments>): string {
  const lines = [...transient].sort().map(([kind, { count, longest }]) => {
    const seconds = Math.round(longest / 1000);
    return `${String(count).padStart(8)}${String(seconds).padStart(8)} s  ${kind}`;
  });
  return ['   times longest', ...lines].join('\n');
}

/** Faults by kind across, calls by kind down. */
function table(coverage: ReadonlyMap<string, number>): string {
  const cells = [...coverage].map(([key, count]) => ({ pair: key.split(' @ '), count }));
  const across = [...new Set(cells.map(({ pair }) => pair[0]!))].sort();
  const down = [...new Set(cells.map(({ pair }) => pair[1]!))].sort();
  const lines = down.map((call) =>
    [call.padEnd(16), ...across.map((fault) => coverage.get(`${fault} @ ${call}`) ?? 0)].join('\t'),
  );
  const sums = across.map((fault) =>
    cells.filter(({ pair }) => pair[0] === fault).reduce((sum, { count }) => sum + count, 0),
  );
  return [
    ['faults'.padEnd(16), ...across].join('\t'),
    ...lines,
    ['in all'.padEnd(16), ...sums].join('\t'),
  ].join('\n');
}
