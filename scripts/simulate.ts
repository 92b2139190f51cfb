import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { mutations } from '../test/simulation/mutations.ts';
import { type Search, search } from '../test/simulation/players.ts';
import { report } from '../test/simulation/simulate.ts';

/**
 * `npm run simulate -- --runs N [--seed S] [--jobs J] [--without SAFEGUARD] [--brief]`: plays N
 * histories from seed S on, on J threads, and shows the first that goes wrong, shrunk unless brief.
 * Without a safeguard, one is meant to. `--safeguards` switches off each in turn, shows the
 * shortest history that misses it, and fails if one is not missed in N histories.
 */
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    jobs: { type: 'string', default: `${availableParallelism()}` },
    without: { type: 'string' },
    brief: { type: 'boolean', default: false },
    safeguards: { type: 'boolean', default: false },
  },
});
const [runs, seed, jobs] = [values.runs, values.seed, values.jobs].map(Number) as [
  number,
  number,
  number,
];
const isShrunk = !values.brief;

if (values.safeguards) {
  const missed: boolean[] = [];
  for (const safeguard of Object.keys(mutations)) missed.push(await isMissed(safeguard));
  process.exitCode = missed.includes(false) ? 1 : 0;
} else {
  const { without } = values;
  process.exitCode = (await isRight({ seed, runs, jobs, without, onProgress: progress() })) ? 0 : 1;
}

/** Plays and tells; true if no history goes wrong. */
async function isRight(wanted: Search): Promise<boolean> {
  const found = await search(wanted, isShrunk);
  const { wrong, shortest } = found;
  if (!wrong) {
    console.log(`${found.runs} histories from seed ${seed}: no divergence\n\n${report(found)}`);
    return true;
  }
  console.log(`seed ${wrong.seed} diverges, after ${wrong.seed - seed} that do not:`);
  for (const one of wrong.divergences) console.log(`  ${one.split('\n')[0]}`);
  if (shortest !== undefined) console.log(`\n${shortest}`);
  return false;
}

/** Plays without a safeguard; true if a history goes wrong. */
async function isMissed(without: string): Promise<boolean> {
  const { wrong, shortest } = await search({ seed, runs, jobs, without }, isShrunk);
  const how = wrong ? `missed by seed ${wrong.seed}` : 'NOT MISSED';
  console.log(`== ${how}: ${without}\n   (${mutations[without]!.why})\n`);
  if (shortest !== undefined) console.log(`${essence(shortest)}\n`);
  return wrong !== undefined;
}

/** Of a shrunk history what publishers did, what went wrong, and what came of it. */
function essence(shortest: string): string {
  const [head = '', ...lines] = shortest.split('\n');
  const end = lines.indexOf('');
  const events = lines.slice(0, end).filter((line) => / publisher | {2}!! |\(late\)/.test(line));
  const wrong = lines
    .slice(end + 1)
    .filter((line) => /^\S.*(is|are|was|should|differs|:)/.test(line));
  return [head, ...events, ...wrong.slice(0, 8)].join('\n');
}

/** Of a long run, every tenth of it. */
function progress(): (played: number) => void {
  let told = 0;
  return (played) => {
    const tenth = Math.floor((10 * played) / runs);
    if (runs >= 10_000 && tenth > told) console.error(`${played} of ${runs} histories`);
    told = Math.max(told, tenth);
  };
}
