import fc from 'fast-check';
import { expect, test } from 'vitest';
import { changeProse, codeBlock, codeRanges, literal } from '../../src/post/code.ts';
import { renderMarkdown } from '../../src/post/markdown.ts';

const upper = (text: string) => changeProse(text, (prose) => prose.toUpperCase());

test.each([
  ['a span', 'a `b` c', 'A `b` C'],
  ['a span of two', 'a ``b ` c`` d', 'A ``b ` c`` D'],
  ['a run without its like', 'a `` b ` c', 'A `` B ` C'],
  ['a span over lines', 'a `b\nc` d', 'A `b\nc` D'],
  ['no span over paragraphs', 'a `b\n\nc` d', 'A `B\n\nC` D'],
  ['a backtick that is escaped', '\\`a` b`', '\\`A` b`'],
  ['a fence', 'a\n```js\nb\n```\nc', 'A\n```js\nb\n```\nC'],
  ['a fence of tildes in a list', '- ~~~\n  a\n  ~~~\n- b', '- ~~~\n  a\n  ~~~\n- B'],
  ['a fence within a longer one', '````\n```\n````\na', '````\n```\n````\nA'],
  ['a fence without end', 'a\n```\nb', 'A\n```\nb'],
])('%s is code', (_name, text, expected) => {
  expect(upper(text)).toBe(expected);
});

test('ranges ascend, do not overlap, and lie in the text', () => {
  const text = fc.string({
    unit: fc.constantFrom('`', '``', '```', '~~~', '\n', ' ', 'a', '\\', '- '),
  });
  fc.assert(
    fc.property(text, (given) => {
      let from = 0;
      for (const [start, end] of codeRanges(given)) {
        expect(start).toBeGreaterThanOrEqual(from);
        expect(end).toBeGreaterThan(start);
        from = end;
      }
      expect(from).toBeLessThanOrEqual(given.length);
    }),
  );
});

test('code and literal text pass through Markdown as they are', () => {
  expect(renderMarkdown(codeBlock('*a*\n\n  <b> `c` "d"', 'js'), 'jekyll', '')).toContain(
    'language-js',
  );
  const marked = '*a* _b_ [c](d) <e> `f` "g" -- ...';
  expect(renderMarkdown(literal(marked), 'jekyll', '')).toBe(
    '<p>*a* _b_ [c](d) &lt;e&gt; `f` &quot;g&quot; -- ...</p>\n',
  );
});
