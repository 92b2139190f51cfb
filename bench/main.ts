/**
 * `npm run bench -- NAME [ARGUMENTS]`: runs a benchmark as a process of its own, started directly;
 * without a name it lists them. What they measured is in RESULTS.md.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Name → what it measures, and the arguments of node that run it in this folder. */
const benchmarks: Record<string, [what: string, ...command: string[]]> = {
  build: ['a full build of a real blog, beside Hugo, Jekyll and Eleventy', 'build.ts'],
  rebuild: ['nothing changed, one post edited, one tag renamed, beside Hugo', 'rebuild.ts'],
  watch: ['one post edited while a server watches, beside Hugo', 'watch.ts'],
  parts: ['each part of the way from a post to a feed', 'parts.ts'],
  guard: ['counts and ratios that must not grow: what .ci/run holds to', 'guard.ts'],
  serve: ['mixes and older entries, answered from the index', '--expose-gc', 'serve.ts'],
  cold: ['size of the deployed functions, and how they start', 'cold-start.ts'],
  publish: ['one post published on a real S3 server, beside the same requests bare', 'publish.ts'],
  burst: ['many posts at once, with several publishers', 'burst.ts'],
  lambda: ['the deployed functions: first and warm events, memory, dollars', 'lambda.ts'],
  readers: ['bytes of a poll, and what a day of subscribers takes', 'readers.ts'],
};

const [name, ...rest] = process.argv.slice(2);
const benchmark = name === undefined ? undefined : benchmarks[name];
if (benchmark) {
  const [, ...command] = benchmark;
  const script = fileURLToPath(new URL(command.pop()!, import.meta.url));
  const args = [...command, script, ...rest];
  const [status] = await once(spawn(process.execPath, args, { stdio: 'inherit' }), 'exit');
  process.exitCode = status ?? 1;
} else {
  if (name !== undefined) console.error(`There is no benchmark ${name}.\n`);
  console.log('npm run bench -- NAME\n');
  for (const [each, [what]] of Object.entries(benchmarks))
    console.log(`  ${each.padEnd(9)} ${what}`);
  process.exitCode = name === undefined ? 0 : 1;
}
