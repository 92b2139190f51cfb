import { fileURLToPath } from 'node:url';
import { formats } from '../keys.ts';
import { drain, localQueue, queueEverything } from '../publish/local.ts';
import type { SiteInForce } from '../publish/pipeline.ts';
import { compressor } from '../serve/encoding.ts';
import { serve } from '../serve/serve.ts';
import { MemoryStore } from '../store/memory.ts';
import { BadArguments } from './bad-arguments.ts';
import { type BlogOptions, openBlog } from './blog.ts';
import { isBucket } from './buckets.ts';
import { listen } from './http.ts';
import type { Output } from './output.ts';
import { progressBar } from './progress.ts';
import { counted, postsText, problemsOf, problemsText } from './summary.ts';
import { watch } from './watch.ts';

/** The posts that are served when no folder is named. */
const examples = fileURLToPath(new URL('../../examples/posts', import.meta.url));

export interface ServeOptions extends BlogOptions {
  port: number;
  host: string;
}

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
  const { out, err } = output;
  const started = performance.now();
  let ready: ((request: Request) => Promise<Response>) | undefined;
  const { server, address } = await bind(
    options,
    (request) => (ready ? ready(request) : Promise.resolve(busy())),
    err,
  );
  const blog = await openBlog(path ?? examples, { ...options, feeds: address }).catch((error) => {
    server.close();
    throw error;
  });
  let inForce: SiteInForce = await blog.load();
  const pipeline = {
    posts: blog.posts,
    state: new MemoryStore(Date.now),
    feeds: new MemoryStore(Date.now),
    queue: localQueue(),
    site: async () => inForce,
    now: Date.now,
  };
  const bar = await progressBar(process.stderr);
  await queueEverything(pipeline);
  const run = await drain(pipeline, { onProgress: bar.show });
  bar.stop();
  const compress = compressor();
  ready = (request) => serve(request, { ...pipeline, compress }, inForce.site);

  const problems = problemsOf(run);
  err(problemsText(problems, output.isTerminal));
  const seconds = ((performance.now() - started) / 1000).toFixed(2);
  out(`${inForce.site.title}: ${postsText(run)}\n`);
  if (!blog.hasSiteFile)
    out(`no site file: links lead to ${inForce.site.url}; tidings init ${path} writes one\n`);
  out(
    `${counted(run.selections - 1, 'feed')} in ${counted(formats.length, 'format')}, ${counted(problems.length, 'problem')}, ${seconds} s\n`,
  );
  out(`every feed is listed at ${address}/\n`);

  const reload = async () => {
    inForce = await blog.load();
  };
  const watching = await watch(blog, pipeline, reload, output);
  return {
    address,
    close: async () => {
      await watching.close();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
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
