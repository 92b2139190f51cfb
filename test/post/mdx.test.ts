import { describe, expect, test } from 'vitest';
import { link, render } from './render.ts';

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
