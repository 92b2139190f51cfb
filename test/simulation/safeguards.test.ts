import { describe, expect, test } from 'vitest';
import { mutations, sourcesWithout } from './mutations.ts';
import { search } from './players.ts';

describe('without', () => {
  // From a seed that missed each when this was written; `npm run simulate -- --safeguards` starts at 1.
  test.concurrent.each(Object.entries(mutations).map(([name, { seed }]) => [name, seed] as const))(
    '%s a history goes wrong',
    async (without, seed) => {
      const { wrong } = await search({ seed, runs: 3000, jobs: 1, without }, false);
      expect(wrong).toBeDefined();
    },
    120_000,
  );

  test('the settled flag the shortest history that goes wrong is told', async () => {
    const { seed } = mutations['settled flag']!;
    const { shortest } = await search({ seed, runs: 3000, jobs: 1, without: 'settled flag' }, true);
    expect(shortest).toMatch(/^shrunk to \d+ acts and \d+ faults:\n.*publisher/);
  }, 120_000);

  test.each(Object.keys(mutations))('%s the source can still be loaded', (name) => {
    expect(() => sourcesWithout(name)).not.toThrow();
  });
});
