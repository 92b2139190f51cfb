import { expect, test } from 'vitest';
import { InvalidPost } from '../../src/errors.ts';
import { isFaultless } from '../../src/post/faultless.ts';
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

/** What the body turns out to be at fault for, if anything. */
function faultOf(outline: Outline, site: Site): string | undefined {
  try {
    return finishPost(outline, site).problems[outline.problems.length]?.cause;
  } catch (error) {
    return String(error);
  }
}

test.each([
  ['prose', 'Some *text* with [a link](b.html).\n\n- a\n- b\n\n> quoted\n'.repeat(20)],
  ['code', '```yaml\na: "b"\n```\n\n    indented\n'.repeat(20)],
  [
    'links by name',
    `${'[A name][a] and [b]. '.repeat(20)}\n\n[a]: https://a.example/ "A"\n[b]: /b\n`,
  ],
  ['a colon after a link', '* [a name][1]: and more\n* said [before][2]: *this*\n\n[1]: /a\n'],
  ['a table', '|a|b|\n|-|-|\n'.concat('|1|2|\n'.repeat(30))],
])('%s is faultless', (_, body) => {
  expect(outlined(post({ date: '2024-03-09' }, body), readSite(''))?.isFaultless).toBe(true);
});

const url = `/${'u'.repeat(4000)}`;
const uses = '[x]'.repeat(3000);

test.each([
  ['a note without a name', `${'[ ^]'.repeat(3000)}\n\n[^]: ${url}`],
  ['notes in a note', `${uses} [^a] [^[b]\n\n[^a]: [^[b]: [x]: ${url}`],
  ['a note whose name has a tab', `${uses}\n\n[^[a\tb]: [x]: ${url}`],
  ['a deep note', `a[^1]\n\n${'>'.repeat(60)}[^1]: ${'>'.repeat(60)} a`],
  ['Markdown in HTML', `${uses}\n\n<div markdown="1">[x]: ${url}\n</div>`],
  ['Markdown after HTML', `${uses}\n\n<div markdown="1">a</div>[x]: ${url}`],
  ['no Markdown', `${uses}\n\n{::nomarkdown}[x]: ${url}`],
  ['no Markdown in a definition', `${uses}\n\n[x]{::nomarkdown}: ${url}`],
  ['no Markdown in quotes', `${'>'.repeat(60)}{::nomarkdown}${'>'.repeat(60)} a`],
  ['an abbreviation', `${'H '.repeat(3000)}\n\n*[H]: ${url}`],
  ['an abbreviation in pieces', `*[a\n\n*{::nomarkdown}[H]: ${url}\n\n${'H '.repeat(3000)}`],
  ['a quote in a title', `${uses}\n\n[x]: /u "x\\"\n${'t'.repeat(4000)}"`],
  ['a return', `${uses}\n\n{{ "[z] [y]: z\r\r[x]: ${url}" }}`],
])('%s does not look faultless, for it is not', (_, body) => {
  const site = readSite('url: https://a.io');
  const outline = outlined(post({ date: '2024-03-09' }, body), site)!;
  expect(outline.isFaultless).toBe(false);
  expect(faultOf(outline, site)).toBeDefined();
});

test('it takes no time to tell of a line of stars', () => {
  const site = readSite('url: https://a.io\nlimits: { size: 2048 }');
  const outline = outlined(post({ date: '2024-03-09' }, '*['.repeat(50_000)), site)!;
  const began = process.threadCpuUsage();
  // Not refused for its length: each of the stars was looked at.
  expect(isFaultless(outline.template.text, { site, link: '' })).toBe(true);
  expect(process.threadCpuUsage(began).user).toBeLessThan(500_000);
});

test.each([512, 8])('no body that was made to do harm looks faultless, in %i KB', (size) => {
  const site = readSite(settings(size));
  const wrong = costly.flatMap(({ name, key, text }) => {
    const outline = outlined(text(2000), site, key);
    const fault = outline?.isFaultless ? faultOf(outline, site) : undefined;
    return fault === undefined ? [] : [`${name}: ${fault}`];
  });
  expect(wrong).toEqual([]);
});
