import { describe, expect, test } from 'vitest';
import { crampedBuild } from '../faults/full-disk.ts';
import { whyNoDisk } from '../faults/small-disk.ts';

const why = whyNoDisk();
if (why) console.log(`skipped, for no disk can be mounted here: ${why}`);

describe.skipIf(why)('a build', () => {
  test.each(['out', 'state', 'both', 'alone'] as const)(
    'on a full disk (%s) says so, and heals',
    async (onDisk) => {
      const { status, err, wrong } = await crampedBuild(
        onDisk,
        ({ bytes }) => `size=${bytes + 8_000}`,
      );
      expect(wrong).toEqual([]);
      expect(status).toBe(1);
      expect(err).toMatch(/cannot write \/.+: the disk is full: make room/);
      expect(err).toMatch(/then build again\n$/);
    },
  );
  test('on a disk with no room for one more file says so, and heals', async () => {
    const { status, err, wrong } = await crampedBuild(
      'both',
      ({ inodes }) => `nr_inodes=${inodes + 1}`,
    );
    expect(wrong).toEqual([]);
    expect(status).toBe(1);
    expect(err).toMatch(/cannot write \/.+: the disk is full: make room/);
  });
  test('on a disk that can only be read says so, and heals', async () => {
    const { status, err, wrong } = await crampedBuild('both', () => 'ro');
    expect(wrong).toEqual([]);
    expect(status).toBe(1);
    expect(err).toMatch(/cannot write \/.+: the disk can only be read/);
  });
});
