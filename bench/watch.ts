/**
 * `npm run bench -- watch [--times 10] [--runs 9]`: one post is edited while `tidings serve` or `hugo
 * server` watches: seconds until the last of its feeds, asked of that server, says what it says now.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { archive, edit, weblog } from './archive.ts';
import { type Builder, builders } from './builders.ts';
import { circumstances, median, timed } from './measure.ts';
import { count, table } from './print.ts';

const { values } = parseArgs({
  options: {
    times: { type: 'string', default: '1' },
    runs: { type: 'string', default: '9' },
  },
});
const port = 4173;
/** The arguments of each one's server. Hugo's would renew only what a browser looked at last. */
const servers: Record<string, (blog: Builder) => string[]> = {
  tidings: ({ args, posts }) => [args[0]!, 'serve', posts, '--site', `${weblog}.yml`],
  hugo: ({ args }) => ['server', ...args, '--disableLiveReload', '--disableFastRender'],
};

const folder = mkdtempSync(join(tmpdir(), 'tidings-bench-'));
const posts = archive(join(folder, 'archive'), Number(values.times));
console.log(`${circumstances()}; ${count(readdirSync(posts).length)} posts`);
const rows: string[][] = [];
for (const [name, serverOf] of Object.entries(servers)) {
  const blog = builders[name]!(posts, join(folder, name));
  if (!blog) continue;
  const said = edit(blog.posts);
  timed(blog);
  const seconds = await watched(blog, serverOf(blog), feedsThatSay(said, blog));
  const ends = `${Math.min(...seconds).toFixed(3)} to ${Math.max(...seconds).toFixed(3)}`;
  rows.push([blog.name, median(seconds).toFixed(3), ends]);
}
table(['one post edited under a server', 'median, s', `all ${values.runs}`], rows);
rmSync(folder, { recursive: true, force: true });

function feedsThatSay(said: string, { name, out }: Builder): string[] {
  const feeds = readdirSync(out, { recursive: true, encoding: 'utf8' }).filter(
    (file) => /feed\.\w+$/.test(file) && readFileSync(join(out, file), 'utf8').includes(said),
  );
  if (feeds.length === 0) throw new Error(`${name}: no feed says "${said}"`);
  console.error(`${name}: ${feeds.length} feeds`);
  return feeds;
}

/** Seconds from each edit until all these feeds have it. */
async function watched(blog: Builder, args: string[], feeds: string[]): Promise<number[]> {
  const server = spawn(blog.command, [...args, '--port', `${port}`], { stdio: 'ignore' });
  const seconds: number[] = [];
  try {
    await shown(feeds, 'Edited');
    // The first is not counted.
    for (let run = -1; run < Number(values.runs); run++) {
      // Both may still be at something that the last edit began.
      await sleep(1000);
      const begun = performance.now();
      const said = edit(blog.posts);
      // To ask for all of them again and again would keep the server from its work.
      await shown(feeds.slice(0, 1), said);
      await Promise.all(feeds.map((feed) => shown([feed], said)));
      const took = (performance.now() - begun) / 1000;
      console.error(`${blog.name} ${took.toFixed(3)} s`);
      if (run >= 0) seconds.push(took);
    }
    return seconds;
  } finally {
    server.kill();
    await once(server, 'exit');
  }
}

async function shown(feeds: string[], said: string): Promise<void> {
  const until = performance.now() + 120_000;
  for (const feed of feeds) {
    while (!(await fetched(feed)).includes(said)) {
      if (performance.now() > until) throw new Error(`${feed} never said "${said}"`);
      await sleep(2);
    }
  }
}

async function fetched(feed: string): Promise<string> {
  // Hugo's server does not compress.
  const headers = { 'accept-encoding': 'identity' };
  const url = `http://127.0.0.1:${port}/${feed}`;
  const response = await fetch(url, { headers }).catch(() => undefined);
  return (await response?.text()) ?? '';
}
