import { describe, expect, test } from 'vitest';
import { renderBody } from '../../src/post/body.ts';
import type { Body, Dialect, FrontMatter } from '../../src/post/post.ts';
import type { Site } from '../../src/site.ts';

const site = { url: 'https://example.com/blog', title: 'Blog', description: 'Of things' } as Site;
const link = 'https://example.com/blog/2024/hello/';
const links = new Map([
  ['2024-03-09-other', 'https://example.com/blog/2024/other/'],
  ['other.md', 'https://example.com/blog/2024/other/'],
  ['other', 'https://example.com/blog/2024/other/'],
  ['_posts/2024-03-09-other.md', 'https://example.com/blog/2024/other/'],
]);

interface Given {
  key?: string;
  matter?: FrontMatter;
  site?: Partial<Site>;
}

function render(dialect: Dialect, body: string, given: Given = {}): Body {
  return renderBody(
    {
      key: given.key ?? 'post.md',
      matter: given.matter ?? {},
      body,
      bodyLine: 5,
      lines: new Map(),
      problems: [],
    },
    { site: { ...site, ...given.site }, dialect, link, links },
  );
}

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

  test('ten thousand nested quotations and lists end', () => {
    expect(render('plain', `${'> '.repeat(10_000)}a`).problems).toEqual([]);
    expect(render('plain', `${'- '.repeat(10_000)}a`).problems).toEqual([]);
  });
});

describe('Liquid', () => {
  test.each([
    [
      'post_url',
      '[a]({% post_url 2024-03-09-other %})',
      '<p><a href="https://example.com/blog/2024/other/">a</a></p>',
    ],
    [
      'link to a post',
      '[a]({% link _posts/2024-03-09-other.md %}#b)',
      '<p><a href="https://example.com/blog/2024/other/#b">a</a></p>',
    ],
    [
      'link to a file',
      '[a]({% link assets/a.pdf %})',
      '<p><a href="https://example.com/blog/assets/a.pdf">a</a></p>',
    ],
    [
      'highlight',
      'a\n{% highlight ruby linenos %}\n  *b*\n\n  <c>\n{% endhighlight %}',
      '<p>a</p>\n<pre><code class="language-ruby">  *b*\n\n  &lt;c&gt;\n</code></pre>',
    ],
    ['raw', '{% raw %}`{{ a }}`{% endraw %}', '<p><code>{{ a }}</code></p>'],
    [
      'raw in highlight',
      '{% highlight yaml %}{% raw %}a: {{ b }}{% endraw %}{% endhighlight %}',
      '<pre><code class="language-yaml">a: {{ b }}\n</code></pre>',
    ],
    [
      'samples of other braces',
      '`{{ secrets.X }}` and {{ page.title }}',
      '<p><code>{{ secrets.X }}</code> and Hello</p>',
    ],
    [
      'gist',
      '{% gist a/1 %}',
      '<p><a href="https://gist.github.com/a/1">https://gist.github.com/a/1</a></p>',
    ],
    ['include', 'a{% include b.html c="d" %}', '<p>a</p>'],
    [
      'assign, if and for',
      '{% assign x = "a,b" | split: "," %}{% for y in x %}{{ y }}{% if forloop.first %}-{% endif %}{% endfor %}',
      '<p>a-b</p>',
    ],
    ['comment', 'a{% comment %}b{% endcomment %}', '<p>a</p>'],
    [
      'variables of the site',
      '{{ site.url }}{{ site.baseurl }} {{ site.title }} {{ site.nothing }}',
      '<p>https://example.com/blog Blog</p>',
    ],
    [
      'URL filters',
      '{{ "/a" | relative_url }} {{ "a" | absolute_url }}',
      '<p>/blog/a https://example.com/blog/a</p>',
    ],
    ['markdownify', '{{ "*a*" | markdownify }}', '<p><em>a</em></p>'],
    [
      'the clock',
      '{{ "now" | date: "%Y-%m-%d" }} {{ site.time | date: "%Y" }}',
      '<p>2024-03-09 2024</p>',
    ],
  ])('%s', (_name, body, expected) => {
    const given = { matter: { title: 'Hello', date: '2024-03-09 08:15:00 +0000' } };
    const { html, problems } = render('jekyll', body, given);
    expect({ html, problems }).toEqual({ html: expected, problems: [] });
  });

  test.each([
    ['{{ 1>18?x:y }}', 2],
    ['{% nothing %}', 2],
    ['{% if a %}', 2],
    ['{% highlight js %}', 2],
  ])('an error (%s) leaves the body as written, and is reported with its line', (error, line) => {
    const { html, problems } = render('jekyll', `*a*\n${error}`);
    expect(html).toContain('<em>a</em>');
    expect(html).toContain(error.slice(0, 4));
    expect(problems).toEqual([
      expect.objectContaining({ key: 'post.md', line: line + 4, remedy: expect.any(String) }),
    ]);
  });

  test('a post that is not there keeps the text of its link, and is reported with its line', () => {
    const { html, problems } = render('jekyll', 'a\n\n[b]({% post_url 2001-01-01-gone %})');
    expect(html).toBe('<p>a</p>\n<p>b</p>');
    expect(problems[0]).toMatchObject({
      line: 7,
      cause: expect.stringContaining('2001-01-01-gone'),
    });
  });

  test('a loop without end stops', () => {
    const body =
      '{% for i in (1..100000000) %}{% for j in (1..100000000) %}x{% endfor %}{% endfor %}';
    expect(render('jekyll', body).problems).toHaveLength(1);
  });

  test('it never runs on a Hugo body', () => {
    expect(render('hugo', 'a {% b %} {{ c }}').html).toBe('<p>a {% b %} {{ c }}</p>');
  });
});

describe('shortcodes', () => {
  const quote = (inner: string) => `<blockquote>\n${inner}\n</blockquote>`;

  test.each([
    [
      'ref',
      '[a]({{< ref "other.md#b" >}})',
      '<p><a href="https://example.com/blog/2024/other/#b">a</a></p>',
    ],
    ['a part of this page', '[a]({{< relref "#b" >}})', `<p><a href="${link}#b">a</a></p>`],
    [
      'figure',
      '{{< figure src="a.png" alt="b" caption="c & d" >}}',
      `<figure><img src="${link}a.png" alt="b"><figcaption>c &amp; d</figcaption></figure>`,
    ],
    ['a key of the blog’s own pictures', 'a\n\n{{< img src="team-photo" >}}', '<p>a</p>'],
    [
      'highlight',
      '{{< highlight go "linenos=table" >}}\na < *b*\n{{< /highlight >}}',
      '<pre><code class="language-go">a &lt; *b*\n</code></pre>',
    ],
    [
      'gist',
      '{{< gist spf13 7896402 >}}',
      '<p><a href="https://gist.github.com/spf13/7896402">https://gist.github.com/spf13/7896402</a></p>',
    ],
    [
      'youtube',
      'a {{< youtube w7Ft2ymGmfc >}}',
      '<p>a <a href="https://www.youtube.com/watch?v=w7Ft2ymGmfc">https://www.youtube.com/watch?v=w7Ft2ymGmfc</a></p>',
    ],
    [
      'youtube with a title',
      '{{< youtube id="w7Ft2ymGmfc" title="T" >}}',
      '<p><a href="https://www.youtube.com/watch?v=w7Ft2ymGmfc">T</a></p>',
    ],
    [
      'x',
      '{{< x user="a" id="1" >}}',
      '<p><a href="https://x.com/a/status/1">https://x.com/a/status/1</a></p>',
    ],
    ['param', '{{% param "title" %}}', '<p>Hello</p>'],
    ['a notice', '{{< note >}}*a*{{< /note >}}', quote('<p><em>a</em></p>')],
    [
      'a quotation in arguments',
      '{{< quote-block text="a" cite="b" >}}',
      quote('<p>a</p>\n<p>— b</p>'),
    ],
    [
      'one that is not known, with text',
      '{{% box %}}**a**{{% /box %}}',
      '<p><strong>a</strong></p>',
    ],
    [
      'one that is not known, with a title',
      '{{< ring title="T" >}}\na\n{{< /ring >}}',
      '<p><strong>T</strong></p>\n<p>a</p>',
    ],
    [
      'one that is not known, with a link',
      '{{< button href="/b" text="B" >}}',
      '<p><a href="https://example.com/b">B</a></p>',
    ],
    ['nested ones', '{{< a >}}{{< b >}}x{{< c >}}{{< /b >}}y{{< /a >}}', '<p>xy</p>'],
    [
      'one that is shown',
      '`{{</* figure src="a" */>}}`',
      '<p><code>{{&lt; figure src="a" &gt;}}</code></p>',
    ],
    [
      'raw and quoted arguments',
      '{{< figure src=`a.png` alt="say \\"b\\"" />}}',
      `<p><img src="${link}a.png" alt="say &quot;b&quot;"></p>`,
    ],
    [
      'no space around the name',
      '[a]({{<ref "other.md">}})',
      '<p><a href="https://example.com/blog/2024/other/">a</a></p>',
    ],
    ['what only looks like one', 'a {{< "b', '<p>a {{&lt; "b</p>'],
  ])('%s', (_name, body, expected) => {
    expect(render('hugo', body, { matter: { title: 'Hello' } }).html).toBe(expected);
  });

  test('a page that is not a post keeps the text of its link, and is reported with its line', () => {
    const { html, problems } = render('hugo', 'a\n[b]({{< ref "/guides/x.md" >}})');
    expect(html).toBe('<p>a\nb</p>');
    expect(problems).toEqual([expect.objectContaining({ line: 6 })]);
  });

  test('one that leaves nothing is reported once', () => {
    const { problems } = render('hugo', '{{< tmp "a" >}}\n\n{{< tmp "b" >}}');
    expect(problems).toEqual([
      expect.objectContaining({ line: 5, cause: expect.stringContaining('`tmp`') }),
    ]);
  });
});

describe('tags of Hexo', () => {
  test.each([
    [
      'post_link',
      '{% post_link other "A title" %}',
      '<p><a href="https://example.com/blog/2024/other/">A title</a></p>',
    ],
    ['post_link to nothing', '{% post_link gone Text %}', '<p>Text</p>'],
    [
      'post_path',
      '[a]({% post_path other %})',
      '<p><a href="https://example.com/blog/2024/other/">a</a></p>',
    ],
    [
      'asset_img',
      '{% asset_img left a.png 10 20 "T" %}',
      `<img src="${link}a.png" alt="T" width="10" height="20">`,
    ],
    ['asset_link', '{% asset_link a.pdf The file %}', `<p><a href="${link}a.pdf">The file</a></p>`],
    [
      'codeblock',
      '{% codeblock a.js lang:js %}\n*x* {% y %}\n{% endcodeblock %}',
      '<pre><code class="language-js">*x* {% y %}\n</code></pre>',
    ],
    [
      'blockquote',
      '{% blockquote %}\n*a*\n{% endblockquote %}',
      '<blockquote>\n<p><em>a</em></p>\n</blockquote>',
    ],
    [
      'youtube',
      '{% youtube abc %}',
      '<p><a href="https://www.youtube.com/watch?v=abc">https://www.youtube.com/watch?v=abc</a></p>',
    ],
    ['raw', '{% raw %}{% a %}{% endraw %}', '<p>{% a %}</p>'],
    ['code', '`{% a %}` {% b %}', '<p><code>{% a %}</code></p>'],
  ])('%s', (_name, body, expected) => {
    expect(render('hexo', body).html).toBe(expected);
  });
});

describe('MDX', () => {
  test.each([
    [
      'imports and exports',
      'import A from "a"\nimport {\n  B,\n} from "b";\n\nexport const c = {\n  d: 1,\n\n  e: 2,\n}\n\n# F',
      '<h1>F</h1>',
    ],
    [
      'sentences that start with them',
      'a\n\nimport duties rose\n\nexport licences too',
      '<p>a</p>\n<p>import duties rose</p>\n<p>export licences too</p>',
    ],
    ['components', '<Tabs.Item value={{a: ">"}} b="c">*d*</Tabs.Item>', '<p><em>d</em></p>'],
    ['fragments', '<>a</>', '<p>a</p>'],
    ['comments', 'a{/* b */}', '<p>a</p>'],
    ['expressions', '{a.b()}c{"d"}{\'e\'}', '<p>cde</p>'],
    ['attributes', '<div className="a" style={{color: "red"}}>b</div>', '<div class="a">b</div>'],
    [
      'code',
      '`{a} <B/>`\n\n```jsx\nimport C from "c"\n<D e={f}/>\n```',
      '<p><code>{a} &lt;B/&gt;</code></p>\n<pre><code class="language-jsx">import C from "c"\n&lt;D e={f}/&gt;\n</code></pre>',
    ],
    ['pictures', '<Image src="a.png" alt="b" />', `<img src="${link}a.png" alt="b">`],
    ['what is escaped', '\\{a\\} \\<B>', '<p>{a} &lt;B&gt;</p>'],
    ['braces without end', 'a {b <C', '<p>a {b &lt;C</p>'],
  ])('%s', (_name, body, expected) => {
    expect(render('mdx', body).html).toBe(expected);
  });
});

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
