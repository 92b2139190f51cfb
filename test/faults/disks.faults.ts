import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { lockName } from '../../src/store/filesystem.ts';
import { folderWith } from '../cli/terminal.ts';
import { random } from '../simulation/random.ts';
import { filesIn, freshBuild, start, writeBlog } from './blog-folder.ts';
import { crampedBuild } from './full-disk.ts';
import { differences } from './killed.ts';
import { whyNoDisk } from './small-disk.ts';

const why = whyNoDisk();
if (why) console.log(`skipped, for no disk can be mounted here: ${why}`);

describe.skipIf(why)('a build that runs out of room', () => {
  test.each([
    ['out', 60_000],
    ['alone', 60_000],
    ['state', 5000],
    ['both', 60_000],
  ] as const)('at any point (%s) is mended by the next', async (onDisk, step) => {
    const ends = { 0: 0, 1: 0 };
    for (let more = 0; more < 10 * step; more += step) {
      const cramped = await crampedBuild(onDisk, ({ bytes }) => `size=${bytes + more}`);
      expect(cramped.wrong, `${more} bytes more`).toEqual([]);
      ends[cramped.status as 0 | 1]++;
    }
    // Both were seen: builds that found no room, and at last one that did.
    expect(ends[0]).toBeGreaterThan(0);
    expect(ends[1]).toBeGreaterThan(2);
  });

  test('for files is mended by the next', async () => {
    for (let more = 0; more <= 200; more += 40) {
      const cramped = await crampedBuild('both', ({ inodes }) => `nr_inodes=${inodes + more}`);
      expect(cramped.wrong, `${more} files more`).toEqual([]);
    }
  });
});

describe('a folder that is deleted during a build', () => {
  const chances = random(1);
  const scene = async () => {
    const folder = folderWith({});
    const [out, state] = [join(folder, 'out'), join(folder, 'state')];
    const from = writeBlog(join(folder, 'posts'), 60);
    const args = ['build', from, '--out', out, '--state', state];
    const begun = performance.now();
    await start(...args).ended;
    return { folder, out, state, from, args, took: performance.now() - begun };
  };

  /** However long that takes to start, on a machine that has other work. */
  const atWorkIn = (folder: string) =>
    vi.waitFor(() => expect(existsSync(join(folder, lockName))).toBe(true), {
      timeout: 20_000,
      interval: 1,
    });

  test.each(['out', 'state'] as const)(
    '%s: it says so or all is there, and the next one is right',
    async (which) => {
      const { took, ...places } = await scene();
      const { args, from, out, folder } = places;
      const fresh = await freshBuild(from, join(folder, 'fresh'));
      let told = 0;
      for (let nth = 0; nth < 5 || (told === 0 && nth < 20); nth++) {
        rmSync(out, { recursive: true });
        const { ended } = start(...args);
        await atWorkIn(out);
        await sleep(took * 0.5 * chances.next());
        rmSync(places[which], { recursive: true, force: true, maxRetries: 3 });
        const { status, err } = await ended;
        if (status === 1) {
          told++;
          expect(err).toMatch(/was deleted or replaced while it was written: build again|is gone/);
        }
        rmSync(places[which], { recursive: true, force: true });
        expect((await start(...args).ended).status).toBe(0);
        expect(differences(filesIn(out), fresh)).toEqual([]);
      }
      expect(told).toBeGreaterThan(0);
    },
  );

  test('posts: no feed is emptied', async () => {
    const { from, out, folder, took } = await scene();
    const [before, away] = [filesIn(out), join(folder, 'away')];
    // Without a state it reads every post each time.
    const args = ['build', from, '--out', out];
    let told = 0;
    for (let nth = 0; nth < 10 || (told === 0 && nth < 20); nth++) {
      const { ended } = start(...args);
      await atWorkIn(out);
      await sleep(took * 0.5 * chances.next());
      // At once, as when a disk is taken away.
      renameSync(from, away);
      const { status, err } = await ended;
      if (status !== 0) {
        told++;
        expect(err).toMatch(/is gone|no such folder/);
        expect(err).not.toMatch(/^ +at /m);
      }
      expect(differences(filesIn(out), before)).toEqual([]);
      renameSync(away, from);
    }
    expect(told).toBeGreaterThan(0);
  });
});
