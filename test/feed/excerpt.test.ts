import { parseXml } from '@rgrove/parse-xml';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { excerpt } from '../../src/feed/excerpt.ts';

test.each([
  ['plain text', 'Hello', '<p>Hello</p>\n'],
  ['nothing', '', ''],
  ['an image alone', '<p><img src="a.png" alt="A"></p>', ''],
  ['paragraphs', '<p>One</p><p>Two</p>', '<p>One</p>\n<p>Two</p>\n'],
  ['a heading', '<h2 id="x">Title</h2>Text', '<p>Title</p>\n<p>Text</p>\n'],
  ['a list', '<ul><li>One</li>\n<li>Two</li></ul>', '<p>One</p>\n<p>Two</p>\n'],
  ['emphasis', '<p>An <em>old</em> <b>word</b></p>', '<p>An <em>old</em> <b>word</b></p>\n'],
  [
    'a link, its address alone',
    '<p><a id="x" class="y" href="https://e.example/?a=1&amp;b=2">It</a></p>',
    '<p><a href="https://e.example/?a=1&amp;b=2">It</a></p>\n',
  ],
  [
    'a link about an image',
    '<p>A <a href="https://e.example/"><img src="a"></a>b</p>',
    '<p>A b</p>\n',
  ],
  [
    'emphasis about paragraphs',
    '<em><p>One</p><p>Two</p></em>',
    '<p><em>One</em></p>\n<p><em>Two</em></p>\n',
  ],
  [
    'what is shown for want of a player',
    '<p>A <audio controls src="a">Sorry</audio> b</p>',
    '<p>A </p>\n<p>b</p>\n',
  ],
  ['an element it does not know', '<p>A <span class="x">b</span> c</p>', '<p>A b c</p>\n'],
  ['escapes', '<p>1 &lt; 2 &amp; "3"</p>', '<p>1 &lt; 2 &amp; "3"</p>\n'],
  ['a line break', 'One<br>Two', '<p>One</p>\n<p>Two</p>\n'],
])('makes paragraphs of %s', (_what, html, expected) => {
  expect(excerpt(html)).toBe(expected);
});

test('ends at a word, and closes what is open', () => {
  expect(excerpt('<p>One <em>two three</em> four</p>', 9)).toBe('<p>One <em>two…</em></p>\n');
});

test('cuts a word that is longer than words are, but no character', () => {
  expect(excerpt(`<p>${'é'.repeat(50)}</p>`, 30)).toBe(`<p>${'é'.repeat(30)}…</p>\n`);
  expect(excerpt(`<p>${'😀'.repeat(50)}</p>`, 31)).toBe(`<p>${'😀'.repeat(15)}…</p>\n`);
});

test('is well-formed, whatever it is given', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '<p>',
      '</p>',
      '<em>',
      '</em>',
      '<a href="x">',
      '</a>',
      '<b',
      '<br>',
      '<video>',
      '<!--',
    ),
  );
  fc.assert(
    fc.property(fc.array(piece), fc.nat(40), (pieces, most) => {
      const html = excerpt(pieces.join(''), most);
      expect(() => parseXml(`<r>${html}</r>`)).not.toThrow();
      expect(html).not.toMatch(/<(\w+)[^>]*><\/\1>/);
    }),
    { numRuns: 500 },
  );
});
