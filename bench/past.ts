import { createHash } from 'node:crypto';
import { entryKey, handle } from '../src/keys.ts';
import {
  claimsOf,
  type EntryRecord,
  marksOf,
  newRecord,
  readRecord,
} from '../src/selection/record.ts';
import { testBlog } from '../test/blog.ts';
import { madePost } from './made-posts.ts';

/** A state in which many posts are published already: records and markers as ingest writes them. */

/** Of each post one, in turn; a post that is published has them all. */
export const tags = ['a', 'b', 'c', 'd', 'e'];
export const settings = 'url: https://b.example\ntitle: A blog\n';
/** Epoch seconds at which the newest of them was published; each is ten minutes older than the one before. */
export const newest = Date.UTC(2025, 0, 1) / 1000;

/** The objects of the state of so many published posts. */
export async function* pastObjects(size: number): AsyncGenerator<{ key: string; body: string }> {
  const examples = await exampleRecords(20);
  for (let nth = 0; nth < size; nth++) {
    const record = recordAt(examples[nth % examples.length]!, nth);
    yield { key: entryKey(handle(record.key)), body: JSON.stringify(record) };
    for (const key of marksOf(record)) yield { key, body: '' };
  }
}

/** Records that ingest made. */
async function exampleRecords(size: number): Promise<EntryRecord[]> {
  const blog = testBlog(settings);
  const keys = Array.from({ length: size }, (_, nth) => nameOf(nth));
  for (const [seed, key] of keys.entries())
    await blog.write(key, madePost({ tags, published: newest, seed }));
  await blog.run(...keys);
  const held = keys.map((key) => readRecord(blog.pipeline.state, handle(key)));
  return (await Promise.all(held)).map((one) => one!.record);
}

/** The record of another post with the same text. */
function recordAt(example: EntryRecord, nth: number): EntryRecord {
  const key = nameOf(nth);
  const published = new Date((newest - nth * 600) * 1000).toISOString().replace('.000Z', 'Z');
  const named = (text: string) => text.replaceAll(stem(example.key), stem(key));
  const slug = tags[nth % tags.length]!;
  const entry = {
    ...example.entry!,
    id: named(example.entry!.id),
    link: named(example.entry!.link),
    title: `Post ${nth}`,
    published,
    updated: published,
    terms: { tags: [{ label: slug, slug }] },
  };
  const post = createHash('md5').update(key).digest('hex');
  const claims = claimsOf(entry, key);
  return { ...newRecord(key), ...example, key, post, entry, claims, settled: true };
}

function nameOf(nth: number): string {
  return `past-${String(nth).padStart(7, '0')}.md`;
}

function stem(key: string): string {
  return key.replace('.md', '');
}
