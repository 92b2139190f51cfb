import { randomUUID } from 'node:crypto';
import {
  type FileHandle,
  mkdir,
  open,
  readFile,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Unavailable } from '../errors.ts';
import { lockName, removeDrafts } from '../store/filesystem.ts';
import { isBucket } from './buckets.ts';
import type { Output } from './output.ts';

/**
 * Keeps other processes out of the folders that one writes to, for `FilesystemStore` cannot: of two
 * builds the second waits for the first. The lock is a file that says who holds it, and whose time
 * the holder renews; one that a killed process left is taken over, and its drafts are cleared away.
 * Buckets need none: S3 has conditional writes.
 */

/** Milliseconds. */
const renewal = 1000;
const glance = 50;
/** Milliseconds without a renewal after which a holder is taken for dead: one on this machine that runs, and any other. */
const patience = { here: 600_000, elsewhere: 20_000 };
/** The same for one who has not even said who he is: that takes an instant. */
const patienceForNobody = 1000;

/** Of this process, as they stand in their files. */
const ours = new Set<string>();

/** Gives a folder free again; tells whether it was held all the while, and not deleted or taken over. */
type Release = () => Promise<boolean>;

/** Works when nobody else writes to these places, and tells the exit status: 1 if one was deleted meanwhile. */
export async function locked(
  places: string[],
  output: Output,
  work: () => Promise<number>,
): Promise<number> {
  const held = await lock(places, output);
  let status = 1;
  try {
    status = await work();
  } finally {
    for (const [folder, release] of held) {
      if (await release()) continue;
      output.err(`${folder} was deleted or replaced while it was written: build again\n`);
      status = 1;
    }
  }
  return status;
}

/** Waits until nobody else writes to these places. */
export async function lock(places: string[], output: Output): Promise<Map<string, Release>> {
  const folders = places.flatMap((one) => (isBucket(one) ? [] : resolve(one)));
  const held = new Map<string, Release>();
  // Always in this order: else two builds might wait for each other.
  for (const folder of [...new Set(folders)].sort())
    held.set(folder, await lockFolder(folder, output));
  return held;
}

async function lockFolder(folder: string, { err }: Output): Promise<Release> {
  const path = join(folder, lockName);
  // As long as any other, for it may be written over one.
  const name = `${hostname()} ${process.pid} ${randomUUID()}`.padEnd(128);
  ours.add(name);
  await mkdir(folder, { recursive: true }).catch(() => {});
  let isTold = false;
  for (let known: Lock | undefined; !(await isTaken(path, name)); ) {
    const found = await look(path, known);
    if (found && isDead(found)) {
      if (await isTakenOver(path, name)) break;
    } else {
      if (found && !isTold)
        err(`another build writes to ${folder}: waiting for it, or until you delete ${path}\n`);
      isTold ||= found !== undefined;
      await sleep(glance);
    }
    known = found;
  }
  const wasHeld = (await look(path).catch(() => undefined))?.name === name;
  const timer = setInterval(() => utimes(path, new Date(), new Date()).catch(() => {}), renewal);
  timer.unref();
  return async () => {
    clearInterval(timer);
    ours.delete(name);
    const found = await look(path).catch(() => undefined);
    if (found?.name !== name) return !wasHeld;
    await rm(path, { force: true }).catch(() => {});
    return true;
  };
}

/** Takes a free lock. Where nothing can be written there is nothing to lock: the first write says why. */
async function isTaken(path: string, name: string): Promise<boolean> {
  let file: FileHandle;
  try {
    file = await open(path, 'wx');
  } catch (error) {
    return !isOf('EEXIST', error);
  }
  await file.writeFile(name).catch(() => rm(path));
  await file.close();
  return true;
}

/** A lock as it was seen. */
interface Lock {
  name: string;
  modified: number;
  /** When it was first seen with this time, on the clock of `performance`. */
  since: number;
}

async function look(path: string, known?: Lock): Promise<Lock | undefined> {
  try {
    const [name, { mtimeMs: modified }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
    const isSame = known?.name === name && known.modified === modified;
    return { name, modified, since: isSame ? known.since : performance.now() };
  } catch (cause) {
    if (isOf('ENOENT', cause)) return undefined;
    throw new Unavailable(`cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
}

function isOf(code: string, error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === code;
}

function isDead({ name, since }: Lock): boolean {
  const [host, id] = name.split(' ');
  const isHere = host === hostname();
  if (isHere && !ours.has(name) && !isRunning(Number(id))) return true;
  const known = isHere ? patience.here : patience.elsewhere;
  return performance.now() - since > (name === '' ? patienceForNobody : known);
}

/** Whether this process runs and is another: our own number on a lock that is not ours is an earlier one's. */
function isRunning(id: number): boolean {
  if (id === process.pid) return false;
  try {
    return process.kill(id, 0);
  } catch (error) {
    return isOf('EPERM', error);
  }
}

/**
 * Writes our name over another's, which takes no room on a full disk. Several may try at once:
 * whoever came last has it.
 */
async function isTakenOver(path: string, name: string): Promise<boolean> {
  try {
    await writeFile(path, name, { flag: 'r+' });
    await sleep(glance);
    if ((await look(path))?.name !== name) return false;
  } catch (error) {
    if (isOf('ENOENT', error)) return false;
    // Nothing can be written, as above; but drafts may be what fills the disk.
  }
  await removeDrafts(dirname(path)).catch(() => {});
  return true;
}
