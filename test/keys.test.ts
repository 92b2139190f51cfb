import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as keys from '../src/keys.ts';

const inByteOrder = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
/** What slugs and taxonomies are made of: letters, marks and digits of any script, emoji, hyphens. */
const name = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .map((text) => text.replace(/[^\p{L}\p{M}\p{N}\p{Extended_Pictographic}-]/gu, ''))
  .filter((text) => text !== '');
const selection = fc.oneof(
  fc.constant(keys.site),
  fc.tuple(name, name).map(([taxonomy, slug]) => keys.term(taxonomy, slug)),
);
const marker = fc.record({
  selection,
  published: fc.integer({ min: Date.UTC(1, 0, 1) / 1000, max: Date.UTC(9999, 11, 31) / 1000 }),
  rank: fc.string().map(keys.rankOf),
  handle: fc.string().map(keys.handle),
  version: fc.nat(),
});

describe('keys', () => {
  test.each([
    ['feed.json', 'application/feed+json; charset=utf-8'],
    ['tags/a/feed.json.gz', 'application/feed+json; charset=utf-8'],
    ['feeds.json', 'application/json; charset=utf-8'],
    [keys.entryKey(keys.handle('a.md')), 'application/json; charset=utf-8'],
    [keys.rowKey('tags/a'), 'application/json; charset=utf-8'],
    [keys.rowsTableKey, 'application/json; charset=utf-8'],
    [keys.siteProblemKey, 'application/json; charset=utf-8'],
    [keys.askedKey('tags/a'), 'application/octet-stream'],
  ])('%s holds %s', (key, type) => {
    expect(keys.contentType(key)).toBe(type);
  });

  test('a term is its taxonomy and slug', () => {
    fc.assert(
      fc.property(name, name, (taxonomy, slug) => {
        expect(keys.termOf(keys.term(taxonomy, slug))).toEqual({ taxonomy, slug });
      }),
    );
    expect(keys.termOf(keys.site)).toBeUndefined();
  });

  test('every key of a feed or page is safe, and its path leads back to it', () => {
    fc.assert(
      fc.property(selection, (of) => {
        for (const key of [
          ...keys.formats.map((format) => keys.feedKey(of, format)),
          keys.pageKey(of),
        ]) {
          expect(keys.safe(key)).toBe(true);
          expect(keys.pathOf(key)).toMatch(/^\/[\x21-\x7e]*$/);
          expect(keys.keyOf(keys.pathOf(key))).toBe(key);
        }
      }),
    );
  });

  test('the key of a term’s feed tells the term', () => {
    expect(keys.parseFeedKey('tags/c-plus-plus/feed.rss')).toBe('tags/c-plus-plus');
    for (const key of ['feed.rss', 'tags/a/index.html', 'tags/a/b/feed.rss', 'feeds.json'])
      expect(keys.parseFeedKey(key)).toBeUndefined();
  });

  test.each([
    ['/', 'index.html'],
    ['/tags/docker/', 'tags/docker/index.html'],
    ['/tags/%D1%84/feed.rss', 'tags/ф/feed.rss'],
    ['/feeds.opml', 'feeds.opml'],
  ])('the path %s is the key %s', (path, key) => {
    expect(keys.keyOf(path)).toBe(key);
    expect(keys.pathOf(key)).toBe(path);
  });

  test.each([
    'feed.rss',
    '/../x',
    '/a/../../x',
    '/%2e%2e/x',
    '/a//b',
    '/%00',
    '/%',
    '/%ff',
    '/a%5cb',
    `/${'a'.repeat(1025)}`,
  ])('the path %j is no key', (path) => {
    expect(keys.keyOf(path)).toBeUndefined();
  });

  test.each([
    ['a.md', true],
    ['2024/a.MARKDOWN', true],
    ['posts/a.mdx', true],
    ['a.html', true],
    ['a.txt', false],
    ['.git/a.md', false],
    ['node_modules/x/README.md', false],
    ['_drafts/a.md', true],
    ['tidings.yml', false],
  ])('%s is a post or page: %s', (key, is) => {
    expect(keys.isPost(key)).toBe(is);
  });
});

describe('older entries', () => {
  const place = marker.map(({ published, rank, handle }) => ({ published, rank, handle }));

  test('have a key that tells selection, place and format, and a path that leads back to it', () => {
    const any = fc.oneof(selection, fc.constant(keys.mix('tags:a,tags:ёлка+!tags:b')));
    fc.assert(
      fc.property(any, place, fc.constantFrom(...keys.formats), (of, after, format) => {
        const key = keys.olderKey(of, after, format);
        expect(keys.parseOlderKey(key)).toEqual({ selection: of, after, format });
        expect(keys.olderIn(key)).toBe(of);
        expect(keys.safe(key)).toBe(true);
        expect(keys.keyOf(keys.pathOf(key))).toBe(key);
        expect(keys.contentType(key)).toBe(keys.contentType(keys.feedKey(of, format)));
      }),
    );
  });

  test('have a cursor that one can read', () => {
    const after = {
      published: Date.UTC(2024, 2, 9, 8, 15) / 1000,
      rank: keys.rankOf('a'),
      handle: keys.handle('a'),
    };
    expect(keys.olderKey(keys.site, after, 'rss')).toMatch(
      /^before\/20240309T081500Z~9e[0-9a-f]{22}~[0-9a-f]{32}\.rss$/,
    );
  });

  test('are listed after every marker that stands at their place, and before all later ones', () => {
    fc.assert(
      fc.property(marker, marker, (one, other) => {
        const at = { ...one, selection: 'tags/a' };
        const from = keys.markersAfter('tags/a', at);
        for (const version of [0, 9, 10, 12_345])
          expect(inByteOrder(keys.markerKey({ ...at, version }), from)).toBeLessThan(0);
        const later = { ...other, selection: 'tags/a', published: at.published - 1 };
        expect(inByteOrder(from, keys.markerKey(later))).toBeLessThan(0);
      }),
    );
  });
});

test('a mix is no term, and its path is to be read and typed', () => {
  const mix = keys.mix('tags:c-plus-plus,tags:ёлка+!tags:b');
  expect(keys.termOf(mix)).toBeUndefined();
  expect(keys.expressionOf(mix)).toBe('tags:c-plus-plus,tags:ёлка+!tags:b');
  expect(keys.expressionOf('tags/mix')).toBeUndefined();
  const path = '/mix/tags:c-plus-plus,tags:%D1%91%D0%BB%D0%BA%D0%B0+!tags:b/feed.rss';
  expect(keys.pathOf(keys.feedKey(mix, 'rss'))).toBe(path);
  expect(keys.keyOf(path)).toBe(keys.feedKey(mix, 'rss'));
});

describe('markers', () => {
  test('round-trip', () => {
    fc.assert(
      fc.property(marker, (one) => {
        expect(keys.parseMarkerKey(keys.markerKey(one))).toEqual(one);
      }),
    );
  });

  test('of one selection sort newest first in byte order', () => {
    fc.assert(
      fc.property(marker, marker, (a, b) => {
        fc.pre(a.published !== b.published);
        const order = inByteOrder(
          keys.markerKey({ ...a, selection: 'site' }),
          keys.markerKey({ ...b, selection: 'site' }),
        );
        expect(order < 0).toBe(a.published > b.published);
      }),
    );
  });

  test('of one second sort by file name, the later name first', () => {
    const names = [
      '2024-03-09-b.md',
      '2024-03-09-a.md',
      '2024-03-09-ab/index.md',
      '2024-03-09-ä.md',
    ];
    const sorted = names.sort((a, b) => inByteOrder(keys.rankOf(a), keys.rankOf(b)));
    expect(sorted).toEqual([
      '2024-03-09-ä.md',
      '2024-03-09-b.md',
      '2024-03-09-ab/index.md',
      '2024-03-09-a.md',
    ]);
  });
});

describe('hints', () => {
  test('at a reference tell whether the link is still the one that was used', () => {
    const hint = { to: keys.handle('a.md'), from: keys.handle('b.md'), version: 3 };
    const key = keys.referenceKey({ ...hint, link: 'https://blog.example/a/' });
    expect(key.startsWith(keys.referencePrefix(hint.to))).toBe(true);
    expect(keys.parseReferenceKey(key, 'https://blog.example/a/')).toEqual({
      from: hint.from,
      isCurrent: true,
    });
    expect(keys.parseReferenceKey(key, null)).toEqual({ from: hint.from, isCurrent: false });
  });

  test('at problems and rows tell what they are of', () => {
    expect(keys.handleOf(keys.problemsKey(keys.handle('a'), 2))).toBe(keys.handle('a'));
    expect(keys.handleOf(keys.entryKey(keys.handle('a')))).toBe(keys.handle('a'));
    expect(keys.parseRowKey(keys.rowKey('tags/x'))).toBe('tags/x');
  });
});
