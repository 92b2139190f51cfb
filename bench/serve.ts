/**
 * `npm run bench -- serve`: what answering from the index takes: milliseconds, requests to the stores
 * and round trips, with 2,000 and 100,000 entries, and whether memory stays flat over 100,000
 * requests. The stores are in memory: on S3 add about 30 ms for each round trip.
 */
import { cpus } from 'node:os';
import { feedKey, formats, handle, olderKey, type Place, rankOf, term } from '../src/keys.ts';
import type { Entry } from '../src/post/entry.ts';
import { claimsOf, marksOf, newRecord, writeRecord } from '../src/selection/record.ts';
import { compressor } from '../src/serve/encoding.ts';
import { serve } from '../src/serve/serve.ts';
import { readSite } from '../src/site.ts';
import { MemoryStore } from '../src/store/memory.ts';
import { countingStore, noCounts, trips } from '../test/costs/counting-store.ts';

const site = readSite('url: https://blog.example\nlegacy: [wordpress, jekyll]\n');
/** Bytes of an entry's content. */
const length = 4000;
/** Every so manyeth entry has the tag. */
const tags = { docker: 3, linux: 5, lxc: 7, rare: 1000 };
const first = Date.UTC(2000, 0, 1) / 1000;

type Archive = Awaited<ReturnType<typeof archiveOf>>;

/** The state and the feeds' store of a blog, written as ingest writes them. */
async function archiveOf(size: number) {
  const [state, feeds] = [new MemoryStore(() => 0), new MemoryStore(() => 0)];
  for (let nth = 0; nth < size; nth++) {
    const key = keyOf(nth);
    const entry = entryOf(nth);
    const claims = claimsOf(entry, key);
    const record = { ...newRecord(key), version: 1, entry, claims, settled: true };
    await writeRecord(state, record, { create: true });
    for (const mark of marksOf(record)) await state.put(mark, '');
  }
  for (const tag of Object.keys(tags)) {
    await state.put(`terms/tags/${tag}.json`, '{}');
    for (const format of formats) await feeds.put(feedKey(term('tags', tag), format), 'a feed');
  }
  for (const format of formats) await feeds.put(feedKey('site', format), 'a feed');
  return { size, state, feeds, compress: compressor() };
}

function keyOf(nth: number): string {
  return `${nth}.md`;
}

function entryOf(nth: number): Entry {
  const published = new Date((first + nth * 3600) * 1000).toISOString().replace('.000', '');
  const own = Object.entries(tags).filter(([, every]) => nth % every === 0);
  const text = `<p>Entry ${nth} of the archive says &amp; shows what a post usually does.</p>\n`;
  return {
    id: `tag:blog.example,2000-01-01:${nth}`,
    link: `https://blog.example/${nth}/`,
    title: `Entry ${nth}`,
    published,
    updated: published,
    authors: [{ name: 'Ann' }],
    terms: { tags: own.map(([slug]) => ({ label: slug, slug })) },
    summary: `<p>Entry ${nth}.</p>`,
    content: text.repeat(Math.ceil(length / text.length)),
    enclosures: [],
  };
}

/** Paths to ask for, one after the other, none twice in a row. */
const cases: Record<string, (nth: number, size: number) => string> = {
  'mix, two terms': (nth) => `/mix/tags:docker+tags:linux/feed.${formats[nth % 3]}`,
  'mix, four terms': (nth) =>
    `/mix/tags:docker,tags:lxc+tags:linux+!tags:rare/feed.${formats[nth % 3]}`,
  'mix with a rare term': (nth) => `/mix/tags:docker+tags:rare/feed.${formats[nth % 3]}`,
  'page of a mix': () => '/mix/tags:docker+tags:linux/',
  'older entries of the site': (nth, size) =>
    `/${olderKey('site', placeOf(nth, size), formats[nth % 3]!)}`,
  'older entries of a tag': (nth, size) =>
    `/${olderKey(term('tags', 'docker'), placeOf(nth, size), formats[nth % 3]!)}`,
  'legacy path': () => '/tag/docker/feed/',
  'other spelling of a mix': () => '/mix/tags:linux+tags:docker/feed.rss',
  'not found': (nth) => `/tags/dokcer${nth}/feed.rss`,
};

/** Somewhere in the archive. */
function placeOf(nth: number, size: number): Place {
  const at = (nth * 7919) % size;
  return { published: first + at * 3600, rank: rankOf(keyOf(at)), handle: handle(keyOf(at)) };
}

const plain = { queue: { refresh: async () => {} } };

async function measure(archive: Archive): Promise<void> {
  const runs = 200;
  console.log(
    `\n| ${archive.size.toLocaleString('en')} entries | ms, median | ms, 95 % | KB | lists | gets | heads | round trips |`,
  );
  console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |');
  for (const [name, path] of Object.entries(cases)) {
    const times: number[] = [];
    let bytes = 0;
    for (let nth = 0; nth < runs; nth++) {
      const request = new Request(`http://localhost${path(nth, archive.size)}`);
      const begun = performance.now();
      const response = await serve(request, { ...archive, ...plain }, site);
      bytes = (await response.arrayBuffer()).byteLength;
      times.push(performance.now() - begun);
    }
    times.sort((a, b) => a - b);
    const [counts, time] = [noCounts(), trips()];
    const shelves = {
      ...plain,
      state: countingStore(archive.state, counts, time),
      feeds: countingStore(archive.feeds, counts, time),
      compress: archive.compress,
    };
    await serve(new Request(`http://localhost${path(1, archive.size)}`), shelves, site);
    const { lists, gets, heads } = counts;
    const figures = [lists, gets, heads, time.ticks()].join(' | ');
    console.log(
      `| ${name} | ${at(times, 0.5)} | ${at(times, 0.95)} | ${Math.round(bytes / 1000)} | ${figures} |`,
    );
  }
}

function at(times: number[], part: number): string {
  return times[Math.floor(times.length * part)]!.toFixed(2);
}

/** Asks for everything, over and over, as readers and strangers would, and tells what stays in memory. */
async function soak(archive: Archive, requests: number): Promise<void> {
  const all = Object.values(cases);
  const begun = performance.now();
  console.log(
    `\n| requests | heap, MB | buffers, MB | in all, MB |\n| ---: | ---: | ---: | ---: |`,
  );
  for (let nth = 0; nth <= requests; nth++) {
    if (nth % (requests / 5) === 0) {
      globalThis.gc?.();
      const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
      const figures = [heapUsed, arrayBuffers, rss].map((one) => Math.round(one / 1e6));
      console.log(`| ${nth.toLocaleString('en')} | ${figures.join(' | ')} |`);
    }
    const path = all[nth % all.length]!(Math.floor(nth / all.length), archive.size);
    // Compressing takes longer than all the rest: one in ten is enough to fill what is kept.
    const headers = { 'accept-encoding': nth % 10 === 0 ? 'br' : 'identity' };
    const request = new Request(`http://localhost${path}`, { headers });
    const response = await serve(request, { ...archive, ...plain }, site);
    await response.arrayBuffer();
  }
  const seconds = (performance.now() - begun) / 1000;
  console.log(
    `\n${Math.round(requests / seconds)} requests a second, of all kinds, one after the other`,
  );
}

console.log(`node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}`);
const small = await archiveOf(2000);
await measure(small);
await soak(small, Number(process.argv[2] ?? 100_000));
await measure(await archiveOf(100_000));
