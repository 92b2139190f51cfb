import { expect, test } from 'vitest';
import { dialectOf } from '../../src/post/dialect.ts';
import type { Dialect, Source } from '../../src/post/post.ts';

test.each<[string, Partial<Source>, Dialect]>([
  ['an .mdx file', { key: 'a.mdx', body: '{{< x >}}' }, 'mdx'],
  ['TOML', { syntax: 'toml' }, 'hugo'],
  ['a shortcode', { body: 'a {{< ref "b" >}}' }, 'hugo'],
  ['a Markdown shortcode', { body: 'a {{% note %}}' }, 'hugo'],
  ['a shortcode that is shown', { body: '{{</* figure */>}}' }, 'hugo'],
  ['a shortcode beside a layout', { matter: { layout: 'post' }, body: '{{< x >}}' }, 'hugo'],
  ['keys of Hugo', { matter: { expiryDate: '2024-01-01' } }, 'hugo'],
  ['a leaf bundle', { key: 'content/post/a/index.md' }, 'hugo'],
  ['a Liquid tag', { body: '{% post_url x %}' }, 'jekyll'],
  ['a Liquid variable', { body: '{{ site.url }}' }, 'jekyll'],
  ['a layout', { matter: { layout: 'post' } }, 'jekyll'],
  ['the folder _posts', { key: '_posts/2024-01-01-a.md' }, 'jekyll'],
  ['a tag of Hexo', { body: '{% asset_img a.png %}' }, 'hexo'],
  ['a tag of both, alone', { body: '{% youtube a %}' }, 'hexo'],
  ['a tag of both, beside one of Jekyll', { body: '{% youtube a %} {% post_url b %}' }, 'jekyll'],
  ['the folder of Hexo', { key: 'source/_posts/a.md' }, 'hexo'],
  ['none of these', { body: '{{ x }} {a}' }, 'plain'],
])('%s', (_name, given, expected) => {
  expect(dialectOf({ key: 'a.md', matter: {}, body: '', ...given })).toBe(expected);
});
