import { Unavailable } from '../errors.ts';
import { isPost } from '../keys.ts';
import { type FilesystemStore, isSameStamp, type Stamp } from '../store/filesystem.ts';

/** What a look at a folder found. */
export interface Found {
  /** Posts that are new, changed or gone since what was taken up last. */
  keys: string[];
  /** Why some of it could not be looked at: nothing in there counts as gone. */
  failures: Error[];
  /** Milliseconds for which every look has found the folder as it is now. */
  sameFor: number;
}

export type FolderLooks = ReturnType<typeof folderLooks>;

/** Compares a folder of posts, by its files' stamps, with how it was when it was last taken up; first as it is now. */
export function folderLooks(posts: FilesystemStore) {
  let taken = look(posts).stamps;
  let latest = taken;
  let latestSince = performance.now();
  return { find, takeUp, forget };

  function find(): Found {
    const { stamps, failures, isHidden } = look(posts);
    for (const [key, stamp] of taken) if (!stamps.has(key) && isHidden(key)) stamps.set(key, stamp);
    const now = performance.now();
    if (different(latest, stamps).length > 0) latestSince = now;
    latest = stamps;
    return { keys: different(taken, stamps), failures, sameFor: now - latestSince };
  }

  /** What was found last is no difference from now on. */
  function takeUp(): void {
    taken = new Map(latest);
  }

  /** A post that is to be found again. */
  function forget(key: string): void {
    taken.set(key, none);
  }
}

type Stamps = Map<string, Stamp>;
/** No file's, not even this one's. */
const none: Stamp = [Number.NaN, Number.NaN, Number.NaN, Number.NaN];

function look(posts: FilesystemStore) {
  const failures = new Map<string, Error>();
  const stamps: Stamps = new Map();
  const failed = (place: string, error: unknown) => {
    if (!(error instanceof Unavailable)) throw error;
    failures.set(place, error);
  };
  for (const [key, stamp] of posts.stamps('', failed)) if (isPost(key)) stamps.set(key, stamp);
  /** True in a folder, or of a file, that cannot be looked at. */
  const isHidden = (key: string) =>
    [...failures.keys()].some((place) =>
      place.endsWith('/') ? key.startsWith(place) : key === place,
    );
  return { stamps, failures: [...failures.values()], isHidden };
}

function different(before: Stamps, now: Stamps): string[] {
  const changed = [...now].filter(([key, stamp]) => !isSameStamp(before.get(key), stamp));
  const gone = [...before].filter(([key]) => !now.has(key));
  return [...changed, ...gone].map(([key]) => key);
}
