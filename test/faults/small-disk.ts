import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A filesystem of its own, in memory. */
export interface SmallDisk {
  folder: string;
  /** Mounts it anew with other options, and keeps what it holds. */
  become(options: string): void;
  remove(): void;
}

/** Mounts a filesystem with tmpfs's options (`size=1m`); throws where nobody may. */
export function smallDisk(options: string): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'tidings-disk-'));
  const mount = (given: string) =>
    execFileSync('mount', ['-t', 'tmpfs', '-o', given, 'tidings-test', folder], { stdio: 'pipe' });
  mount(options);
  return {
    folder,
    become: (given) => {
      mount(`remount,${given}`);
    },
    remove: () => {
      execFileSync('umount', [folder], { stdio: 'pipe' });
      rmdirSync(folder);
    },
  };
}

/** Why the tests on small disks cannot run here; undefined if they can. */
export function whyNoDisk(): string | undefined {
  try {
    smallDisk('size=64k').remove();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
