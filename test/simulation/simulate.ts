import { historyOf, type Scene } from './history.ts';
import type { Terms } from './queues.ts';
import { shrink } from './shrink.ts';
import type { Moments } from './transience.ts';
import { play } from './world.ts';

/** Many histories, with an account of what befell them. */

export interface Simulation {
  runs: number;
  /** Of the first history; the others have those that follow. */
  seed: number;
  terms?: Partial<Terms>;
  /** Each history has this scene. */
  scene?: Scene | undefined;
  /** Shows the seed that goes wrong and what is, without shrinking. */
  isBrief?: boolean;
  print?: (line: string) => void;
}

/** Plays until one history goes wrong, and shows it shrunk; true if none does. */
export async function simulate({
  runs,
  seed: first,
  terms = {},
  scene,
  isBrief = false,
  print = console.log,
}: Simulation): Promise<boolean> {
  const coverage = new Map<string, number>();
  const transient = new Map<string, Moments>();
  let assumed = 0;
  for (let seed = first; seed < first + runs; seed++) {
    const wrong = { seed, acts: historyOf(seed, scene), terms };
    const outcome = await play(wrong);
    add(coverage, outcome.coverage);
    for (const [kind, moments] of outcome.transient) addMoments(transient, kind, moments);
    assumed += outcome.assumed;
    if (outcome.divergences.length > 0) {
      print(`seed ${seed} diverges, after ${seed - first} that do not:`);
      print(outcome.divergences.map((one) => `  ${one.split('\n')[0]}`).join('\n'));
      if (isBrief) return false;
      const shortest = { ...(await shrink(wrong, play)), traced: true };
      const shown = await play(shortest);
      print(`\nshrunk to ${shortest.acts.length} acts and ${shortest.faults!.size} faults:`);
      print(shown.trace.join('\n'));
      print(`\n${shown.divergences.join('\n')}`);
      return false;
    }
  }
  print(`${runs} histories from seed ${first}: no divergence\n`);
  print(table(coverage));
  print(`\nseen for a moment:`);
  print(moments(transient));
  print(`\nlate puts assumed away (docs/decisions/0005-simulation.md): ${assumed}`);
  return true;
}

function add(to: Map<string, number>, from: ReadonlyMap<string, number>): void {
  for (const [key, count] of from) to.set(key, (to.get(key) ?? 0) + count);
}

function addMoments(to: Map<string, Moments>, kind: string, { count, longest }: Moments): void {
  const known = to.get(kind) ?? { count: 0, longest: 0 };
  to.set(kind, { count: known.count + count, longest: Math.max(known.longest, longest) });
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
