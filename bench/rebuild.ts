/**
 * `npm run bench -- rebuild [--times 10] [--runs 5] [--only tidings,hugo]`: building again what was
 * built, with Tidings' state kept on disk: nothing changed, one post edited, one tag renamed
 * everywhere. Alternating; medians.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { archive, edit } from './archive.ts';
import { type Builder, builders, putAside } from './builders.ts';
import { circumstances, type Figures, medians, timed } from './measure.ts';
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

const folder = mkdtempSync(join(tmpdir(), 'tidings-bench-'));
const posts = archive(join(folder, 'archive'), Number(values.times));
const blogs = values.only
  .split(',')
  .map((name) => builders[name]!(posts, join(folder, name)))
  .filter((blog) => blog !== undefined);
for (const blog of blogs) if (blog.name === 'Tidings') blog.args.push('--state', stateOf(blog));

/** What is done to the posts before a build. */
const changes: Record<string, (blog: Builder) => void> = {
  'built for the first time': (blog) => {
    for (const made of [blog.out, stateOf(blog)]) putAside(made, folder);
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

rmSync(folder, { recursive: true, force: true });

/** Beside what it writes. */
function stateOf({ out }: Builder): string {
  return join(out, '../state');
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
