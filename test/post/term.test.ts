import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { slug, toTerm } from '../../src/post/term.ts';

describe('slugs', () => {
  test.each([
    ['C', 'c'],
    ['C++', 'c-plus-plus'],
    ['C#', 'c-sharp'],
    ['F#', 'f-sharp'],
    ['.NET', 'dot-net'],
    ['ASP.NET', 'asp-net'],
    ['A&B', 'a-and-b'],
    ['R & D', 'r-and-d'],
    ['JavaScript', 'javascript'],
    ['a b', 'a-b'],
    ['a-b', 'a-b'],
    ['  --a__b--  ', 'a-b'],
    ['2012', '2012'],
    ['1.10', '1-10'],
    ['Ёлка 2', 'ёлка-2'],
    ['Cafe\u0301', 'café'],
    ['हिन्दी', 'हिन्दी'],
    ['ภาษาไทย', 'ภาษาไทย'],
    ['می\u200cخواهم', 'میخواهم'],
    ['İstanbul', 'i\u0307stanbul'],
    ['ΟΔΟΣ', 'οδος'],
    ['中文 标签', '中文-标签'],
    ['🚀', '🚀'],
    ['👩\u200d💻 code', '👩\u200d💻-code'],
    ['👍🏽', '👍🏽'],
    ['🇺🇦', '🇺🇦'],
    ['❤\ufe0f', '❤'],
    ['a\u00adb\u200b', 'ab'],
    ['..', 'u-2e-2e'],
    ['.', 'u-2e'],
    ['/', 'u-2f'],
    ['../../etc/passwd', 'etc-passwd'],
    ['a\\b\0c', 'a-b-c'],
    ['?!', 'u-3f-21'],
    ['\ud800', 'u-fffd'],
    ['', 'u'],
    [' ', 'u'],
  ])('%j is %j', (label, expected) => {
    expect(slug(label)).toBe(expected);
  });

  test('long names are cut, and stay apart', () => {
    const long = 'ж'.repeat(300);
    expect(Buffer.byteLength(slug(long))).toBeLessThanOrEqual(100);
    expect(slug(long)).toMatch(/^ж{45}-[0-9a-f]{8}$/);
    expect(slug(`${long}1`)).not.toBe(slug(`${long}2`));
    expect(slug(long.toUpperCase())).toBe(slug(long));
  });

  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 120 }),
    fc.string({
      unit: fc.constantFrom(...'.#+&-/ aZİςΣ\u0301\u200d\u200c\ufe0f👩💻🏽🇺❤1⃣\u0338\u1100\u1161'),
      maxLength: 120,
    }),
  );

  test('a slug is its own slug', () => {
    fc.assert(
      fc.property(text, (label) => {
        expect(slug(slug(label))).toBe(slug(label));
      }),
      { numRuns: 1000 },
    );
  });

  test('a slug is one safe part of a path, in normal form', () => {
    fc.assert(
      fc.property(text, (label) => {
        const made = slug(label);
        expect(made).toMatch(/^[^\s./\\\p{Cc}-](?:[^\s./\\\p{Cc}]*[^\s./\\\p{Cc}-])?$/u);
        expect(Buffer.byteLength(made)).toBeLessThanOrEqual(100);
        expect(made.normalize('NFC').toLowerCase().normalize('NFC')).toBe(made);
        expect(made.isWellFormed()).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('terms', () => {
  test.each([
    ['a string', ' Foo\n Bar ', { label: 'Foo Bar', slug: 'foo-bar' }],
    ['a number', 2012, { label: '2012', slug: '2012' }],
    ['a boolean', true, { label: 'true', slug: 'true' }],
    ['an object', { name: 'Foo' }, { label: 'Foo', slug: 'foo' }],
    ['an object with its slug', { name: 'Foo', slug: 'bar' }, { label: 'Foo', slug: 'bar' }],
    [
      'an object with no slug of ours',
      { name: 'Foo', slug: '../X' },
      { label: 'Foo', slug: 'foo' },
    ],
    ['an object with a slug alone', { slug: 'foo' }, { label: 'foo', slug: 'foo' }],
    ['control characters', 'a\u0008b', { label: 'a b', slug: 'a-b' }],
    ['null', null, undefined],
    ['nothing', undefined, undefined],
    ['blank', ' \t', undefined],
    ['a list', ['a'], undefined],
    ['an object without a name', { x: 1 }, undefined],
  ])('%s', (_, value, term) => {
    expect(toTerm(value)).toEqual(term);
  });

  test('a label of any length is cut, its slug is of the whole', () => {
    const term = toTerm('a'.repeat(100_000));
    expect(term?.label).toHaveLength(200);
    expect(term?.slug).toBe(slug('a'.repeat(100_000)));
  });
});
