import { isPost, keyOf } from '../src/keys.ts';
import {
  drain,
  type LocalQueue,
  localQueue,
  queueEverything,
  type Run,
} from '../src/publish/local.ts';
import type { Pipeline } from '../src/publish/pipeline.ts';
import { fingerprint, readSite } from '../src/site.ts';
import { MemoryStore } from '../src/store/memory.ts';
import { listAll } from '../src/store/store.ts';

/** A blog in memory with a clock of its own: what tests of the pipeline write to, run and read. */
export interface TestBlog {
  pipeline: Pipeline & {
    queue: LocalQueue;
    posts: MemoryStore;
    state: MemoryStore;
    feeds: MemoryStore;
  };
  /** Epoch milliseconds; tests move it. */
  clock: { now: number };
  write(key: string, text: string): Promise<void>;
  remove(key: string): Promise<void>;
  settings(text: string): void;
  /** Ingests these keys, or everything, and refreshes what that asks for. */
  run(...keys: string[]): Promise<Run>;
  /** The text of a feed or page; undefined if there is none. */
  read(path: string): Promise<string | undefined>;
  /** Every feed and page by key. */
  all(): Promise<Map<string, string>>;
}

export function testBlog(settings = 'url: https://blog.example'): TestBlog {
  const clock = { now: Date.UTC(2026, 0, 1) };
  const now = () => clock.now;
  let site = readSite(settings);
  const pipeline = {
    posts: new MemoryStore(now),
    state: new MemoryStore(now),
    feeds: new MemoryStore(now),
    queue: localQueue(),
    site: async () => ({ site, fingerprint: fingerprint(site) }),
    now,
  };
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const read = async (key: string) =>
    pipeline.feeds.get(key).then(
      ({ body }) => text(body),
      () => undefined,
    );
  return {
    pipeline,
    clock,
    write: async (key, content) => void (await pipeline.posts.put(key, content)),
    remove: (key) => pipeline.posts.delete(key),
    settings: (changed) => {
      site = readSite(changed);
    },
    run: async (...keys) => {
      if (keys.length > 0) await pipeline.queue.ingest(keys.filter(isPost));
      else await queueEverything(pipeline);
      return drain(pipeline);
    },
    read: (path) => read(keyOf(path)!),
    all: async () => {
      const found = new Map<string, string>();
      for await (const { key } of listAll(pipeline.feeds, '')) found.set(key, (await read(key))!);
      return found;
    },
  };
}

/** A post's text: YAML front matter from an object, and a body. */
export function post(matter: Record<string, unknown>, body = 'Some text.'): string {
  const lines = Object.entries(matter).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  return `---\n${lines.join('\n')}\n---\n\n${body}\n`;
}
