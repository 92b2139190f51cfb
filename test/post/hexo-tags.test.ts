import { describe, expect, test } from 'vitest';
import { link, render } from './render.ts';

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
