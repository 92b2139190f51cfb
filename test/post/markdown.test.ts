import { describe, expect, test } from 'vitest';
import type { Dialect } from '../../src/post/post.ts';
import { link, render } from './render.ts';

describe('Markdown', () => {
  test.each<[string, Dialect, string, string]>([
    [
      'tables',
      'plain',
      '|a|b|\n|-|-|\n|1|2|',
      '<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n<td>2</td>\n</tr>\n</tbody>\n</table>',
    ],
    ['strikethrough', 'plain', '~~a~~', '<p><s>a</s></p>'],
    ['task lists', 'plain', '- [ ] a\n- [x] b', '<ul>\n<li>☐ a</li>\n<li>☑ b</li>\n</ul>'],
    [
      'a language of code',
      'plain',
      '```js {1,3}\na < b\n```',
      '<pre><code class="language-js">a &lt; b\n</code></pre>',
    ],
    [
      'a language in braces',
      'plain',
      '~~~ {.python}\nx\n~~~',
      '<pre><code class="language-python">x\n</code></pre>',
    ],
    ['ids of headings', 'hugo', '## A {b} {#c .d}', '<h2 id="c">A {b}</h2>'],
    [
      'attribute lists of kramdown',
      'jekyll',
      'a\n{: .b #c}\n\n## d\n{: .e}',
      '<p class="b" id="c">a</p>\n<h2>d</h2>',
    ],
    ['braces that are text', 'plain', 'Use {name} here {x}', '<p>Use {name} here {x}</p>'],
    ['the table of contents', 'jekyll', '* TOC\n{:toc}\n\n# A', '<h1>A</h1>'],
    ['definition lists', 'jekyll', 'a\n: b', '<dl>\n<dt>a</dt>\n<dd>b</dd>\n</dl>'],
    [
      'abbreviations',
      'jekyll',
      '*[HTML]: Hyper Text\n\nHTML',
      '<p><abbr title="Hyper Text">HTML</abbr></p>',
    ],
    [
      'Markdown in HTML',
      'jekyll',
      '<div markdown="1">\n*a*\n</div>',
      '<div>\n<p><em>a</em></p>\n</div>',
    ],
    ['quotes and dashes', 'jekyll', '"a" -- b...', '<p>“a” – b…</p>'],
    ['sections of a law', 'jekyll', '501(c)(3) +- 1', '<p>501(c)(3) +- 1</p>'],
    [
      'bare addresses',
      'hugo',
      'see https://a.example/b, or readme.md',
      '<p>see <a href="https://a.example/b">https://a.example/b</a>, or readme.md</p>',
    ],
    ['line ends of Hexo', 'hexo', 'a\nb', '<p>a<br>\nb</p>'],
    ['what is indented in a component', 'mdx', '<Note>\n\n    a\n\n</Note>', '<p>a</p>'],
  ])('%s', (_name, dialect, body, expected) => {
    expect(render(dialect, body).html).toBe(expected);
  });

  test('footnotes link to the post, with ids that are its own', () => {
    const { html } = render('plain', 'a[^1]\n\n[^1]: b');
    const id = /id="fn-([0-9a-f]{8})-1"/.exec(html)?.[1];
    expect(html).toContain(`<a href="${link}#fn-${id}-1" id="fnref-${id}-1">[1]</a>`);
  });

  test('an HTML post is not read as Markdown', () => {
    expect(render('jekyll', '<p>*a*</p>\n\n    b', { key: 'post.html' }).html).toBe(
      '<p>*a*</p>\n\n    b',
    );
  });

  test('fifty thousand nested quotations and lists end, and what is left out is reported', () => {
    for (const mark of ['> ', '- ']) {
      const { problems } = render('plain', `${mark.repeat(50_000)}a`);
      expect(problems).toEqual([
        expect.objectContaining({ cause: expect.stringMatching(/nested 100 deep/) }),
      ]);
      expect(render('plain', `${mark.repeat(40)}a`).problems).toEqual([]);
    }
  });
});

test('HTML that is indented in an open element is no code', () => {
  const body = '<div>\n  <h2>a</h2>\n\n    <ul>\n      <li>b</li>\n    </ul>\n\n</div>\n\n    code';
  const { html } = render('plain', body);
  expect(html).toContain('<li>b</li>');
  expect(html).toContain('<pre><code>code');
});
