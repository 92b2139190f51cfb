import fc from 'fast-check';
import { expect, test } from 'vitest';
import { xmlText } from '../../src/post/characters.ts';

test.each([
  ['plain text stays', 'a\tb\nc\rd é ж 漢 🎉', 'a\tb\nc\rd é ж 漢 🎉'],
  ['control characters go', 'a\0b\x08c\x0bd\x0ce\x1ff', 'abcdef'],
  ['the two non-characters of the first plane go', 'a\ufffeb\uffffc', 'abc'],
  ['the replacement character stays', '\ufffd', '\ufffd'],
  ['C1 controls are the Windows-1252 that was meant', 'it\u0092s \u0080 5\u0085', 'it’s € 5…'],
  ['C1 controls that mean nothing go', 'a\u0081b\u009dc', 'abc'],
  ['a lone high surrogate goes', 'a\ud83cb', 'ab'],
  ['a lone low surrogate goes', 'a\udf89b', 'ab'],
  ['of two high surrogates the second keeps its pair', '\ud83c\ud83c\udf89', '🎉'],
])('%s', (_name, text, expected) => {
  expect(xmlText(text)).toBe(expected);
});

test('what is left is well-formed, and cleaning it again changes nothing', () => {
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
      }),
      (text) => {
        const clean = xmlText(text);
        expect(clean.isWellFormed()).toBe(true);
        expect(xmlText(clean)).toBe(clean);
      },
    ),
  );
});
