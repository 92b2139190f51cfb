/**
 * `npm run bench -- rebuild [--times 10] [--runs 5] [--only tidings,hugo]`: building again what was
 * built, with Tidings' state kept on disk: nothing changed, one post edited, one tag renamed
 * everywhere; then an edit while a server watches, until the last feed has it. Alternating; medians.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { requireWeblog, weblog, writeArchive } from './archive.ts';
import { type Builder, builders } from './builders.ts';
import { circumstances, type Figures, median, medians, timed } from './measure.ts';
import { count, table } from './print.ts';

const { values } = parseArgs({
  options: {
    times: { type: 'string', default: '1' },
    runs: { type: 'string', default: '5' },
    only: { type: 'string', default: 'tidings,hugo' },
  },
});
const runs = Number(values.runs);
/** The most frequent of those that no other taxonomy or body names. */
const tag = 'Virtualization';
const port = 4173;

requireWeblog();
const folder = mkdtempSync(join(tmpdir(), 'tidings-bench-'));
let posts = weblog;
if (values.times !== '1') {
  posts = join(folder, 'archive');
  writeArchive(posts, Number(values.times));
}
const blogs = values.only
  .split(',')
  .map((name) => builders[name]!(posts, join(folder, name)))
  .filter((blog) => blog !== undefined);
const servers: Record<string, (blog: Builder) => string[]> = {
  Tidings: ({ args, posts: from }) => [args[0]!, 'serve', from, '--site', `${weblog}.yml`],
  Hugo: ({ args }) => ['server', ...args, '--disableLiveReload'],
};
for (const blog of blogs)
  if (blog.name === 'Tidings') blog.args.push('--state', join(folder, 'state'));

let edits = 0;
const marker = () => `Edited ${String(edits).padStart(4, '0')}.`;
/** What is done to the posts before a build. */
const changes: Record<string, (blog: Builder) => void> = {
  'built for the first time': ({ out }) => {
    for (const made of [out, join(folder, 'state')]) rmSync(made, { recursive: true, force: true });
  },
  'nothing changed': () => {},
  'one post edited': ({ posts: from }) => edit(from),
  'one tag renamed everywhere': ({ posts: from }) => rename(from),
};

console.log(`${circumstances()}; ${count(readdirSync(posts).length)} posts, ${runs} runs in turn`);
const rows: string[][] = [];
for (const [what, change] of Object.entries(changes)) {
  const figures = new Map(blogs.map((blog) => [blog, [] as Figures[]]));
  for (let run = 0; run < runs; run++) {
    for (const blog of blogs) {
      change(blog);
      const one = timed(blog);
      console.error(`${what}: ${blog.name} ${one.wall.toFixed(3)} s`);
      figures.get(blog)!.push(one);
    }
  }
  const [ours, theirs] = blogs.map((blog) => medians(figures.get(blog)!));
  for (const [nth, blog] of blogs.entries()) {
    const { wall, processor, memory } = medians(figures.get(blog)!);
    const ratio = nth === 0 && theirs ? theirs.wall / ours!.wall : undefined;
    const cells = [
      wall.toFixed(3),
      ratio?.toFixed(1) ?? '',
      processor.toFixed(2),
      memory.toFixed(0),
    ];
    rows.push([`${what}: ${blog.name}`, ...cells]);
  }
}
table(['', 'wall, s', 'times faster', 'processor, s', 'most memory, MB'], rows);

const watched = [];
for (const blog of blogs) {
  const seconds = await watch(blog);
  const ends = `${Math.min(...seconds).toFixed(3)} to ${Math.max(...seconds).toFixed(3)}`;
  watched.push([blog.name, median(seconds).toFixed(3), ends]);
}
table(['one post edited while its server watches', 'median, s', `of ${runs}`], watched);
rmSync(folder, { recursive: true, force: true });

/** The newest post says something more, or something else. */
function edit(from: string): void {
  const post = newestIn(from);
  const before = marker();
  edits++;
  const text = readFileSync(post, 'utf8');
  if (text.includes(before)) writeFileSync(post, text.replace(before, marker()));
  else appendFileSync(post, `\n\n${marker()}\n`);
}

function newestIn(from: string): string {
  const names = readdirSync(from).filter((name) => /^\d/.test(name));
  return join(from, names.sort().at(-1)!);
}

/** There and back. */
function rename(from: string): void {
  const line = new RegExp(`^- ${tag}(Anew)?$`, 'm');
  for (const name of readdirSync(from)) {
    const text = readFileSync(join(from, name), 'utf8');
    const renamed = text.replace(line, (_, anew) => `- ${tag}${anew ? '' : 'Anew'}`);
    if (renamed !== text) writeFileSync(join(from, name), renamed);
  }
}

/** Seconds from the edit of a post until the last of its feeds has it, asked of the tool's own server. */
async function watch(blog: Builder): Promise<number[]> {
  edit(blog.posts);
  timed(blog);
  const feeds = readdirSync(blog.out, { recursive: true, encoding: 'utf8' }).filter(
    (name) =>
      /feed\.\w+$/.test(name) && readFileSync(join(blog.out, name), 'utf8').includes(marker()),
  );
  if (feeds.length === 0) throw new Error(`${blog.name} has no feed with ${marker()}`);
  const args = [...servers[blog.name]!(blog), '--port', `${port}`];
  const server = spawn(blog.command, args, { stdio: 'ignore' });
  const seconds = [];
  try {
    await shown(feeds);
    // The first is not counted.
    for (let run = -1; run < runs; run++) {
      await sleep(1000);
      const begun = performance.now();
      edit(blog.posts);
      await shown(feeds);
      if (run >= 0) seconds.push((performance.now() - begun) / 1000);
    }
  } finally {
    server.kill();
    await once(server, 'exit');
  }
  return seconds;
}

/** Waits until each of these has the last edit. */
async function shown(feeds: string[]): Promise<void> {
  const until = performance.now() + 120_000;
  for (const feed of feeds) {
    while (!(await fetched(feed)).includes(marker())) {
      if (performance.now() > until) throw new Error(`${feed} never had ${marker()}`);
      await sleep(2);
    }
  }
}

async function fetched(feed: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/${feed}`).catch(() => undefined);
  return (await response?.text()) ?? '';
}
