import { describe, expect, test } from 'vitest';
import { link, render } from './render.ts';

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
      'highlight without a language',
      'a {{< highlight >}}*b*{{< /highlight >}}.',
      '<p>a <mark><em>b</em></mark>.</p>',
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

  test('one in a list stays in it', () => {
    const body =
      '- a\n\n    {{< note >}}\n    b\n\n    c\n    {{< /note >}}\n\n    {{< figure src="d.png" >}}\n    e\n- f';
    const { html } = render('hugo', body);
    expect(html).not.toContain('<pre>');
    expect(html).toMatch(
      /^<ul>[\s\S]*<blockquote>[\s\S]*<p>e<\/p>[\s\S]*<p>f<\/p>\s*<\/li>\s*<\/ul>$/,
    );
  });

  test('a post that there is not keeps the text of its link, and is reported with its line', () => {
    const { html, problems } = render('hugo', 'a\n[b]({{< ref "news/2020-01-05-x.md" >}})');
    expect(html).toBe('<p>a\nb</p>');
    expect(problems).toEqual([expect.objectContaining({ line: 6 })]);
  });

  test('a page of the blog that is no post is linked where Hugo has it', () => {
    const { html, problems } = render('hugo', '[b]({{< ref "/Guides/x/_index.md#top" >}})');
    expect(html).toBe('<p><a href="https://example.com/blog/guides/x/#top">b</a></p>');
    expect(problems).toEqual([]);
  });

  test('one that leaves nothing is reported once', () => {
    const { problems } = render('hugo', '{{< tmp "a" >}}\n\n{{< tmp "b" >}}');
    expect(problems).toEqual([
      expect.objectContaining({ line: 5, cause: expect.stringContaining('`tmp`') }),
    ]);
  });
});
