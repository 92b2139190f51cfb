import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { defaultLimits, defaultSite } from '../src/site.ts';
import { cost } from '../test/fuzz/cost.ts';
import { costly } from '../test/fuzz/costly.ts';
import { fuzz } from '../test/fuzz/fuzz.ts';
import { realPosts } from '../test/fuzz/mutate.ts';

/**
 * `npm run fuzz -- --runs N [--seed S]`: makes N posts, from seed S on, puts each through all that is
 * made of posts, and shows the first that does harm, shortened. The same seed makes the same post, as
 * long as the real posts that it may have been made of are the same. A million is the long run.
 * `--costly` tries instead each post that was made to be slow, as large as a post may be, in a
 * process of its own with half a gigabyte, and fails if one takes longer than 2 seconds.
 */
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    costly: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});

if (values.only !== undefined) measureOne(values.only);
else process.exitCode = (values.costly ? measureAll() : fuzzPosts()) ? 0 : 1;

function measureOne(name: string): void {
  const one = costly.find((given) => given.name === name)!;
  const { milliseconds, post, error } = cost(one, defaultLimits.size * 1024 - 200, defaultSite());
  const problem = error instanceof Error ? error.message : post?.problems[0]?.cause;
  const mb = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(JSON.stringify({ milliseconds, mb, problem }));
}

function measureAll(): boolean {
  let isWithin = true;
  const worst = { milliseconds: 0, mb: 0 };
  for (const { name } of costly) {
    const given = ['--max-old-space-size=512', import.meta.filename, '--only', name];
    const { stdout } = spawnSync(process.execPath, given, { timeout: 60_000 });
    const result = `${stdout}` && JSON.parse(`${stdout}`);
    const { milliseconds = Number.POSITIVE_INFINITY, mb = 0, problem } = result || {};
    worst.milliseconds = Math.max(worst.milliseconds, milliseconds);
    worst.mb = Math.max(worst.mb, mb);
    const isFine = milliseconds <= 2000;
    isWithin &&= isFine;
    if (!isFine || milliseconds > 500 || mb > 400)
      console.log(
        `${isFine ? '  ' : 'NO'} ${Math.round(milliseconds)} ms, ${mb} MB: ${name}; ${problem ?? 'no problem'}`,
      );
  }
  console.log(
    `${costly.length} posts, the worst ${Math.round(worst.milliseconds)} ms and ${worst.mb} MB`,
  );
  return isWithin;
}

function fuzzPosts(): boolean {
  const posts = realPosts();
  const begun = performance.now();
  const seconds = () => ((performance.now() - begun) / 1000).toFixed(0);
  const { runs, counts, bad } = fuzz({
    runs: Number(values.runs),
    seed: Number(values.seed),
    posts,
    tell: (done) => {
      if (done % 10_000 === 0) console.log(`${done} after ${seconds()} s`);
    },
  });
  console.log(
    `${runs} posts from seed ${values.seed} in ${seconds()} s, beside ${posts.length} real ones`,
  );
  for (const [name, count] of Object.entries(counts).sort()) console.log(`  ${name}: ${count}`);
  const { rss } = process.memoryUsage();
  console.log(`  memory: ${Math.round(rss / 2 ** 20)} MB`);
  if (bad) {
    console.log(`seed ${bad.seed} does harm:`);
    for (const fault of bad.faults.slice(0, 10)) console.log(`  ${fault.slice(0, 600)}`);
    console.log(
      `settings: ${JSON.stringify(bad.settings)}\n${bad.key}: ${JSON.stringify(bad.text)}`,
    );
  }
  return bad === undefined;
}
