import { expect, test } from 'vitest';
import { fuzz } from './fuzz.ts';
import { realPosts } from './mutate.ts';
import { faultsOfHtml, faultsOfPage } from './oracle.ts';

/** `npm run fuzz` goes on where this ends. */
test.each([1, 2])('no post of part %i does harm', (part) => {
  // Of the examples alone: other real posts lie beside the project on some machines only.
  const posts = realPosts({ isAlone: true });
  const { runs, counts, bad } = fuzz({ runs: 1000, seed: part * 1_000_000, posts });
  expect(bad).toBeUndefined();
  expect(runs).toBe(1000);
  // Most get as far as a feed.
  expect((counts['grammar: post'] ?? 0) + (counts['mutation: post'] ?? 0)).toBeGreaterThan(600);
});

test.each([
  '<script>alert(1)</script>',
  '<p onclick="x">a</p>',
  '<a href="javascript:alert(1)">a</a>',
  '<a href=" java\tscript:alert(1)">a</a>',
  '<a href="&#106;avascript:alert(1)">a</a>',
  '<img src="data:image/svg+xml,x">',
  '<img src="data:text/html,x">',
  '<img srcset="data:text/html,x 1x">',
  '<svg></svg>',
  '<math></math>',
  '<p style="a">b</p>',
  '<iframe srcdoc="a"></iframe>',
  '<p>a',
  '<b><i></b></i>',
  '<p title=a>b</p>',
  '<p title="<">b</p>',
  'a < b',
  '<!-- a -->',
  '<P>a</P>',
])('the judge would see %s', (html) => {
  expect(faultsOfHtml(html)).not.toEqual([]);
});

test('the judge lets clean HTML pass', () => {
  const html =
    '<p>a &lt; b<br></p>\n<a href="https://x.org/?a=b&amp;c" title="&quot;">c</a><img src="data:image/png;base64,iVBO" alt="">';
  expect(faultsOfHtml(html)).toEqual([]);
});

test('the judge would see what is in a page and not ours', () => {
  for (const html of [
    '<script>x</script>',
    '<img src="/a">',
    '<p onclick="x">',
    '<a href="javascript:x">',
  ])
    expect(faultsOfPage(html).length).toBeGreaterThan(1);
});
