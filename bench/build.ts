/**
 * `npm run bench -- build [--times 10] [--runs 5] [--only tidings,hugo]`: a full build of a real
 * blog's feeds, or of an archive so many times as large, by Tidings and by others; alternating,
 * after one run of each that is not counted, unless it is slow. Slow ones run less often. Medians.
 * Needs Debian's packages hugo, jekyll, ruby-jekyll-feed and time; installs Eleventy by itself.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { archive } from './archive.ts';
import { type Builder, builders, feedsIn, putAside } from './builders.ts';
import { circumstances, type Figures, medians, timed } from './measure.ts';
import { count, table } from './print.ts';

const { values } = parseArgs({
  options: {
    times: { type: 'string', default: '1' },
    runs: { type: 'string', default: '5' },
    only: { type: 'string', default: Object.keys(builders).join() },
  },
});
/** Seconds that the runs of one builder may take, about; and from which on its first run counts. */
const patience = 100;
const long = 15;

const folder = mkdtempSync(join(tmpdir(), 'tidings-bench-'));
const posts = archive(join(folder, 'archive'), Number(values.times));
const blogs = values.only
  .split(',')
  .map((name) => builders[name]!(posts, join(folder, name)))
  .filter((blog) => blog !== undefined);

const figures = new Map(blogs.map((blog) => [blog, [] as Figures[]]));
const left = new Map<Builder, number>();
for (const blog of blogs) {
  // Files in the cache, compiled code on disk: of no weight where a build takes long.
  const one = built(blog);
  if (one.wall > long) figures.get(blog)!.push(one);
  const wanted = Number(values.runs) - figures.get(blog)!.length;
  left.set(blog, Math.min(wanted, Math.floor(patience / one.wall)));
}
const before = circumstances();
for (let run = 0; run < Math.max(...left.values()); run++)
  for (const blog of blogs) if (run < left.get(blog)!) figures.get(blog)!.push(built(blog));

console.log(`${before}; ${count(readdirSync(posts).length)} posts`);
const [first] = blogs;
const base = medians(figures.get(first!)!);
const rows = blogs.map((blog) => {
  const { wall, processor, memory } = medians(figures.get(blog)!);
  const times = (wall / base.wall).toFixed(2);
  const cells = [wall.toFixed(2), times, processor.toFixed(2), memory.toFixed(0)];
  return [`${blog.name} ${blog.version}`.trim(), ...cells, range(blog), `${feedsIn(blog)}`];
});
const head = [
  '',
  'wall, s',
  `× ${first!.name}`,
  'processor, s',
  'most memory, MB',
  'runs',
  'feeds',
];
table(head, rows);
for (const blog of blogs) rmSync(blog.cwd ?? folder, { recursive: true, force: true });
rmSync(folder, { recursive: true, force: true });

function built(blog: Builder): Figures {
  putAside(blog.out, folder);
  const one = timed(blog);
  console.error(`${blog.name} ${one.wall.toFixed(2)} s`);
  return one;
}

/** How many runs, and the fastest and slowest of them. */
function range(blog: Builder): string {
  const walls = figures.get(blog)!.map(({ wall }) => wall);
  return `${walls.length}: ${Math.min(...walls).toFixed(2)} to ${Math.max(...walls).toFixed(2)}`;
}
