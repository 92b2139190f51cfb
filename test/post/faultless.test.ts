import { expect, test } from 'vitest';
import { InvalidPost } from '../../src/errors.ts';
import { readSource } from '../../src/post/front-matter.ts';
import { outlinePost } from '../../src/post/parse.ts';
import { readSite, type Site } from '../../src/site.ts';
import { post } from '../blog.ts';
import { costly } from '../fuzz/costly.ts';

const long = `/${'long/'.repeat(50)}`;
const settings = (size: number) => `url: https://blog.example${long}\nlimits: { size: ${size} }`;

function outlineOf(text: string, site: Site, key = '_posts/2024-03-09-a.md') {
  const outline = outlinePost(readSource(key, Buffer.from(text), site.limits), site);
  if ('page' in outline) throw new Error('a page');
  return outline;
}

test.each([
  ['prose', 'Some *text* with [a link](b.html).\n\n- a\n- b\n\n> quoted\n'.repeat(20)],
  ['code', '```yaml\na: "b"\n```\n\n    indented\n'.repeat(20)],
  [
    'links by name',
    `${'[A name][a] and [b]. '.repeat(20)}\n\n[a]: https://a.example/ "A"\n[b]: /b\n`,
  ],
  ['a table', '|a|b|\n|-|-|\n'.concat('|1|2|\n'.repeat(30))],
])('%s is faultless', (_, body) => {
  expect(outlineOf(post({ date: '2024-03-09' }, body), readSite('')).isFaultless).toBe(true);
});

test.each([512, 32, 4])('no body that was made to do harm looks faultless, in %i KB', (size) => {
  const site = readSite(settings(size));
  const wrong = costly.flatMap(({ name, key, text }) =>
    [400, 3000, 15_000].flatMap((length) => {
      try {
        const outline = outlineOf(text(length), site, key);
        if (!outline.isFaultless) return [];
        const { problems } = outline.finish();
        return problems.length === outline.problems.length
          ? []
          : [`${name}: ${problems.at(-1)?.cause}`];
      } catch (error) {
        if (error instanceof Error && error.message === 'a page') return [];
        return error instanceof InvalidPost && refused(text(length), site, key)
          ? []
          : [`${name}: ${error}`];
      }
    }),
  );
  expect(wrong).toEqual([]);
});

/** Whether a post is refused before its body is rendered. */
function refused(text: string, site: Site, key?: string): boolean {
  try {
    outlineOf(text, site, key);
    return false;
  } catch {
    return true;
  }
}
