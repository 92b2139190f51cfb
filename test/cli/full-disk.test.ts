import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { crampedBuild } from '../faults/full-disk.ts';
import { smallDisk, whyNoDisk } from '../faults/small-disk.ts';
import { folderWith, tidings } from './terminal.ts';

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

  test('leaves the settings as they were where new ones do not fit', async () => {
    const disk = smallDisk('size=64k');
    try {
      const file = join(disk.folder, 'tidings.yml');
      writeFileSync(file, 'url: https://blog.example\n');
      writeFileSync(join(disk.folder, 'fill'), 'x'.repeat(60 * 1024));
      const { status, err } = await tidings('init', folderWith({}), '--out', file, '--force');
      expect([status, err]).toEqual([2, expect.stringMatching(/tidings\.yml: the disk is full/)]);
      expect(readFileSync(file, 'utf8')).toBe('url: https://blog.example\n');
      expect(readdirSync(disk.folder).sort()).toEqual(['fill', 'tidings.yml']);
    } finally {
      disk.remove();
    }
  });
});
