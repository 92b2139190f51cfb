import { spawnSync } from 'node:child_process';
import { registerHooks } from 'node:module';
import { parseArgs } from 'node:util';
import { mutate, mutations } from '../test/simulation/mutations.ts';

/**
 * `npm run simulate -- --runs N [--seed S] [--without SAFEGUARD] [--brief]`: plays N histories, from
 * seed S on, and shows the first that goes wrong, shrunk unless brief. Without a safeguard, one is
 * meant to. `--safeguards` switches off each in turn, and fails if
 * one is not missed in N histories: 4,000 are enough, and take about ten minutes.
 */
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    without: { type: 'string' },
    brief: { type: 'boolean', default: false },
    safeguards: { type: 'boolean', default: false },
  },
});

if (values.safeguards) process.exitCode = missed() ? 0 : 1;
else {
  const terms = values.without === undefined ? {} : mutate(values.without, registerHooks);
  // Loaded only now: what a mutation changes is changed as it is loaded.
  const { simulate } = await import('../test/simulation/simulate.ts');
  const [runs, seed] = [Number(values.runs), Number(values.seed)];
  const scene = mutations[values.without ?? '']?.scene;
  process.exitCode = (await simulate({ runs, seed, terms, scene, isBrief: values.brief })) ? 0 : 1;
}

/** True if each safeguard, switched off, is missed. */
function missed(): boolean {
  let all = true;
  for (const [name, { why }] of Object.entries(mutations)) {
    const given = ['--runs', values.runs, '--seed', values.seed, '--brief', '--without', name];
    const { stdout, stderr } = spawnSync(process.execPath, [import.meta.filename, ...given]);
    const seed = /^seed (\d+) diverges/.exec(`${stdout}`)?.[1];
    console.log(`${seed ? `missed by seed ${seed}` : 'NOT MISSED'}: ${name}\n    (${why})`);
    if (`${stderr}`) console.log(`${stderr}`);
    all &&= seed !== undefined;
  }
  return all;
}
