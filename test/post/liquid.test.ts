import { describe, expect, test } from 'vitest';
import { render } from './render.ts';

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
    [
      'a player',
      '{% youtube abc %}',
      '<p><a href="https://www.youtube.com/watch?v=abc">https://www.youtube.com/watch?v=abc</a></p>',
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

test.each([
  ['2013-03-14 23:42:50', '23:42'],
  ['2013-03-14 9:42:50', '09:42'],
  ['2013-03-14T09:42', '09:42'],
  ['2013-03-14 23:42:50 +0300', '23:42'],
])('the time %s shows as written, in any zone of the machine', (date, shown) => {
  const { html } = render('jekyll', '{{ page.date | date: "%H:%M" }}', { matter: { date } });
  expect(html).toBe(`<p>${shown}</p>`);
});

test('nothing is drawn by lot', () => {
  const body = '{% assign a = "1,2,3,4,5,6,7,8,9" | split: "," %}{{ a | sample }}';
  expect(render('jekyll', body).html).toBe('<p>1</p>');
});
