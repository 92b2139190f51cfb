import { parseArgs } from 'node:util';
import { fuzz } from '../test/fuzz/fuzz.ts';
import { realPosts } from '../test/fuzz/mutate.ts';

/**
 * `npm run fuzz -- --runs N [--seed S]`: makes N posts, from seed S on, puts each through all that is
 * made of posts, and shows the first that does harm, shortened. The same seed makes the same post, as
 * long as the real posts that it may have been made of are the same. A million is the long run.
 */
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
  },
});

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
  console.log(`settings: ${JSON.stringify(bad.settings)}\n${bad.key}: ${JSON.stringify(bad.text)}`);
  process.exitCode = 1;
}
