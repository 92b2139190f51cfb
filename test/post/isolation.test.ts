import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InvalidPost } from '../../src/errors.ts';
import { parsed, post } from './reading.ts';

/** A file beside the posts, and a value in the environment, that no post may find. */
const secret = 'the-secret-of-the-machine';
let folder = '';
let path = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidings-isolation-'));
  path = join(folder, 'secret.html');
  writeFileSync(path, secret);
  process.env['TIDINGS_TEST_SECRET'] = secret;
});
afterAll(() => {
  delete process.env['TIDINGS_TEST_SECRET'];
  rmSync(folder, { recursive: true, force: true });
});

const jekyll = { key: '_posts/2024-03-09-a.md' };

describe('front matter', () => {
  const ran = () => (globalThis as { ran?: boolean }).ran;

  test.each([
    ['---js', '---'],
    ['---javascript', '---'],
    ['--- js', '---'],
    ['---JS', '---'],
    ['---coffee', '---'],
    ['---ts', '---'],
    ['---eval', '---'],
    [';;;js', ';;;'],
    ['+++js', '+++'],
  ])('is no program (%s)', (open, close) => {
    const program = `globalThis.ran = true; module.exports = { date: '2024-01-01', title: process.env.TIDINGS_TEST_SECRET }`;
    expect(() => parsed(`${open}\n${program}\n${close}\nText`)).toThrow(InvalidPost);
    expect(ran()).toBeUndefined();
  });

  test.each([
    'title: !!js/function "function(){ globalThis.ran = true }"',
    'title: !!js/undefined ""',
    'title: !!js/regexp /a/',
    'title: !!python/object/apply:os.system ["x"]',
    'title: !ruby/object:Gem::Installer {}',
    'toString: !!js/function "function(){ globalThis.ran = true }"',
    '__proto__: { polluted: true }',
    'constructor: { prototype: { polluted: true } }',
    '<<: { __proto__: { polluted: true } }',
  ])('%s makes nothing but data', (line) => {
    try {
      expect(`${JSON.stringify(parsed(`---\ndate: 2024-01-01\n${line}\n---\n`))}`).not.toBe('');
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidPost);
    }
    expect(ran()).toBeUndefined();
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe('Liquid', () => {
  test.each([
    ['include', (file: string) => `{% include ${file} %}`],
    ['include with quotes', (file: string) => `{% include "${file}" %}`],
    ['include_relative', (file: string) => `{% include_relative ${file} %}`],
    ['include_cached', (file: string) => `{% include_cached ${file} %}`],
    ['render', (file: string) => `{% render "${file}" %}`],
    ['render with values', (file: string) => `{% render "${file}", a: page, b: site %}`],
    ['layout', (file: string) => `{% layout "${file}" %}`],
    ['block', (file: string) => `{% block a %}{% layout "${file}" %}{% endblock %}`],
    ['liquid', (file: string) => `{% liquid\nrender "${file}"\ninclude "${file}"\n%}`],
    ['a value', (file: string) => `{% assign a = "${file}" %}{% include {{ a }} %}{% render a %}`],
  ])('reads no file by %s', (_name, body) => {
    for (const file of [
      path,
      `../../../../../../../../..${path}`,
      `file://${path}`,
      'package.json',
    ]) {
      const { entry } = post('', { ...jekyll, body: `a\n\n${body(file)}` });
      expect(entry.content).not.toContain(secret);
      expect(entry.content).not.toContain('"private"');
    }
  });

  test.each([
    'process.env.TIDINGS_TEST_SECRET',
    'global.process.env',
    'this.constructor.constructor',
    'page.constructor.constructor',
    'page.constructor.name',
    'page.__proto__',
    'page.__lookupGetter__',
    'page["constructor"]["constructor"]',
    'site.constructor',
    'site.authors',
    'page.title.constructor',
    'page.tags.map',
    '"a".constructor',
    '"a" | constructor',
    '"a" | map: "constructor"',
    'page | map: "constructor"',
    '"" | raw',
    'env',
    'environment',
    'jekyll.environment',
    'site.config',
    'site.posts',
    'site.data',
    'forloop',
    'content',
  ])('finds nothing in {{ %s }}', (expression) => {
    const { entry, problems } = post('title: A\ntags: [b]', {
      ...jekyll,
      body: `x{{ ${expression} }}y{{ ${expression} | json }}z`,
    });
    // An error leaves the text as its author wrote it.
    if (problems.length === 0)
      expect(entry.content).toMatch(/^<p>x(?:a)?y(?:null|"a?"|\[null\]|\[\])?z<\/p>$/);
    expect(JSON.stringify(entry)).not.toContain(secret);
  });

  test('a file of posts is not written', () => {
    const before = readdirSync('.');
    post('', { ...jekyll, body: '{% capture a %}x{% endcapture %}{% assign b = a %}{{ b }}' });
    expect(readdirSync('.')).toEqual(before);
  });
});

test.each([
  [
    'content/a.md',
    '{{< readfile "PATH" >}}{{% include "PATH" %}}{{< param "TIDINGS_TEST_SECRET" >}}',
  ],
  ['content/a.md', '{{ os.ReadFile "PATH" }}{{ getenv "TIDINGS_TEST_SECRET" }}'],
  ['source/_posts/a.md', '{% include_code PATH %}{% asset_img PATH %}{{ process.env }}'],
  [
    'a.mdx',
    'import a from "PATH"\n\n{process.env.TIDINGS_TEST_SECRET}{require("fs").readFileSync("PATH")}',
  ],
])('%s reads no file and no environment by its templates', (key, body) => {
  const { entry } = post('lastmod: 2024-03-10', { key, body: body.replaceAll('PATH', path) });
  expect(JSON.stringify(entry)).not.toContain(secret);
});
