import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { rememberPreview } from '../feed/page-posts.ts';
import { rememberEntry } from '../feed/render.ts';
import type { Outline } from '../post/parse.ts';
import type { Post } from '../post/post.ts';
import type { Finisher } from '../publish/at-once.ts';
import type { Site } from '../site.ts';
import type { Finished } from './rendering-thread.ts';

const kind = import.meta.url.endsWith('.ts') ? 'ts' : 'mjs';
const rendering = new URL(`./rendering-thread.${kind}`, import.meta.url);

/** Posts for which a thread is worth its start: a twentieth of a second and 20 MB. */
const enough = 200;
/** Bodies in a message: one by one they cost more. */
const together = 20;
/** Megabytes for what rendering leaves behind, which is garbage at once. */
const young = 48;

type Asked = ReturnType<typeof Promise.withResolvers<Post>>;

/**
 * A second thread that renders bodies, and their entries as feeds and pages have them, while this
 * one reads posts and writes feeds: each has code of its own, so that little is made ready twice.
 * Undefined where there are too few posts, or one processor, or none can be started. `code` is the
 * module that it runs.
 */
export function secondThread(posts: number, site: Site, code = rendering): Finisher | undefined {
  if (posts < enough || availableParallelism() < 2) return undefined;
  const thread = started(code, site);
  if (!thread) return undefined;
  /** In the order of what was sent, which is that of the answers. */
  const waiting: Asked[] = [];
  const known = new WeakMap<Outline, Promise<Post>>();
  let batch: Outline[] = [];
  let death: unknown;

  thread.on('message', (all: Finished[]) => {
    for (const one of all) {
      const { resolve, reject } = waiting.shift()!;
      if ('failure' in one) reject(new Error(one.failure));
      else {
        rememberEntry(one.post.entry, site, one.renderings);
        rememberPreview(one.post.entry, one.preview);
        resolve(one.post);
      }
    }
  });
  thread.on('error', (error) => {
    death = error;
    for (const { reject } of waiting.splice(0)) reject(error);
  });

  function ask(outline: Outline): Promise<Post> {
    const asked = Promise.withResolvers<Post>();
    // Whoever asks again is told.
    asked.promise.catch(() => {});
    known.set(outline, asked.promise);
    if (death === undefined) {
      waiting.push(asked);
      batch.push(outline);
      if (batch.length === together) send();
    } else asked.reject(death);
    return asked.promise;
  }

  const send = () => {
    thread.postMessage(batch);
    batch = [];
  };

  return {
    expect: ask,
    finish(outline) {
      const post = known.get(outline) ?? ask(outline);
      if (batch.includes(outline)) send();
      return post;
    },
    end: () => void thread.terminate(),
  };
}

function started(code: URL, site: Site): Worker | undefined {
  try {
    return new Worker(code, {
      workerData: site,
      resourceLimits: { maxYoungGenerationSizeMb: young },
    });
  } catch {
    // The system's limit of threads, or Node's permissions.
    return undefined;
  }
}
