import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import {
  entriesPrefix,
  isPost,
  lastBuildKey,
  rowsPrefix,
  type Selection,
  selectionAt,
  termOf,
} from '../keys.ts';
import type { Problem } from '../problem.ts';
import type { Outcome, Run } from '../publish/local.ts';
import { revision } from '../site-revision.ts';
import { FilesystemStore, isSameStamp, lockName, type Stamp } from '../store/filesystem.ts';
import type { Store } from '../store/store.ts';

/**
 * What a build of folders leaves in its state for the next one, which then looks only at what
 * changed, as git does with its index: each post and each feed with its ETag, and with the stamp
 * that the file had when it was read. It is a cache: whatever is doubtful is looked at.
 */
export interface LastBuild {
  title: string;
  url: string;
  posts: Map<string, Outcome & Seen>;
  /** Objects of the feeds. */
  feeds: Map<string, SeenFeed>;
  sharedIds: Problem[];
}

interface Seen {
  /** The file has had this content since it had this stamp; undefined: its content is compared. */
  stamp?: Stamp;
}

interface SeenFeed extends Seen {
  etag: string;
}

/** Folders alone are remembered: in a bucket others may write, and would not tell. */
export interface Folders {
  posts: FilesystemStore;
  state: FilesystemStore;
  feeds: FilesystemStore;
}

/** How the folders differ from what the last build left. */
export interface Look {
  last: LastBuild;
  /** Keys of posts that are new, changed, gone or due. */
  posts: string[];
  /** Of which a feed is lost or altered. */
  selections: Set<Selection>;
  isSame: boolean;
  /** True: stamps are known now that were not, which is worth keeping. */
  isSurer: boolean;
  /** False if another build has ended since, or the settings have changed. */
  isStill(folders: Folders, settings: string): boolean;
}

const format = 1;
/**
 * Milliseconds. A file may change twice in one tick of its disk's clock (of FAT's, two seconds),
 * and its second content would have the stamp of the first: one as young as this is not believed.
 */
const tick = 2000;

/** The three stores, if all of them are folders. */
export function foldersOf(stores: Record<keyof Folders, Store | undefined>): Folders | undefined {
  const { posts, state, feeds } = stores;
  const areFolders =
    posts instanceof FilesystemStore &&
    state instanceof FilesystemStore &&
    feeds instanceof FilesystemStore;
  return areFolders ? { posts, state, feeds } : undefined;
}

/**
 * Of all that shapes feeds beside the posts: the site file's text, the option `--feeds`, the code.
 * No more than a checksum, for the file may say what nobody else is to read; cryptography takes 4 ms
 * more to load.
 */
export function checksumOf(text: string | undefined, feeds: string | undefined): string {
  // What Node knows of time zones and letters changes with it.
  const all = JSON.stringify([format, revision, process.version, text ?? null, feeds ?? null]);
  return `${crc32(all).toString(16)}-${all.length}`;
}

/** Compares the folders with what the last build left; undefined: nothing is known, look at everything. */
export async function lookSince(
  { posts, state, feeds }: Folders,
  settings: string,
  now: number,
): Promise<Look | undefined> {
  const own = state.stamp(lastBuildKey);
  const last = own && readLastBuild(state, settings);
  if (!last) return undefined;
  const different: string[] = [];
  const selections = new Set<Selection>();
  let isSurer = false;
  const there = new Set<string>();
  for (const [key, found] of posts.stamps()) {
    const known = last.posts.get(key);
    if (!known && !isPost(key)) continue;
    there.add(key);
    if (isSameStamp(known?.stamp, found)) continue;
    if (known?.post && (await hasContent(posts, key, known.post))) learn(known, found);
    else different.push(key);
  }
  for (const [key, { post, due }] of last.posts) {
    const isGone = post !== null && !there.has(key);
    if (isGone || (due !== null && due <= now)) different.push(key);
  }
  for (const [key, known] of last.feeds) {
    const found = feeds.stamp(key);
    if (isSameStamp(known.stamp, found)) continue;
    if (found && (await hasContent(feeds, key, known.etag))) learn(known, found);
    else selections.add(selectionAt(key)!);
  }
  return {
    ...{ last, posts: different, selections, isSurer },
    isSame: different.length + selections.size === 0,
    isStill: (folders, ofNow) =>
      ofNow === settings && isSameStamp(own, folders.state.stamp(lastBuildKey)),
  };

  /** The content is the one that was kept, so it is that of this stamp. */
  function learn(known: Seen, found: Stamp): void {
    if (Math.max(found[1], found[2]) > now - tick) return;
    known.stamp = found;
    isSurer = true;
  }
}

/** False also of what cannot be read: whoever looks at it will say why. */
async function hasContent(store: Store, key: string, etag: string): Promise<boolean> {
  return store.head(key).then(
    (held) => held.etag === etag,
    () => false,
  );
}

/** What a build has left: what it did, and what it found as the last one left it. */
export function lastBuildOf(
  run: Run,
  etags: ReadonlyMap<string, string | undefined>,
  site: Pick<LastBuild, 'title' | 'url'>,
  last: LastBuild | undefined,
): LastBuild {
  const feeds = new Map(last?.feeds);
  for (const [key, etag] of etags) {
    if (etag === undefined) feeds.delete(key);
    else feeds.set(key, { etag });
  }
  const posts = new Map([...(last?.posts ?? []), ...run.posts]);
  return { ...site, posts, feeds, sharedIds: run.sharedIds };
}

/** What a build that looked at everything would have to tell. */
export function runSince(built: LastBuild, run?: Run): Run {
  const { posts, feeds, sharedIds } = built;
  const { written, ...rest } = run ?? { changed: 0, selections: 0, written: 0, failures: [] };
  return { ...rest, posts, sharedIds, written, unchanged: feeds.size - written };
}

/** The shared ids of the last build that are as they were, and the places of all others. */
export function unchangedShared(
  last: LastBuild,
  posts: Run['posts'],
): { problems: Problem[]; claims: Set<Selection> } {
  const claimOf = (key: string) => last.posts.get(key)?.idClaim;
  const moved = [...posts].flatMap(([key, { idClaim }]) => [idClaim, claimOf(key)]);
  const claims = new Set(moved.filter((claim) => claim !== undefined));
  return { problems: last.sharedIds.filter(({ key }) => !claims.has(claimOf(key)!)), claims };
}

/** Where a build begins: if it is killed, there is nothing to believe. */
export async function forgetLastBuild({ state }: Folders): Promise<void> {
  // Where nothing can be deleted nothing can be written, of which the build will tell.
  await state.delete(lastBuildKey).catch(() => {});
}

/** Keeps what a build left; nothing where the state was deleted meanwhile, and the lock with it. */
export async function keepLastBuild(
  { state }: Folders,
  settings: string,
  { posts, feeds, ...told }: LastBuild,
): Promise<void> {
  if (!state.stamp(lockName)) return;
  const terms = [...feeds.keys()].flatMap((key) => termOf(selectionAt(key)!) ?? []);
  const taxonomies = terms.map(({ taxonomy }) => `${rowsPrefix}${taxonomy}/`);
  const folders = new Set([entriesPrefix, rowsPrefix, ...taxonomies]);
  const kept: Kept = {
    ...{ settings, title: told.title, url: told.url, sharedIds: told.sharedIds },
    folders: [...folders].map((folder) => [folder, timeOf(state, folder)]),
    posts: [...posts],
    feeds: [...feeds],
  };
  // A disk that has no room for it has had room for the feeds.
  await state.put(lastBuildKey, JSON.stringify(kept)).catch(() => {});
}

/** As it is kept. */
interface Kept extends Pick<LastBuild, 'title' | 'url' | 'sharedIds'> {
  settings: string;
  /**
   * The state's folders that a refresh relies on, with their times, which change when anybody puts
   * or deletes a file there: a `sync`, an older version of this program, a person.
   */
  folders: [string, number | null][];
  posts: [string, Outcome & Seen][];
  feeds: [string, SeenFeed][];
}

function readLastBuild(state: FilesystemStore, settings: string): LastBuild | undefined {
  try {
    const kept: Kept = JSON.parse(readFileSync(join(state.root, lastBuildKey), 'utf8'));
    const isOurs =
      kept.settings === settings &&
      kept.folders.every(([folder, time]) => timeOf(state, folder) === time);
    return isOurs ? { ...kept, posts: new Map(kept.posts), feeds: new Map(kept.feeds) } : undefined;
  } catch {
    // Missing, broken, or not ours.
    return undefined;
  }
}

function timeOf(state: FilesystemStore, folder: string): number | null {
  return state.stamp(folder)?.[1] ?? null;
}

/** A store that notes the ETag of each object that is read or written through it; undefined: there is none. */
export function noting(store: Store, etags: Map<string, string | undefined>): Store {
  return {
    get: async (key) => {
      etags.set(key, undefined);
      const stored = await store.get(key);
      etags.set(key, stored.etag);
      return stored;
    },
    put: async (key, ...rest) => {
      const written = await store.put(key, ...rest);
      etags.set(key, written.etag);
      return written;
    },
    head: (key) => store.head(key),
    delete: (key) => store.delete(key),
    list: (prefix, options) => store.list(prefix, options),
  };
}
