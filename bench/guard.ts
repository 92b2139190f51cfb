/**
 * `npm run bench -- guard`: fails where a build asks for more, or takes longer beside other work,
 * than it should. Counts and ratios only, so it says the same on a slow or busy machine. Its posts
 * are made, and what it measures itself against runs beside it: markdown-it on the same posts.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import MarkdownIt from 'markdown-it';
import { buildAtOnce } from '../src/publish/at-once.ts';
import { drain, localQueue, queueEverything, type Run } from '../src/publish/local.ts';
import { fingerprint, readSite } from '../src/site.ts';
import { MemoryStore } from '../src/store/memory.ts';
import { countingStore, noCounts, trips } from '../test/costs/counting-store.ts';
import { bundled } from './builders.ts';
import { madePost } from './made-posts.ts';
import { median } from './measure.ts';
import { machine, table } from './print.ts';

const rounds = 3;
const size = 1000;
const tags = Array.from({ length: 40 }, (_, nth) => `Tag ${nth}`);
const site = readSite('url: https://blog.example');
const inForce = { site, fingerprint: fingerprint(site) };

/** A figure, and what it must not exceed. */
const checks: { what: string; value: number; most: number }[] = [];

const folder = mkdtempSync(join(tmpdir(), 'tidings-guard-'));
try {
  await countBuild();
  await compareBuild();
  compareRebuild();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
report();

/** Text of a post with four of the tags; the later, the higher its number. */
function text(seed: number): string {
  const own = [0, 7, 18, 29].map((step) => tags[(seed + step) % tags.length]!);
  return madePost({ tags: own, published: 1_500_000_000 + seed * 3600, seed });
}

/** A pipeline of one process over stores in memory, and what is asked of those. */
async function blogOf(posts: number) {
  const clock = trips();
  const counts = { posts: noCounts(), state: noCounts(), feeds: noCounts() };
  const stores = { posts: new MemoryStore(() => 0), state: new MemoryStore(() => 0) };
  for (let seed = 0; seed < posts; seed++) await stores.posts.put(`${seed}.md`, text(seed));
  const feeds = new MemoryStore(() => 0);
  const pipeline = {
    posts: countingStore(stores.posts, counts.posts, clock),
    state: countingStore(stores.state, counts.state, clock),
    feeds: countingStore(feeds, counts.feeds, clock),
    queue: localQueue(),
    site: async () => inForce,
    now: () => Date.UTC(2026, 0, 1),
  };
  return { counts, pipeline };
}

/** What full builds ask of the stores for each post and feed; and the next one, which has nothing to do. */
async function countBuild(): Promise<void> {
  const alone = await blogOf(size);
  await buildAtOnce(alone.pipeline);
  checks.push({ what: 'reads of a post', value: alone.counts.posts.gets / size, most: 1.01 });

  const { counts, pipeline } = await blogOf(size);
  const build = async (): Promise<Run> => {
    await queueEverything(pipeline);
    return drain(pipeline);
  };
  const { selections } = await build();
  const { posts, state, feeds } = counts;
  checks.push(
    { what: 'with a state: reads of a post', value: posts.gets / size, most: 2.1 },
    { what: 'reads of the state for a post', value: state.gets / size, most: 3.2 },
    { what: 'writes to the state for a post', value: state.puts / size, most: 7.5 },
    { what: 'lists of the state for a post', value: state.lists / size, most: 1.2 },
    { what: 'objects written for a feed', value: feeds.puts / selections, most: 4.1 },
  );
  Object.assign(feeds, noCounts());
  Object.assign(state, noCounts());
  await build();
  checks.push(
    { what: 'objects written when nothing changed', value: feeds.puts, most: 0 },
    { what: 'writes to the state when nothing changed', value: state.puts, most: 0 },
  );
}

/** Processor time of a build beside that of bare Markdown, and of a large build beside a small one. */
async function compareBuild(): Promise<void> {
  const bodies = Array.from({ length: size * 2 }, (_, seed) => text(seed).split('\n---\n')[1]!);
  const markdown = async () => {
    const parser = new MarkdownIt({ html: true, typographer: true });
    for (const body of bodies) parser.render(body);
  };
  const fresh = async (posts: number) => {
    const { pipeline } = await blogOf(posts);
    return processorTime(() => buildAtOnce(pipeline));
  };
  const [bare, small, large]: number[][] = [[], [], []];
  // The first round only warms the code.
  for (let round = -1; round < rounds; round++) {
    const times = [await processorTime(markdown), await fresh(size / 2), await fresh(size * 2)];
    if (round >= 0)
      for (const [nth, list] of [bare!, small!, large!].entries()) list.push(times[nth]!);
  }
  checks.push(
    { what: 'a build, beside bare Markdown', value: median(large!) / median(bare!), most: 3 },
    {
      what: 'a post among 2,000, beside one among 500',
      value: median(large!) / median(small!) / 4,
      most: 1,
    },
  );
}

async function processorTime(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** Whole processes of the command line on disk: built again when nothing changed, and from nothing. */
function compareRebuild(): void {
  const posts = join(folder, 'posts');
  mkdirSync(posts);
  for (let seed = 0; seed < size; seed++) writeFileSync(join(posts, `${seed}.md`), text(seed));
  const main = bundled(join(folder, 'cli'));
  const out = join(folder, 'out');
  const state = join(folder, 'state');
  const args = [main, 'build', posts, '--out', out, '--state', state];
  const full: number[] = [];
  const again: number[] = [];
  for (let round = 0; round < 3; round++) {
    for (const made of [out, state]) rmSync(made, { recursive: true, force: true });
    full.push(wallTime(args));
    again.push(wallTime(args));
  }
  checks.push({
    what: 'a build when nothing changed, beside a full one',
    value: median(again) / median(full),
    most: 0.15,
  });
}

function wallTime(args: string[]): number {
  const begun = performance.now();
  execFileSync(process.execPath, args, { stdio: 'ignore' });
  return performance.now() - begun;
}

function report(): void {
  const rows = checks.map(({ what, value, most }) => {
    const verdict = value <= most ? 'yes' : 'NO';
    return [what, value.toFixed(2), `${most}`, verdict];
  });
  console.log(`${machine()}; ${size} posts`);
  table(['', 'measured', 'at most', 'holds'], rows);
  const broken = checks.filter(({ value, most }) => !(value <= most));
  if (broken.length === 0) return;
  const names = broken.map(({ what }) => what).join(', ');
  console.log(`More than it should be: ${names}. Find the change that did it, with`);
  console.log(
    '`npm run bench -- parts` on both sides; or raise the bound in bench/guard.ts and say why.',
  );
  process.exitCode = 1;
}
