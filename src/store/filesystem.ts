import { createHash, hash, randomUUID } from 'node:crypto';
import {
  closeSync,
  type Dirent,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  open as openThen,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  writeFileSync,
  writev as writevThen,
} from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { promisify } from 'node:util';
import { Conflict, Gone, NotFound, TooLarge, Unavailable } from '../errors.ts';
import { safe } from '../keys.ts';
import type {
  Body,
  Condition,
  Head,
  Listing,
  ListOptions,
  Store,
  Stored,
  Written,
} from './store.ts';
import { byteOrder, page, walk } from './tree.ts';

/** Bytes of the largest object that is read, as of a store in S3. */
const largest = 64 * 2 ** 20;

/** Names of drafts, which are files that are to take another's place, and of the lock. */
const temporary = /^\.tidings-([0-9a-f-]{36}|lock)$/;

/** Name of the file by which a process says that it alone writes to a folder. */
export const lockName = '.tidings-lock';

/**
 * A store in a folder, one file an object: the posts of a blog, and `build --out`. Files are
 * replaced by renaming, so a reader sees the old bytes or the new and a crash leaves no half file.
 * Conditional writes hold among the callers of one process; a second process on the same folder
 * must be kept out by whoever opens it (`cli/lock.ts`). Folders behind symbolic links are followed, once.
 */
export class FilesystemStore implements Store {
  readonly root: string;
  /** Every list reads and sorts its folders whole. */
  readonly atOnce = 100_000;
  /** Paths of files and folders (`a/`) that no list gives, for their names cannot be in keys. */
  readonly leftOut = new Set<string>();
  readonly #skip: (key: string) => boolean;
  /** The last write to each key that is under way: the next one waits for it. */
  readonly #writing = new Map<string, Promise<unknown>>();
  readonly #made = new Set<string>();
  #wasThere: boolean;

  /** `skip` tells which keys, of files and of folders, are not part of the store. */
  constructor(root: string, skip: (key: string) => boolean = () => false) {
    this.root = resolve(root);
    this.#skip = skip;
    this.#wasThere = existsSync(this.root);
  }

  async get(key: string): Promise<Stored> {
    const path = this.#path(key);
    try {
      // Synchronous: for small files on a local disk the thread pool costs several times the read.
      const file = openSync(path, 'r');
      try {
        const { size, mtimeMs } = fstatSync(file);
        if (size > largest)
          throw new TooLarge(`${path} is ${size} bytes; at most ${largest} are read`);
        const body = readFileSync(file);
        return { body, etag: hash('sha1', body, 'hex'), size, modified: mtimeMs };
      } finally {
        closeSync(file);
      }
    } catch (cause) {
      this.#requireRoot(cause);
      throw ours(cause, `cannot read ${path}`);
    }
  }

  async head(key: string): Promise<Head> {
    try {
      const { etag, size, modified } = await this.get(key);
      return { etag, size, modified };
    } catch (error) {
      if (!(error instanceof TooLarge)) throw error;
      const { size, mtimeMs } = await stat(this.#path(key));
      // Of its bytes nothing is known.
      return { etag: `${size}-${mtimeMs}`, size, modified: mtimeMs };
    }
  }

  async put(key: string, body: Body, condition?: Condition): Promise<Written> {
    const path = this.#path(key);
    return this.#inTurn(key, async () => {
      if (condition) await this.#require(key, condition);
      const parts = typeof body === 'string' ? [Buffer.from(body)] : [body].flat();
      try {
        await this.#replace(path, parts);
      } catch (cause) {
        throw new Unavailable(`cannot write ${path}: ${reasonOf(cause)}`, { cause });
      }
      return {
        get etag() {
          return tagOf(parts);
        },
      };
    });
  }

  async delete(key: string): Promise<void> {
    const path = this.#path(key);
    await this.#inTurn(key, async () => {
      try {
        await rm(path, { force: true });
      } catch (cause) {
        const error = ours(cause, `cannot delete ${path}`);
        if (!(error instanceof NotFound)) throw error;
      }
    });
  }

  async list(prefix: string, options: ListOptions = {}): Promise<Listing> {
    const found = await page(
      walk((folder) => this.#children(folder).sort(byteOrder), prefix, options.after),
      options,
    );
    return { objects: found.keys.map((key) => ({ key })), more: found.more };
  }

  /** Every object below a folder (`''`, `tags/`), with its stamp; `failed` takes what cannot be looked at. */
  *stamps(folder = '', failed: Failed = rethrow): Generator<[key: string, stamp: Stamp]> {
    for (const name of tried(() => this.#children(folder), folder, failed) ?? []) {
      const key = folder + name;
      if (name.endsWith('/')) {
        yield* this.stamps(key, failed);
        continue;
      }
      const stamp = tried(() => this.stamp(key), key, failed);
      if (stamp) yield [key, stamp];
    }
  }

  /** False of a key behind a link that lists do not follow, for it leads above itself. */
  follows(key: string): boolean {
    const folders = [...key.matchAll(/\//g)].map(({ index }) => key.slice(0, index));
    const isLink = (folder: string) =>
      lstatSync(join(this.root, folder), { throwIfNoEntry: false })?.isSymbolicLink();
    return !folders.some((folder) => isLink(folder) && this.#behind(folder) !== 'folder');
  }

  /** What the system says of a file or folder, which is not read; undefined if there is none. */
  stamp(key: string): Stamp | undefined {
    try {
      const found = statSync(this.root + sep + key, { throwIfNoEntry: false });
      return found && [found.size, found.mtimeMs, found.ctimeMs, found.ino];
    } catch (cause) {
      // Too many symbolic links, or a folder that may not be entered.
      throw ours(cause, `cannot read ${key}`);
    }
  }

  #children(folder: string): string[] {
    try {
      const path = join(this.root, folder);
      const entries = readdirSync(path, { withFileTypes: true });
      // What may be listed and not entered would pass for a folder of posts that cannot be read.
      if (entries.length > 0) statSync(`${path}${sep}.`);
      return entries.flatMap((entry) => this.#child(folder, entry) ?? []);
    } catch (cause) {
      this.#requireRoot(cause);
      const error = ours(cause, `cannot list ${join(this.root, folder)}`);
      if (error instanceof NotFound && folder !== '') return [];
      throw error;
    }
  }

  /** A file is missing: is all of it? A disk that was taken away must not pass for posts that were deleted. */
  #requireRoot(cause: unknown): void {
    if (this.#wasThere && missing(cause) && !existsSync(this.root))
      throw new Gone(`${this.root} is gone: bring it back`, { cause });
  }

  #child(folder: string, entry: Dirent): string | undefined {
    const { name } = entry;
    if (temporary.test(name) || this.#skip(folder + name)) return undefined;
    if (!safe(name) || this.#isGarbled(folder + name)) {
      this.leftOut.add(folder + name + (entry.isDirectory() ? '/' : ''));
      return undefined;
    }
    const kind = entry.isSymbolicLink() ? this.#behind(folder + name) : kindOf(entry);
    return kind === 'folder' ? `${name}/` : kind && name;
  }

  /** True of a name that is not UTF-8: what that was replaced by leads to no file. */
  #isGarbled(key: string): boolean {
    return key.includes('\ufffd') && !lstatSync(join(this.root, key), { throwIfNoEntry: false });
  }

  /** What a link leads to; nothing if that is above the link itself, which would never end. */
  #behind(key: string): Kind | undefined {
    const path = join(this.root, key);
    try {
      const kind = kindOf(statSync(path));
      if (kind !== 'folder') return kind;
      const above = realpathSync(dirname(path)) + sep;
      return above.startsWith(realpathSync(path) + sep) ? undefined : 'folder';
    } catch (cause) {
      const isNowhere = missing(cause) || (cause as NodeJS.ErrnoException).code === 'ELOOP';
      // Where one may not look there may be a post: whoever reads it tells of it.
      return isNowhere ? undefined : 'file';
    }
  }

  async #require(key: string, condition: Condition): Promise<void> {
    // What is to be made is mostly not there, which costs less to see without an exception.
    if ('create' in condition && !statSync(this.#path(key), { throwIfNoEntry: false })) return;
    const held = await this.head(key).then(
      ({ etag }) => etag,
      (error) => {
        if (error instanceof NotFound) return undefined;
        throw error;
      },
    );
    if ('create' in condition ? held !== undefined : held !== condition.update)
      throw new Conflict(`${key} is not as it was read`);
  }

  /** Writes a file beside the one it replaces, then renames it. */
  async #replace(path: string, parts: readonly Uint8Array[]): Promise<void> {
    const folder = dirname(path);
    if (!this.#made.has(folder)) mkdirSync(folder, { recursive: true });
    this.#made.add(folder);
    this.#wasThere = true;
    const draft = join(folder, `.tidings-${randomUUID()}`);
    try {
      await write(draft, parts);
      renameSync(draft, path);
    } catch (cause) {
      await rm(draft, { force: true }).catch(() => {});
      // The folder was deleted since it was made: make it again, once.
      if (!missing(cause) || !this.#made.delete(folder) || (await exists(folder))) throw cause;
      await this.#replace(path, parts);
    }
  }

  async #inTurn<T>(key: string, write: () => Promise<T>): Promise<T> {
    const turn = (this.#writing.get(key) ?? Promise.resolve()).then(write, write);
    this.#writing.set(key, turn);
    try {
      return await turn;
    } finally {
      if (this.#writing.get(key) === turn) this.#writing.delete(key);
    }
  }

  #path(key: string): string {
    if (!safe(key)) throw new NotFound(`${JSON.stringify(key)} is not a key`);
    return join(this.root, key);
  }
}

/**
 * A file's bytes, the time of its content and of any change to it (epoch milliseconds), and its
 * inode. After a change it is another, but where both fell into one tick of the system's clock.
 */
export type Stamp = readonly [size: number, modified: number, changed: number, inode: number];

/** Is told of a file or folder that cannot be looked at, and why. */
type Failed = (key: string, error: unknown) => void;

function rethrow(_: string, error: unknown): never {
  throw error;
}

function tried<T>(look: () => T, key: string, failed: Failed): T | undefined {
  try {
    return look();
  } catch (error) {
    failed(key, error);
    return undefined;
  }
}

/** False also where there is no stamp. */
export function isSameStamp(a: Stamp | undefined, b: Stamp | undefined): boolean {
  return a !== undefined && b !== undefined && a.every((part, at) => part === b[at]);
}

const open = promisify(openThen);
const writev = promisify(writevThen);

/**
 * Writes a new file, part by part: a document need not be in memory in one piece. What may take long,
 * to make a file and to write its bytes, is worth the thread pool; the rest, and Node's file handles, cost more.
 */
async function write(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const file = await open(path, 'wx');
  try {
    const size = parts.reduce((total, part) => total + part.length, 0);
    if (size === 0) return;
    const { bytesWritten } = await writev(file, parts);
    // The rest does not fit either, but this says why.
    if (bytesWritten < size) writeFileSync(file, Buffer.concat(parts).subarray(bytesWritten));
  } finally {
    closeSync(file);
  }
}

/** Removes the drafts that killed processes left in a folder and below it, while nobody writes there. */
export async function removeDrafts(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (temporary.test(entry.name) && entry.name !== lockName)
      await rm(join(entry.parentPath, entry.name), { force: true });
}

function tagOf(parts: readonly Uint8Array[]): string {
  const digest = createHash('sha1');
  for (const part of parts) digest.update(part);
  return digest.digest('hex');
}

type Kind = 'file' | 'folder';

function kindOf(entry: { isFile(): boolean; isDirectory(): boolean }): Kind | undefined {
  if (entry.isDirectory()) return 'folder';
  return entry.isFile() ? 'file' : undefined;
}

function missing(cause: unknown): boolean {
  const code = (cause as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR';
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** What people can do something about, by the system's code for it. */
const reasons: Record<string, string> = {
  ENOSPC: 'the disk is full: make room',
  EDQUOT: 'your quota of the disk is used up: make room',
  EROFS: 'the disk can only be read: choose another place',
  EACCES: 'permission denied: grant it to this user',
};

function reasonOf(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  return reasons[code ?? ''] ?? message;
}

/** The system's error as one of ours; its own message tells the reason. */
function ours(cause: unknown, what: string): Error {
  if (cause instanceof TooLarge) return cause;
  const message = `${what}: ${reasonOf(cause)}`;
  return missing(cause) ? new NotFound(message, { cause }) : new Unavailable(message, { cause });
}
