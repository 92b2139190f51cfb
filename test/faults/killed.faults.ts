import { expect, test } from 'vitest';
import { killedBuilds } from './killed.ts';

test.each([
  ['with --state', true],
  ['without --state', false],
])(
  'builds %s, killed at 30 moments, leave nothing that the next one does not mend',
  async (_, hasState) => {
    const { died, wrong } = await killedBuilds(30, 1, hasState);
    expect(wrong).toEqual([]);
    expect(died).toBeGreaterThan(20);
  },
);
