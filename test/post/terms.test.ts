import { describe, expect, test } from 'vitest';
import type { Dialect } from '../../src/post/post.ts';
import { termsOf } from '../../src/post/terms.ts';
import { reading } from './reading.ts';

const slugs = (matter: string, taxonomy: string, dialect: Dialect = 'plain', key = 'a.md') =>
  termsOf(reading(matter, { dialect, key }))[taxonomy]?.map(({ slug }) => slug);

describe('tags are read as their tool reads them', () => {
  test.each<[string, string[], Dialect?]>([
    ['tags: [a, B c]', ['a', 'b-c']],
    ['tags: a, b c', ['a', 'b-c']],
    ['tags: a b', ['a-b']],
    ['tags: a b', ['a', 'b'], 'jekyll'],
    ['tags: a b, c', ['a-b', 'c'], 'jekyll'],
    ['tag: a b', ['a-b'], 'jekyll'],
    ['tag: a\ntags: [b]', ['a'], 'jekyll'],
    ['tag: a\ntags: [b]', ['b']],
    ['tags:\nkeywords: a, b', ['a', 'b']],
    ['keywords: one two', ['one-two'], 'jekyll'],
    ['tags: [2012, 1.10, true, null, "", 2020-01-02]', ['2012', '1-10', 'true', '2020-01-02']],
    ['tags: [[a, b], [a, c]]', ['a', 'b', 'c']],
    ['tags: [a b, a-b, A-B]', ['a-b']],
    ['tags: [{name: A, slug: x}, {name: B}]', ['x', 'b']],
    ['Tags: a', ['a']],
    ['tags: ["..", "/", "🚀"]', ['u-2e-2e', 'u-2f', '🚀']],
    ['tags:', []],
    ['tags: []', []],
    ['title: A', []],
  ])('%j', (matter, expected, dialect) => {
    expect(slugs(matter, 'tags', dialect)).toEqual(expected);
  });
});

describe('categories', () => {
  test.each<[string, string[], Dialect?, string?]>([
    ['categories: Musing', ['musing'], 'jekyll'],
    ['categories: [Web, [Web, CSS]]', ['web', 'css'], 'hexo'],
    ['category: Foo Bar', ['foo-bar'], 'jekyll'],
    ['category: Foo, Bar', ['foo-bar']],
    ['categories: b', ['film', 'horror', 'b'], 'jekyll', 'film/horror/_posts/2024-03-09-a.md'],
    ['categories: b', ['b'], 'hugo', 'film/horror/a.md'],
  ])('%j', (matter, expected, dialect, key) => {
    expect(slugs(matter, 'categories', dialect, key)).toEqual(expected);
  });
});

test('any field that the site names is a taxonomy, and several may be one', () => {
  const site = { taxonomies: { topics: 'topics', series: 'series', section: 'topics' } };
  const of = reading('Topics: [a]\nsection: b\ntags: [c]', { site });
  expect(termsOf(of)).toEqual({
    topics: [
      { label: 'a', slug: 'a' },
      { label: 'b', slug: 'b' },
    ],
    series: [],
  });
  expect(of.sources).toEqual({ topics: 'Topics' });
});

test('a series is named whole', () => {
  const site = { taxonomies: { series: 'series', topics: 'topics' } };
  const of = reading('series: Foo, and bar\ntopics: a b, c', { site, dialect: 'jekyll' });
  expect(termsOf(of)).toMatchObject({
    series: [{ slug: 'foo-and-bar' }],
    topics: [{ slug: 'a-b' }, { slug: 'c' }],
  });
});

test('a value that is no term is reported, the others stay', () => {
  const of = reading('title: A\ntags: [a, {x: 1}]');
  expect(termsOf(of)['tags']).toEqual([{ label: 'a', slug: 'a' }]);
  expect(of.problems).toEqual([
    {
      key: 'a.md',
      line: 3,
      cause: "`tags: [ 'a', { x: '1' } ]` holds a value that is no term, { x: '1' }",
      remedy: 'Give it a name.',
    },
  ]);
});

test('a thousand terms are enough', () => {
  const of = reading(`tags: [${Array.from({ length: 2000 }, (_, at) => `t${at}`).join()}]`);
  expect(termsOf(of)['tags']).toEqual([]);
  expect(of.problems).toMatchObject([{ cause: expect.stringMatching(/more than 1000 terms/) }]);
});

test('aliases that unfold to many terms end early', () => {
  const levels = Array.from(
    { length: 6 },
    (_, at) => `a${at + 1}: &a${at + 1} [*a${at}, *a${at}, *a${at}]`,
  );
  const of = reading(`a0: &a0 [x]\n${levels.join('\n')}\ntags: *a6`);
  expect(termsOf(of)['tags']).toEqual([]);
});

test('a report of aliases that unfold to gigabytes is short', () => {
  const levels = Array.from({ length: 6 }, (_, at) => {
    const alias = `*a${at}`;
    return `a${at + 1}: &a${at + 1} [${alias}, ${alias}, ${alias}]`;
  });
  const of = reading(`a0: &a0 ${'x'.repeat(500_000)}\n${levels.join('\n')}\ntags: {y: *a6}`);
  expect(termsOf(of)['tags']).toEqual([]);
  expect(of.problems[0]!.cause.length).toBeLessThan(200);
});
