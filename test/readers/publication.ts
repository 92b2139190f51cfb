import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { vi } from 'vitest';
import { openBlog } from '../../src/cli/blog.ts';
import type { Selection } from '../../src/keys.ts';
import type { Entry } from '../../src/post/entry.ts';
import { drain, localQueue, queueEverything } from '../../src/publish/local.ts';
import { newest } from '../../src/selection/newest.ts';
import { MemoryStore } from '../../src/store/memory.ts';
import { type Exchange, recorder } from './recorder.ts';

/** The example posts in a folder that may be written to, and `tidings serve` of it as its own process. */
export interface Publication {
  /** Where readers subscribe: what they ask there is noted, and answered by the server. */
  address: string;
  /** The folder that readers may keep their things in. */
  home: string;
  /** What readers have asked since this was last called. */
  taken(): Exchange[];
  /** What a build of the same posts, without any feed, says that a selection holds: newest first. */
  entries(selection: Selection): Promise<Entry[]>;
  /** Writes a post, and waits until the server says that it has refreshed what that touches. */
  edit(file: string, change: (text: string) => string): Promise<void>;
  close(): Promise<void>;
}

const root = resolve(import.meta.dirname, '../..');

export async function publication(): Promise<Publication> {
  const folder = mkdtempSync(join(tmpdir(), 'tidings-readers-'));
  const [posts, home] = [join(folder, 'posts'), join(folder, 'home')];
  cpSync(join(root, 'examples/posts'), posts, { recursive: true });
  mkdirSync(home);
  const { address: server, refreshed, stop } = await serving(posts);
  const { address, taken, close } = await recorder(server);
  return {
    address,
    home,
    taken,
    entries: (selection) => entriesOf(posts, selection),
    edit: (file, change) => {
      const path = join(posts, file);
      return refreshed(() =>
        writeFileSync(path, change(existsSync(path) ? readFileSync(path, 'utf8') : '')),
      );
    },
    close: async () => {
      await close();
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The command as a publisher runs it. */
async function serving(posts: string) {
  const main = join(root, 'src/cli/main.ts');
  const child = spawn(process.execPath, [main, 'serve', posts, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // Also where the run is broken off, no server stays behind.
  const kill = () => void child.kill();
  process.once('exit', kill).once('disconnect', kill);
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  /** Waits until it says so, for ten seconds at most. */
  const heard = (words: RegExp) =>
    vi.waitFor(
      () => words.exec(said) ?? Promise.reject(new Error(`tidings serve says only: ${said}`)),
      { timeout: 10_000, interval: 20 },
    );
  const [, address] = await heard(/listed at (http:\S+)\/\n/);
  return {
    address: address!,
    refreshed: async (change: () => void) => {
      said = '';
      change();
      await heard(/ refreshed in /);
    },
    stop: async () => {
      process.off('exit', kill).off('disconnect', kill);
      kill();
      await ended;
    },
  };
}

async function entriesOf(posts: string, selection: Selection): Promise<Entry[]> {
  const blog = await openBlog(posts, {});
  const inForce = await blog.load();
  const store = () => new MemoryStore(Date.now);
  const state = store();
  const site = async () => inForce;
  const pipeline = {
    posts: blog.posts,
    state,
    feeds: store(),
    queue: localQueue(),
    site,
    now: Date.now,
  };
  await queueEverything(pipeline);
  await drain(pipeline);
  return (await newest(state, selection, inForce.site.entries)).entries;
}
