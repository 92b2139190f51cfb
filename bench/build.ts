/**
 * `npm run bench -- build`: a full build of a real blog's feeds by Tidings and by Hugo, the same feeds of the
 * same posts, each process started directly, in turn. Prints each run, the medians and the ratios.
 * Needs Debian's packages hugo and time; the posts lie beside the project and are not part of it.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const posts = fileURLToPath(new URL('../../shared/posts/weblog', import.meta.url));
const runs = Number(process.argv[2] ?? 5);

/** Seconds of wall time and of processor time, and megabytes at most, of one process. */
interface Figures {
  wall: number;
  processor: number;
  memory: number;
}

if (!existsSync(posts)) console.log(`There are no posts at ${posts}: nothing to measure.`);
else if (spawnSync('hugo', ['version']).status !== 0)
  console.log('There is no hugo: apt-get install hugo time');
else compare();

function compare(): void {
  const folder = mkdtempSync(join(tmpdir(), 'tidings-bench-'));
  const blog = join(folder, 'hugo');
  const ours = join(folder, 'tidings');
  cpSync(fileURLToPath(new URL('hugo', import.meta.url)), blog, { recursive: true });
  cpSync(posts, join(blog, 'content/posts'), { recursive: true });
  cpSync(join(blog, 'section.md'), join(blog, 'content/posts/_index.md'));
  const main = fileURLToPath(new URL('../dist/cli/main.mjs', import.meta.url));
  const tidings = () => {
    rmSync(ours, { recursive: true, force: true });
    return timed(process.execPath, [main, 'build', posts, '--out', ours, '--site', `${posts}.yml`]);
  };
  const hugo = () => {
    rmSync(join(blog, 'public'), { recursive: true, force: true });
    return timed('hugo', ['--quiet', '--source', blog]);
  };
  // One of each that is not counted: files in the cache, our compiled code on disk.
  tidings();
  hugo();
  const pairs = Array.from({ length: runs }, () => ({ tidings: tidings(), hugo: hugo() }));
  for (const { tidings: a, hugo: b } of pairs) console.log(`Tidings ${text(a)}    Hugo ${text(b)}`);
  console.log(
    `\n${readdirSync(posts).length} posts, ${feeds(ours)} feeds, Hugo ${feeds(join(blog, 'public'))}; ${runs} runs in turn`,
  );
  console.log(
    `node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, ${spawnSync('hugo', ['version']).stdout.toString().split(' ')[1]}`,
  );
  for (const figure of ['wall', 'processor', 'memory'] as const) {
    const [a, b] = (['tidings', 'hugo'] as const).map((who) =>
      median(pairs.map((pair) => pair[who][figure])),
    );
    console.log(
      `${figure.padEnd(10)} Tidings ${a!.toFixed(2)}  Hugo ${b!.toFixed(2)}  ratio ${(a! / b!).toFixed(2)}`,
    );
  }
  rmSync(folder, { recursive: true });
}

function timed(command: string, args: string[]): Figures {
  const run = spawnSync('/usr/bin/time', ['-f', '%e %U %S %M', command, ...args], {
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(`${command} failed: ${run.stderr}`);
  const [wall, user, system, kilobytes] = run.stderr
    .trim()
    .split('\n')
    .at(-1)!
    .split(' ')
    .map(Number);
  return { wall: wall!, processor: user! + system!, memory: kilobytes! / 1024 };
}

function text({ wall, processor, memory }: Figures): string {
  return `${wall.toFixed(2)} s, processor ${processor.toFixed(2)} s, ${memory.toFixed(0)} MB`;
}

function median(figures: number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  return (
    (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.ceil((sorted.length - 1) / 2)]!) / 2
  );
}

function feeds(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /feed\.\w+$/.test(name),
  ).length;
}
