import { parseArgs } from 'node:util';
import { chaos } from '../test/chaos/chaos.ts';

/** `npm run chaos -- --minutes 10 --seed 1`: see test/chaos/chaos.ts. Exits with 1 if anything is left wrong, or if a fault never happened. */

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
  },
});
const [minutes, seed] = [Number(values.minutes), Number(values.seed)];
if (!(minutes > 0) || !Number.isInteger(seed))
  throw new Error('--minutes is a number above 0, --seed a whole number');

const started = Date.now();
const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`.padStart(6);
const outcome = await chaos({ minutes, seed }, (line) => console.log(`${seconds()}  ${line}`));
const { wrong, dead, leftToSync, counts, missing, quietAfter } = outcome;
for (const [what, times] of Object.entries(counts).sort()) console.log(`${times}\t${what}`);
for (const one of wrong) console.log(`WRONG ${one.slice(0, 1000)}`);
for (const one of dead) console.log(`DEAD ${one}`);
for (const one of missing) console.log(`MISSING ${one}: it never happened`);
console.log(
  `seed ${seed}, ${minutes} min of trouble: quiet after ${quietAfter} s; ${wrong.length} differences from a fresh build, ${dead.length} dead letters, ${leftToSync} records left to sync`,
);
process.exit(wrong.length + dead.length + missing.length > 0 ? 1 : 0);
