import { describe, expect, test } from 'vitest';
import { killedBuilds } from './killed.ts';
import { buildsTogether } from './together.ts';

describe.each([
  ['with --state', true],
  ['without --state', false],
])('builds %s', (_, hasState) => {
  test('that are killed at 15 moments leave nothing half-written that the next does not mend', async () => {
    const { died, wrong } = await killedBuilds(15, 1, hasState);
    expect(wrong).toEqual([]);
    expect(died).toBeGreaterThan(8);
  });

  test('that overlap, or are suspended, end as one would alone', async () => {
    expect(await buildsTogether(3, 2, hasState)).toEqual([]);
  });
});
