import type { Run } from '../publish/local.ts';
import { type Blog, type BlogOptions, openBlog, problemsOfNames } from './blog.ts';
import { requireApart, storeAt, widthFor } from './buckets.ts';
import {
  checksumOf,
  foldersOf,
  forgetLastBuild,
  keepLastBuild,
  type Look,
  lastBuildOf,
  lookSince,
  runSince,
} from './last-build.ts';
import type { Output } from './output.ts';
import { counted, tellRun } from './summary.ts';

export interface BuildOptions extends BlogOptions {
  out: string;
  state?: string;
  strict?: boolean;
}

/** A build that was asked for. */
interface Build {
  path: string;
  blog: Blog;
  options: BuildOptions;
  output: Output;
  /** On the clock of `performance`. */
  started: number;
}

/** `tidings build POSTS --out DIR`: every feed as a file or object. Tells the exit status. */
export async function build(path: string, options: BuildOptions, output: Output): Promise<number> {
  const started = performance.now();
  requireApart(path, options.out, options.state);
  const ours = [options.out, ...(options.state ? [options.state] : [])];
  const blog = await openBlog(path, { ...options, ours });
  const asked = { path, blog, options, output, started };
  const folders = foldersOf(await storesOf(asked));
  const settings = checksumOf(await blog.read(), options.feeds);
  const look = folders && (await lookSince(folders, settings, Date.now()));
  if (look?.isSame && !look.isSurer) return tell(asked, look.last, runSince(look.last));
  // What is wrong with the settings is told before anything is touched.
  if (!look) await blog.load();
  const { locked } = await import('./lock.ts');
  return locked(ours, output, () => buildAlone(asked, look));
}

/** Builds while nobody else does. */
async function buildAlone(asked: Build, glance: Look | undefined): Promise<number> {
  const { blog, options } = asked;
  const text = await blog.read();
  const settings = checksumOf(text, options.feeds);
  const stores = await storesOf(asked);
  const folders = foldersOf(stores);
  // Another build may have ended since the glance, for which this one waited.
  const look = folders && glance?.isStill(folders, settings) ? glance : undefined;
  if (folders && look?.isSame) {
    await keepLastBuild(folders, settings, look.last);
    return tell(asked, look.last, runSince(look.last));
  }
  if (folders) await forgetLastBuild(folders);
  const inForce = await blog.load({ text });
  const { buildFeeds } = await import('./build-feeds.ts');
  const width = widthFor(asked.path, options.out, options.state);
  const { run, etags } = await buildFeeds(stores, inForce, look, width);
  const { title, url } = inForce.site;
  const built = lastBuildOf(run, etags, { title, url }, look?.last);
  if (folders && run.failures.length === 0) await keepLastBuild(folders, settings, built);
  return tell(asked, built, look ? runSince(built, run) : run);
}

async function storesOf({ blog, options }: Build) {
  const state = options.state === undefined ? undefined : await storeAt(options.state, options);
  return { posts: blog.posts, state, feeds: await storeAt(options.out, options) };
}

/** Tells what a build did, and the exit status. */
function tell(
  { path, blog, options, output, started }: Build,
  { title, url }: { title: string; url: string },
  run: Run,
): number {
  const { out, err } = output;
  out(`${title} · ${url}\n`);
  if (!blog.hasSiteFile)
    out(
      `no site file    the blog's address is taken to be ${url}: tidings init ${path} writes one\n`,
    );
  const problems = tellRun(run, { where: options.out, names: problemsOfNames(blog.posts) }, output);
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

/** Most memory that this process had at once, in megabytes. */
export function peak(): number {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}
