import { expect, test } from 'vitest';
import { killedBuilds } from '../faults/killed.ts';
import { buildsTogether } from '../faults/together.ts';

/** A few of what `npm run test:faults` does many times. */

test('builds that are killed leave nothing half-written, and nothing that the next one does not mend', async () => {
  const { wrong } = await killedBuilds(2, 7, true);
  expect(wrong).toEqual([]);
});

test('builds that are started while others are at work end as one would alone', async () => {
  expect(await buildsTogether(1, 1, true)).toEqual([]);
});
