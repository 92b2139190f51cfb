import { describe, expect, test } from 'vitest';
import type { Dialect } from '../../src/post/post.ts';
import { type Given, render } from './render.ts';

describe('excerpts', () => {
  test.each<[string, Dialect, string, Given]>([
    ['the usual marker', 'plain', 'a\n\n<!--more-->\n\nb', {}],
    ['the marker of MDX', 'mdx', 'a\n\n{/* truncate */}\n\nb', {}],
    ['the separator of the site', 'plain', 'a\n\n[[cut]]\n\nb', { site: { separator: '[[cut]]' } }],
    [
      'the separator of the post',
      'jekyll',
      'a\n\n\n\nb',
      { matter: { excerpt_separator: '\n\n\n\n' } },
    ],
  ])('%s', (_name, dialect, body, given) => {
    const { excerpt, html } = render(dialect, body, given);
    expect(excerpt).toBe('<p>a</p>');
    expect(html).toMatch(/^<p>a<\/p>\s+<p>b<\/p>$/);
  });

  test('a marker that is shown as code is none', () => {
    expect(render('plain', '`<!--more-->`\n\nb').excerpt).toBeUndefined();
  });
});

test('the first paragraph names no footnotes', () => {
  expect(render('plain', 'a[^1] b\n\n[^1]: c').firstParagraph).toBe('a b');
});

test('the same body gives the same bytes', () => {
  const body = '# a\n\nb[^1] {{< x user="c" id="1" >}}\n\n[^1]: d';
  expect(render('hugo', body)).toEqual(render('hugo', body));
});
