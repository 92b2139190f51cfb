import { fileURLToPath } from 'node:url';
import { InvalidSite } from '../errors.ts';
import { formats } from '../keys.ts';
import { drain, localQueue, queueEverything, type Run } from '../publish/local.ts';
import type { SiteInForce } from '../publish/pipeline.ts';
import { compressor } from '../serve/encoding.ts';
import { serve } from '../serve/serve.ts';
import type { Site } from '../site.ts';
import { MemoryStore } from '../store/memory.ts';
import { BadArguments } from './bad-arguments.ts';
import { type BlogOptions, type FolderBlog, openFolder, problemsOfNames } from './blog.ts';
import { isBucket } from './buckets.ts';
import { folderLooks } from './folder-looks.ts';
import { listen } from './http.ts';
import type { Output } from './output.ts';
import { withProgress } from './progress.ts';
import { counted, failuresText, postsText, problemsOf, problemsText } from './summary.ts';
import { watch } from './watch.ts';

/** The posts that are served when no folder is named. */
const examples = fileURLToPath(new URL('../../examples/posts', import.meta.url));

export interface ServeOptions extends BlogOptions {
  port: number;
  host: string;
}

type Respond = (request: Request) => Promise<Response>;

/** A server that runs; `close` ends it and its watch. */
export interface Serving {
  address: string;
  close(): Promise<void>;
}

/** `tidings serve [POSTS]`: builds in memory, answers requests, and refreshes what changes. */
export async function serveBlog(
  path: string | undefined,
  options: ServeOptions,
  output: Output,
): Promise<Serving> {
  if (path !== undefined && isBucket(path))
    throw new BadArguments(
      `${path} is a bucket: tidings serve watches a folder; build writes to buckets`,
    );
  let respond: Respond = async () => busy();
  const { server, address } = await bind(options, (request) => respond(request), output.err);
  const closeServer = async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  };
  try {
    const blog = await openFolder(path ?? examples, { ...options, feeds: address });
    const published = await publish(blog, output);
    respond = published.respond;
    const watching = published.watch();
    const close = async () => {
      await watching.close();
      await closeServer();
    };
    return { address, close };
  } catch (error) {
    // A server that nobody can close would keep the process.
    await closeServer();
    throw error;
  }
}

/** Builds a blog's feeds and tells of them; what is to answer requests for them, and to refresh them. */
async function publish(blog: FolderBlog, output: Output) {
  const started = performance.now();
  // Before anything is read: what changes from here on is taken up.
  const looks = folderLooks(blog.posts);
  let inForce: SiteInForce = await blog.load();
  const pipeline = {
    posts: blog.posts,
    state: new MemoryStore(Date.now),
    feeds: new MemoryStore(Date.now),
    queue: localQueue(),
    site: async () => inForce,
    now: Date.now,
  };
  await queueEverything(pipeline);
  const run = await withProgress((onProgress) => drain(pipeline, { onProgress }));
  for (const { what } of run.failures) looks.forget(what);
  tell(run, blog, inForce.site, performance.now() - started, output);
  const compress = compressor();
  const respond: Respond = (request) => serve(request, { ...pipeline, compress }, inForce.site);
  const reload = async () => {
    const text = await blog.read();
    if (text === undefined && blog.hasSiteFile) throw new InvalidSite(`${blog.siteFile} is gone`);
    const now = await blog.load({ text });
    // The same settings stay the same object, by which others know what they made of them.
    if (now.fingerprint !== inForce.fingerprint) inForce = now;
  };
  return { respond, watch: () => watch({ blog, pipeline, looks, reload }, output) };
}

function tell(
  run: Run,
  { folder, posts, hasSiteFile }: FolderBlog,
  site: Site,
  took: number,
  { out, err, isTerminal }: Output,
): void {
  const problems = [...problemsOfNames(posts), ...problemsOf(run)];
  err(problemsText(problems, isTerminal));
  err(failuresText(run.failures, isTerminal));
  out(`${site.title}: ${postsText(run)}\n`);
  if (!hasSiteFile)
    out(`no site file: links lead to ${site.url}; tidings init ${folder} writes one\n`);
  out(
    `${counted(run.selections - 1, 'feed')} in ${counted(formats.length, 'format')}, ${counted(problems.length, 'problem')}, ${(took / 1000).toFixed(2)} s\n`,
  );
}

async function bind(
  { host, port }: ServeOptions,
  respond: (request: Request) => Promise<Response>,
  err: Output['err'],
) {
  try {
    return await listen(respond, {
      host,
      port,
      onError: (error) => err(`${error instanceof Error ? error.stack : error}\n`),
    });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? 'another program uses it' : message;
    throw new BadArguments(`cannot listen on ${host}:${port}: ${why}; choose one with --port`, {
      cause,
    });
  }
}

function busy(): Response {
  return new Response('The feeds are being built.\n', {
    status: 503,
    headers: { 'retry-after': '1' },
  });
}
