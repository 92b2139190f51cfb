import { directory, siteFileKey } from '../src/keys.ts';
import { ingest } from '../src/publish/ingest.ts';
import { rebuild } from '../src/publish/rebuild.ts';
import {
  allDollars,
  type Bill,
  billOf,
  s3Dollars,
  sqsRequests,
  sum,
  times,
} from '../test/costs/bill.ts';
import { type Change, type CostStage, costStage, newPost, tagsOf } from '../test/costs/stage.ts';

/**
 * `npm run costs`: what publishing asks of S3, SQS and Lambda, counted on the pipeline itself, and
 * what that costs. docs/costs.md holds what it printed.
 */

/** Posts that five functions publish in one window of two seconds, within which requests for one feed are one. */
const perWindow = 500;

/** A line of a table; round trips are those from the event to the last feed. */
interface Row {
  what: string;
  bill: Bill;
  trips?: number;
}

function changeRow(what: string, { ingest: one, refresh, selections, tripsToFeeds }: Change): Row {
  const bill = sum([billOf(one, { posts: 1 }), billOf(refresh, { feeds: selections }, selections)]);
  return { what, bill, trips: tripsToFeeds || one.trips };
}

/** Each kind of change to a post with five tags. */
async function changes(entries: number, terms: number): Promise<Row[]> {
  const past = { entries, terms, tags: 5 };
  const stage = await costStage(past);
  const tags = tagsOf(past);
  const change = async (what: string, text?: string) => {
    if (text === undefined) await stage.remove('a.md');
    else await stage.write('a.md', text);
    return changeRow(what, await stage.change('a.md'));
  };
  return [
    await change('first publish', newPost(tags, 'A', 10)),
    await change('no change', newPost(tags, 'A', 10)),
    await change('edit', newPost(tags, 'B', 10)),
    await change('retag', newPost([...tags.slice(1), 't5'], 'B', 10)),
    await change('delete'),
  ];
}

/** The directory after a first publish. */
async function directoryRow(terms: number): Promise<Row> {
  const stage = await costStage({ entries: 100, tags: 5, terms });
  await stage.refreshDirectory();
  await stage.write('a.md', newPost(tagsOf({ tags: 5 }), 'A', 10));
  await stage.change('a.md');
  const cost = await stage.refreshDirectory();
  return { what: `${count(terms)} terms`, bill: billOf(cost, { feeds: 1 }), trips: cost.trips };
}

/** Posts with five of a hundred tags each. */
async function writePosts(stage: CostStage, posts: number): Promise<string[]> {
  const keys = Array.from({ length: posts }, (_, nth) => `${nth}.md`);
  for (const [nth, key] of keys.entries()) {
    const tags = [0, 17, 34, 51, 68].map((step) => `t${(nth + step) % 100}`);
    await stage.write(key, newPost(tags, `Post ${nth}`, nth));
  }
  return keys;
}

interface Crowd {
  ingests: Bill;
  refreshes: Bill;
  directories: Bill;
}

/** Many posts, window by window: each is published, then each feed that was asked for. */
async function crowd(stage: CostStage, keys: string[], messages: number): Promise<Crowd> {
  const none = billOf(await stage.measure(async () => {}), {}, 0);
  let [ingests, refreshes, directories] = [{ ...none, posts: messages }, none, none];
  for (let at = 0; at < keys.length; at += perWindow) {
    const some = keys.slice(at, at + perWindow);
    const published = await stage.measure(() =>
      Promise.all(some.map((key) => ingest(key, stage.pipeline))),
    );
    ingests = sum([ingests, billOf(published, {}, some.length)]);
    let feeds = 0;
    const refreshed = await stage.measure(async () => {
      feeds = await stage.refreshAll();
    });
    refreshes = sum([refreshes, billOf(refreshed, { feeds }, feeds)]);
    if (!stage.asked.delete(directory)) continue;
    directories = sum([directories, billOf(await stage.refreshDirectory(), { feeds: 1 })]);
  }
  return { ingests, refreshes, directories };
}

async function burst(posts: number): Promise<Row> {
  const stage = await costStage({ entries: 0, tags: 0, terms: 0 });
  // S3 tells of each post in a message of its own.
  const done = await crowd(stage, await writePosts(stage, posts), posts);
  return { what: `burst of ${count(posts)} posts`, bill: sum(Object.values(done)) };
}

/** A rebuild after a change of the site's title, and one so much larger, made of its parts. */
async function rebuilds(posts: number, large: { posts: number; tags: number }): Promise<Row[]> {
  const stage = await costStage({ entries: 0, tags: 0, terms: 0 });
  await crowd(stage, await writePosts(stage, posts), posts);
  await stage.write(siteFileKey, 'url: https://b.example\ntitle: Another');
  const { pipeline, queued } = stage;
  const queue = { ...pipeline.queue, rebuild: async () => {} };
  const cost = await stage.measure(async () => {
    await pipeline.site();
    await rebuild({}, { ...pipeline, queue }, () => true);
  });
  const listing = billOf(cost, { posts: 1 });
  // Keys come a hundred a message.
  const done = await crowd(stage, [...queued], Math.ceil(posts / 100));
  const factor = large.posts / posts;
  const feeds = (large.posts / perWindow) * (large.tags + 1);
  const largeBill = sum([
    times(listing, factor),
    times(done.ingests, factor),
    // Each feed once a window.
    times(done.refreshes, feeds / done.refreshes.feeds),
    done.directories,
  ]);
  return [
    { what: `rebuild of ${count(posts)} posts`, bill: sum([listing, ...Object.values(done)]) },
    { what: `rebuild of ${count(large.posts)} posts ¹`, bill: largeBill },
  ];
}

function count(number: number): string {
  return Math.round(number).toLocaleString('en');
}

function bytes(number: number): string {
  if (number < 1e6) return `${count(number / 1e3)} kB`;
  return number < 1e9 ? `${count(number / 1e6)} MB` : `${count(number / 1e9)} GB`;
}

function money(number: number): string {
  return number.toFixed(number < 0.01 ? 6 : 2);
}

function print(title: string, rows: Row[]): void {
  const table = rows.map(({ what, bill, trips }) => ({
    [title]: what,
    feeds: count(bill.feeds),
    puts: count(bill.puts),
    lists: count(bill.lists),
    gets: count(bill.gets),
    deletes: count(bill.deletes),
    read: bytes(bill.read),
    written: bytes(bill.written),
    SQS: count(sqsRequests(bill)),
    'round trips': trips === undefined ? '–' : count(trips),
    '$ S3': money(s3Dollars(bill)),
    '$ in all': money(allDollars(bill)),
  }));
  const lines = [Object.keys(table[0]!), ...table.map((row) => Object.values(row))];
  const widths = lines[0]!.map((_, at) => Math.max(...lines.map((line) => line[at]!.length)));
  const [head, ...body] = lines.map((line) =>
    line.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))),
  );
  const rule = widths.map((width, at) => '-'.repeat(width - 1) + (at === 0 ? '-' : ':'));
  console.log(`\n${[head!, rule, ...body].map((line) => `| ${line.join(' | ')} |`).join('\n')}`);
}

print('100 entries, 10 terms', await changes(100, 10));
print('1,000,000 entries, 100,000 terms', await changes(1_000_000, 100_000));
print('the list of all feeds', [
  await directoryRow(10),
  await directoryRow(1000),
  await directoryRow(100_000),
]);
print('many posts', [
  await burst(10_000),
  ...(await rebuilds(2000, { posts: 1_000_000, tags: 1000 })),
]);
console.log('\n¹ Not run: the counted parts of the one before, multiplied, for 1,000 tags.');
