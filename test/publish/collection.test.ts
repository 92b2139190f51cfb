import { expect, test } from 'vitest';
import { handle, rankOf } from '../../src/keys.ts';
import { readSource } from '../../src/post/front-matter.ts';
import { type Outline, outlinePost } from '../../src/post/parse.ts';
import { Collection } from '../../src/publish/collection.ts';
import { readSite } from '../../src/site.ts';
import { post } from '../blog.ts';

function outlineOf(key: string, date: string): Outline {
  const outline = outlinePost(readSource(key, Buffer.from(post({ date }))), readSite(''));
  if ('page' in outline) throw new Error('a page');
  return outline;
}

/** A collection of which feeds show one post, with these; `finish` takes the place of that of the first. */
function collected(finish: Outline['finish'], ...dates: string[]): Collection {
  const collection = new Collection(1);
  for (const [at, date] of dates.entries()) {
    const key = `${at}.md`;
    const outline = outlineOf(key, date);
    const { entry } = outline;
    const place = { published: Date.parse(entry.published) / 1000, rank: rankOf(key) };
    const given = at === 0 ? { ...outline, finish } : outline;
    collection.add({ ...place, handle: handle(key), key, entry, outline: given });
  }
  return collection;
}

const fails = () => {
  throw new RangeError('Maximum call stack size exceeded');
};

test('renders what a feed shows, and tells if that fails', () => {
  expect(collected(fails, '2024-03-09', '2024-03-08').finish()).toBe(false);
  const others = collected(fails, '2024-03-08', '2024-03-09');
  expect(others.finish()).toBe(true);
  const { entries, next, count } = others.found('site');
  expect(entries.map(({ content }) => content)).toEqual(['<p>Some text.</p>']);
  expect([next?.handle, count]).toEqual([handle('1.md'), 2]);
});
