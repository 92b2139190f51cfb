import { statSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { type FSWatcher, watch } from 'chokidar';
import { isPost, isSkipped } from '../keys.ts';
import type { FolderBlog } from './blog.ts';

interface Listeners {
  /** Something has come, changed or gone that is or may hold a post. */
  onChange(key: string): void;
  onSite(): void;
  /** The folder is gone, or another one is in its place: what is in it may be coming file by file. */
  onGone(): void;
  /** From now on changes are told of. */
  onReady(): void;
  /** Something cannot be watched. */
  onError(message: string): void;
}

export interface FolderEvents {
  /** False: the folder is gone. */
  isThere(): boolean;
  /** True: the system has no room for more watches, so that changes are to be looked for. */
  isShort(): boolean;
  /** Begins anew, for something was not told. */
  renew(): void;
  close(): Promise<void>;
}

/** Milliseconds between looks at what the system does not tell of. */
const beat = 1000;

/**
 * Tells of changes in a folder of posts and of its site file, as the system does: not of every one
 * within 50 ms of another, and not of all in a folder as new as its files. When the folder itself is
 * replaced, or a link leads to another one, that one is listened to within a second.
 */
export function folderEvents(
  { folder, siteFile }: FolderBlog,
  { onChange, onSite, onGone, onReady, onError }: Listeners,
): FolderEvents {
  let isShort = false;
  let place = identityOf(folder);
  let settings = identityOf(siteFile);
  let watcher = listen();
  const heart = setInterval(compare, beat);
  return {
    isThere() {
      compare();
      return place !== undefined;
    },
    isShort: () => isShort,
    renew,
    close: async () => {
      clearInterval(heart);
      await watcher.close();
    },
  };

  function listen(): FSWatcher {
    isShort = false;
    return watch([folder, siteFile], {
      ignoreInitial: true,
      ignored: (path, stats) =>
        path !== folder && path !== siteFile && isIdle(path, stats?.isFile()),
    })
      .on('ready', onReady)
      .on('all', (event, path) => {
        if (path === siteFile) onSite();
        // It stops to watch what has gone, also if that is back at once.
        else if (path === folder && event === 'unlinkDir') lose();
        else onChange(keyOf(path));
      })
      .on('error', (error) => {
        const { code, message } = error as NodeJS.ErrnoException;
        if (code !== 'ENOSPC' && code !== 'EMFILE') return onError(message);
        // It is told of each file.
        if (!isShort) onError(`not every change is told of, looking for them instead: ${message}`);
        isShort = true;
      });
  }

  function compare(): void {
    const [oldPlace, oldSettings] = [place, settings];
    [place, settings] = [identityOf(folder), identityOf(siteFile)];
    if (settings !== oldSettings) onSite();
    if (place === oldPlace) return;
    onGone();
    if (place !== undefined) renew();
  }

  function renew(): void {
    void watcher.close();
    watcher = listen();
  }

  function lose(): void {
    place = undefined;
    onGone();
  }

  /** True for what cannot hold posts: `node_modules`, `.git`, an editor's hidden files, pictures. */
  function isIdle(path: string, isFile = false): boolean {
    const names = relative(folder, path).split(sep);
    const isHidden = names.some((name) => name !== '..' && isSkipped(name));
    return isHidden || (isFile && !isPost(keyOf(path)));
  }

  function keyOf(path: string): string {
    return relative(folder, path).split(sep).join('/');
  }
}

/** Tells a folder from another one in its place, and a file also from its earlier contents; undefined: there is none. */
function identityOf(path: string): string | undefined {
  try {
    const found = statSync(path);
    const { dev, ino, birthtimeMs, size, mtimeMs } = found;
    return (found.isDirectory() ? [dev, ino, birthtimeMs] : [dev, ino, size, mtimeMs]).join(' ');
  } catch {
    return undefined;
  }
}
