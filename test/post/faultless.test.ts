import { expect, test } from 'vitest';
import { InvalidPost } from '../../src/errors.ts';
import { readSource } from '../../src/post/front-matter.ts';
import { finishPost, type Outline, outlinePost } from '../../src/post/parse.ts';
import { readSite, type Site } from '../../src/site.ts';
import { post } from '../blog.ts';
import { costly } from '../fuzz/costly.ts';

const long = `/${'long/'.repeat(50)}`;
const settings = (size: number) => `url: https://blog.example${long}\nlimits: { size: ${size} }`;

/** Undefined for a page, and for what is refused before its body is rendered. */
function outlined(text: string, site: Site, key = '_posts/2024-03-09-a.md'): Outline | undefined {
  try {
    const outline = outlinePost(readSource(key, Buffer.from(text), site.limits), site);
    return 'page' in outline ? undefined : outline;
  } catch (error) {
    if (error instanceof InvalidPost) return undefined;
    throw error;
  }
}

test.each([
  ['prose', 'Some *text* with [a link](b.html).\n\n- a\n- b\n\n> quoted\n'.repeat(20)],
  ['code', '```yaml\na: "b"\n```\n\n    indented\n'.repeat(20)],
  [
    'links by name',
    `${'[A name][a] and [b]. '.repeat(20)}\n\n[a]: https://a.example/ "A"\n[b]: /b\n`,
  ],
  ['notes and attributes', 'A word[^1].\n{: .wide}\n\n[^1]: What it means.\n'.repeat(9)],
  ['a colon after a link', '* [a name][1]: and more\n* said [before][2]: *this*\n\n[1]: /a\n'],
  ['a table', '|a|b|\n|-|-|\n'.concat('|1|2|\n'.repeat(30))],
])('%s is faultless', (_, body) => {
  expect(outlined(post({ date: '2024-03-09' }, body), readSite(''))?.isFaultless).toBe(true);
});

test.each([512, 8])('no body that was made to do harm looks faultless, in %i KB', (size) => {
  const site = readSite(settings(size));
  const wrong = costly.flatMap(({ name, key, text }) => {
    const outline = outlined(text(2000), site, key);
    if (!outline?.isFaultless) return [];
    try {
      const { problems } = finishPost(outline, site);
      const [more] = problems.slice(outline.problems.length);
      return more ? [`${name}: ${more.cause}`] : [];
    } catch (error) {
      return [`${name}: ${error}`];
    }
  });
  expect(wrong).toEqual([]);
});
