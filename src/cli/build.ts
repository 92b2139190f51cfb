import { setFlagsFromString } from 'node:v8';
import { buildAtOnce } from '../publish/at-once.ts';
import { keptQueue } from '../publish/kept.ts';
import { drain, queueEverything, type Run } from '../publish/local.ts';
import { type Blog, type BlogOptions, openBlog } from './blog.ts';
import { requireApart, storeAt, widthFor } from './buckets.ts';
import { locked } from './lock.ts';
import type { Output } from './output.ts';
import { progressBar } from './progress.ts';
import { counted, tellRun } from './summary.ts';

export interface BuildOptions extends BlogOptions {
  out: string;
  state?: string;
  strict?: boolean;
}

/** `tidings build POSTS --out DIR`: every feed as a file or object. Tells the exit status. */
export async function build(path: string, options: BuildOptions, output: Output): Promise<number> {
  holdYoungGeneration();
  requireApart(path, options.out, options.state);
  const ours = [options.out, ...(options.state ? [options.state] : [])];
  const blog = await openBlog(path, { ...options, ours });
  // What is wrong with the settings is told before anything is touched.
  await blog.load();
  return locked(ours, output, () => buildAlone(path, blog, options, output));
}

async function buildAlone(
  path: string,
  blog: Blog,
  options: BuildOptions,
  output: Output,
): Promise<number> {
  const { out, err } = output;
  const started = performance.now();
  const inForce = await blog.load();
  const place = {
    posts: blog.posts,
    feeds: await storeAt(options.out, options),
    site: async () => inForce,
    now: Date.now,
  };
  const width = widthFor(path, options.out, options.state);
  const bar = progressBar(process.stderr);
  let run: Run;
  if (options.state) {
    const state = await storeAt(options.state, options);
    const pipeline = { ...place, state, queue: await keptQueue(state) };
    await queueEverything(pipeline);
    run = await drain(pipeline, bar.show, width);
  } else run = await buildAtOnce(place, bar.show, width);
  bar.stop();

  const { site } = inForce;
  out(`${site.title} · ${site.url}\n`);
  if (!blog.hasSiteFile)
    out(
      `no site file    the blog's address is taken to be ${site.url}: tidings init ${path} writes one\n`,
    );
  const problems = tellRun(run, options.out, output);
  out(
    `took            ${((performance.now() - started) / 1000).toFixed(2)} s, at most ${peak()} MB of memory\n`,
  );
  if (run.failures.length > 0) {
    err(
      `${counted(run.failures.length, 'file')} could not be read or written: see above, then build again\n`,
    );
    return 1;
  }
  return options.strict && problems.length > 0 ? 1 : 0;
}

/**
 * Keeps V8's young generation as large as loading has made it, 16 MB. It would grow fourfold, for
 * nothing: what a post leaves behind is garbage at once.
 */
function holdYoungGeneration(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

/** Most memory that this process had at once, in megabytes. */
export function peak(): number {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}
