import { expect, test } from 'vitest';
import { handle, rankOf } from '../../src/keys.ts';
import { readSource } from '../../src/post/front-matter.ts';
import { finishPost, type Outline, outlinePost } from '../../src/post/parse.ts';
import { Collection } from '../../src/publish/collection.ts';
import { readSite } from '../../src/site.ts';
import { post } from '../blog.ts';

const site = readSite('');

function outlineOf(key: string, date: string): Outline {
  const outline = outlinePost(readSource(key, Buffer.from(post({ date }))), site);
  if ('page' in outline) throw new Error('a page');
  return outline;
}

/** A collection of which feeds show one post, and which of these they showed when they were added. */
function collected(...dates: string[]) {
  const collection = new Collection(1);
  const shown = dates.map((date, at) => {
    const key = `${at}.md`;
    const outline = outlineOf(key, date);
    const { entry } = outline;
    const place = { published: Date.parse(entry.published) / 1000, rank: rankOf(key) };
    return collection.add({ ...place, handle: handle(key), key, entry, outline });
  });
  return { collection, shown };
}

/** Renders all but the first post. */
async function finish(outline: Outline) {
  if (outline.key === '0.md') throw new RangeError('Maximum call stack size exceeded');
  return finishPost(outline, site);
}

test('tells what is shown of the posts added so far', () => {
  expect(collected('2024-03-08', '2024-03-07', '2024-03-09').shown).toEqual([true, false, true]);
});

test('guesses no more where posts come oldest first', () => {
  const dates = Array.from({ length: 250 }, (_, at) => new Date(at * 86_400_000).toISOString());
  const { shown } = collected(...dates);
  expect(shown.slice(0, 200)).not.toContain(false);
  expect(shown.slice(201)).not.toContain(true);
});

test('renders what a feed shows, and tells if that fails', async () => {
  const failing = collected('2024-03-09', '2024-03-08').collection;
  expect(await failing.finish('site', finish)).toBe(false);
  const { collection } = collected('2024-03-08', '2024-03-09');
  expect(await collection.finish('site', finish)).toBe(true);
  const { entries, next, count } = collection.found('site');
  expect(entries.map(({ content }) => content)).toEqual(['<p>Some text.</p>']);
  expect([next?.handle, count]).toEqual([handle('1.md'), 2]);
});
