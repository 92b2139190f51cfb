import { registerHooks } from 'node:module';
import { parseArgs } from 'node:util';
import { mutate, mutations } from '../test/simulation/mutations.ts';

/**
 * `npm run simulate -- --runs N [--seed S] [--without SAFEGUARD]`: plays N histories, from seed S
 * on, and shows the first that goes wrong, shrunk. Without a safeguard, one is meant to.
 */
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    without: { type: 'string' },
    list: { type: 'boolean' },
  },
});

if (values.list) console.log(Object.keys(mutations).join('\n'));
else {
  const without = values.without === undefined ? undefined : mutate(values.without, registerHooks);
  const { simulate } = await import('../test/simulation/simulate.ts');
  const isRight = await simulate({
    runs: Number(values.runs),
    seed: Number(values.seed),
    ...(without ? { terms: without } : {}),
  });
  process.exitCode = isRight ? 0 : 1;
}
