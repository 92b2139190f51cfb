import { describe, expect, test } from 'vitest';
import { simulated } from './child.ts';
import { mutations, sourcesWithout } from './mutations.ts';

describe('without', () => {
  // Those missed soon; `npm run simulate -- --safeguards --runs 4000` shows all of them needed.
  test.concurrent.each([
    'conditional write of the entry',
    'version in entry and marker',
    'settled flag',
    'due check',
    'asking for lost selections',
    'delay longer than the window',
    'an older marker counts as well',
    'a row that says whether the directory was told',
    'removing the marks of a version told late',
    'older marks removed before the request',
  ])(
    '%s a history goes wrong',
    async (safeguard) => {
      const { output } = await simulated('--runs', '400', '--brief', '--without', safeguard);
      expect(output).toMatch(/^seed \d+ diverges/);
    },
    60_000,
  );

  test.each(Object.keys(mutations))('%s the source can still be loaded', (name) => {
    expect(() => sourcesWithout(name)).not.toThrow();
  });
});
