import { expect, test } from 'vitest';
import type { Dialect } from '../../src/post/post.ts';
import { references } from '../../src/post/references.ts';

function named(dialect: Dialect, key: string, body: string) {
  return references({
    key,
    matter: {},
    dialect,
    body,
    bodyLine: 1,
    lines: new Map(),
    problems: [],
  });
}

test.each<[Dialect, string, string, string, string]>([
  [
    'jekyll',
    'a.md',
    '{% post_url 2008-06-06-vi-java %}',
    '2008-06-06-vi-java',
    '2008-06-06-vi-java.md',
  ],
  [
    'jekyll',
    '_posts/a.md',
    '{%- post_url "2008-06-06-b" -%}',
    '2008-06-06-b',
    '_posts/2008-06-06-b.markdown',
  ],
  [
    'jekyll',
    'x/_posts/y/a.md',
    '{% post_url /y/2008-06-06-b %}',
    '/y/2008-06-06-b',
    'x/_posts/y/2008-06-06-b.md',
  ],
  [
    'jekyll',
    '_posts/a.md',
    '{% link _posts/2008-06-06-b.md %}',
    '_posts/2008-06-06-b.md',
    '_posts/2008-06-06-b.md',
  ],
  ['hugo', 'news/2020/a.md', '{{< ref "b.md" >}}', 'b.md', 'news/2020/b.md'],
  ['hugo', 'news/2020/a.md', '{{% relref path="/events/b" %}}', '/events/b', 'events/b.md'],
  ['hugo', 'content/post/a.md', '{{< ref "post/b#part" >}}', 'post/b', 'content/post/b.md'],
  ['hugo', 'content/post/a/index.md', '{{< ref "../b" >}}', '../b', 'content/post/b/index.md'],
  [
    'hugo',
    'news/2020/01/a.md',
    '{{< ref "2019-12-24-b.md" >}}',
    '2019-12-24-b.md',
    'news/2019/12/2019-12-24-b.md',
  ],
  ['hexo', 'source/_posts/a.md', '{% post_link b "A title" %}', 'b', 'source/_posts/b.md'],
])('in %s, from %s, %s names %s, which may be %s', (dialect, key, body, name, candidate) => {
  const [reference, ...others] = named(dialect, key, body);
  expect(reference!.name).toBe(name);
  expect(reference!.candidates).toContain(candidate);
  expect(others).toEqual([]);
});

test('each post is named once, and the page itself is no reference', () => {
  const body = '{{< ref "b" >}} {{< relref "b#c" >}} {{< ref "#d" >}} {{< figure "e" >}}';
  expect(named('hugo', 'a.md', body).map(({ name }) => name)).toEqual(['b']);
});

test('no candidate lies outside', () => {
  const [reference] = named('hugo', 'a.md', '{{< ref "../../etc/passwd" >}}');
  expect(reference!.candidates).toEqual([]);
});

test('Markdown alone names nothing', () => {
  expect(named('plain', 'a.md', '{% post_url b %} {{< ref "c" >}}')).toEqual([]);
});
