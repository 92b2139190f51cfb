import { describe, expect, test } from 'vitest';
import { inlineHtml, inlineText } from '../../src/post/inline.ts';

const base = 'https://example.com/a/';

describe('titles', () => {
  test.each([
    ['C++ & <T>', 'C++ & <T>'],
    ['I <3 feeds', 'I <3 feeds'],
    ['snake_case_name', 'snake_case_name'],
    ['2 * 3 * 4', '2 * 3 * 4'],
    ['a &amp; b', 'a & b'],
    ['It&#8217;s', 'It’s'],
    ['*really* **so**', 'really so'],
    ['`code` of `<T>`', 'code of <T>'],
    ['[text](https://example.com)', 'text'],
    ['<em>x</em> <b>y</b>', 'x y'],
    ['one<br>two', 'one two'],
    ['AT&T and R&D', 'AT&T and R&D'],
    ['\\*', '*'],
    ['&lt;T&gt;', '<T>'],
    ['List<String> and <your name>', 'List<String> and <your name>'],
    ['What is __init__?', 'What is __init__?'],
    ['[WIP] x [1]', '[WIP] x [1]'],
    ['C:\\Users\\bob', 'C:\\Users\\bob'],
    ['  a \n\t b\u0000 ', 'a b'],
    ['![a picture](x.png)', 'a picture'],
    ['# not a heading', '# not a heading'],
    ['', ''],
  ])('%j is read as %j', (text, expected) => {
    expect(inlineText(text)).toBe(expected);
  });

  test.each(['*', '[', '![', '`a ``', '<a href="', '&', 'a*', '"', '\\'])(
    'a hundred thousand characters of %j end in bounded time',
    (unit) => {
      expect(inlineText(unit.repeat(100_000 / unit.length)).length).toBeGreaterThan(0);
    },
  );
});

test.each([
  ['a *b* & `c<d`', 'a <em>b</em> &amp; <code>c&lt;d</code>'],
  [
    '[x](/y) <script>z</script>',
    '<a href="https://example.com/y">x</a> &lt;script&gt;z&lt;/script&gt;',
  ],
  ['[x](javascript:y)', '[x](javascript:y)'],
  ['List<String>', 'List&lt;String&gt;'],
  ['plain', 'plain'],
])('the description %j is %j', (text, expected) => {
  expect(inlineHtml(text, base)).toBe(expected);
});
