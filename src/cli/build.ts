import { relative, resolve, sep } from 'node:path';
import { drain, localQueue, queueEverything } from '../publish/local.ts';
import { FilesystemStore } from '../store/filesystem.ts';
import { MemoryStore } from '../store/memory.ts';
import { BadArguments, type BlogOptions, openBlog } from './blog.ts';
import type { Output } from './output.ts';
import { progressBar } from './progress.ts';
import { counted, feedsText, postsText, problemsOf, problemsText } from './summary.ts';

export interface BuildOptions extends BlogOptions {
  out: string;
  state?: string;
  strict?: boolean;
}

/** `tidings build POSTS --out DIR`: every feed as a file. Tells the exit status. */
export async function build(
  path: string,
  options: BuildOptions,
  { out, err }: Output,
): Promise<number> {
  const started = performance.now();
  requireApart(options);
  const ours = [options.out, ...(options.state ? [options.state] : [])];
  const blog = await openBlog(path, { ...options, ours });
  const inForce = await blog.load();
  const pipeline = {
    posts: blog.posts,
    state: options.state ? new FilesystemStore(options.state) : new MemoryStore(Date.now),
    feeds: new FilesystemStore(options.out),
    queue: localQueue(),
    site: async () => inForce,
    now: Date.now,
  };
  const bar = progressBar(process.stderr);
  await queueEverything(pipeline);
  const run = await drain(pipeline, bar.show);
  bar.stop();

  const problems = problemsOf(run);
  err(problemsText(problems));
  for (const { what, error } of run.failures) err(`${what}: ${error.message}\n`);
  const { site } = inForce;
  out(`${site.title} · ${site.url}\n`);
  if (!blog.hasSiteFile)
    out(
      `no site file    the blog's address is taken to be ${site.url}: tidings init ${path} writes one\n`,
    );
  out(`posts           ${postsText(run)}\n`);
  out(`problems        ${problems.length === 0 ? 'none' : counted(problems.length, 'problem')}\n`);
  out(`feeds           ${feedsText(run)}, in ${options.out}\n`);
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

/** The state is private and the output public: one must not lie in the other. */
function requireApart({ out, state }: BuildOptions): void {
  if (state === undefined) return;
  const between = relative(resolve(out), resolve(state));
  if (between === '' || !(between.startsWith(`..${sep}`) || between === '..'))
    throw new BadArguments(
      `--state ${state} lies in --out ${out}, which readers can see: choose another folder`,
    );
}

/** Most memory that this process had at once, in megabytes. */
export function peak(): number {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}
