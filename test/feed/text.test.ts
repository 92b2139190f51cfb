import { expect, test } from 'vitest';
import { textOf } from '../../src/feed/text.ts';

test.each([
  ['<p>One &amp; two&hellip;</p><p>Three</p>', 'One & two… Three'],
  ['a<br>b<hr/>c', 'a b c'],
  ['<b>bo</b>ld <em>x</em>', 'bold x'],
  ['<ul><li>1</li><li>2</li></ul>', '1 2'],
  ['<code>List&lt;T&gt;</code> &amp;amp;', 'List<T> &amp;'],
  ['  white\n\n space ', 'white space'],
  ['', ''],
])('%s says "%s"', (html, text) => {
  expect(textOf(html)).toBe(text);
});
