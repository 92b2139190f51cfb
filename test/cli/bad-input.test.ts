import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { check } from '../../src/check/check.ts';
import { post } from '../blog.ts';
import { folderWith, tidings } from './terminal.ts';

const dated = { title: 'Odd', date: '2024-03-01' };
const bomb = [
  'a: &a [x, x, x, x, x, x, x, x, x]',
  ...'bcdefghi'.split('').map((name, n) => {
    const before = 'abcdefgh'[n];
    return `${name}: &${name} [${Array(9).fill(`*${before}`).join(', ')}]`;
  }),
].join('\n');

/** File → what it holds, and what must be said of it; null: it is read without a word. */
const odd: Record<string, [content: string | Uint8Array, said: RegExp | null]> = {
  'binary.md': [Uint8Array.from({ length: 4096 }, (_, n) => (n * 7919) % 256), /binary\.md.*: /],
  'empty.md': ['', /empty\.md.*: /],
  'huge.md': [
    `---\ntitle: Huge\ndate: 2024-03-01\n---\n${'word '.repeat(4_194_304)}`,
    /huge\.md: .*(MB|bytes)/,
  ],
  'no-front-matter.md': ['# Just text\n\nand more of it.\n', null],
  'broken.md': ['---\ntitle: "open\ndate: 2024-03-01\n---\nText\n', /broken\.md:\d+: /],
  'no-closer.md': [
    '---\ntitle: Open\ndate: 2024-03-01\n\nText without an end of the front matter\n',
    /no-closer\.md:\d+: /,
  ],
  'bomb.md': [
    `---\ntitle: Bomb\ndate: 2024-03-01\n${bomb}\ntags: *i\n---\nText\n`,
    /bomb\.md.*: .*alias/i,
  ],
  'script.md': [
    '---js\nmodule.exports = { title: process.exit(3) }\n---\nText\n',
    /script\.md:1: .*program \(js\).*never run/,
  ],
  'impossible.md': [
    post({ title: 'Impossible', date: '2024-03-39' }),
    /impossible\.md:\d+: .*2024-03-39/,
  ],
  'long-title.md': [post({ ...dated, title: 'x'.repeat(100_000) }), /long-title\.md:\d+: .*title/],
  'dots.md': [
    post({ ...dated, tags: ['..', '.', '/', '../../etc/passwd', '\\', 'a/b', '%2e%2e'] }),
    null,
  ],
  'emoji.md': [post({ ...dated, tags: ['🎉', '👩‍👩‍👧', '\u0000', ''] }), /emoji\.md:4: .*no term/],
  'first.md': [post({ ...dated, guid: 'urn:isbn:same' }), null],
  'second.md': [
    post({ ...dated, date: '2024-03-02', guid: 'urn:isbn:same' }),
    /second\.md: .*urn:isbn:same.*first\.md/,
  ],
  'markup.md': [
    post(
      { ...dated, title: ']]> </title><script>alert(1)</script>' },
      '<script>alert(1)</script>]]>\u0008',
    ),
    null,
  ],
  'prototype.md': [
    post({ ...dated, tags: ['__proto__', 'constructor'], author: 'toString' }),
    null,
  ],
};

test('every kind of bad post is reported or read sensibly, and the others are published', async () => {
  const around = folderWith({
    'posts/tidings.yml': 'url: https://blog.example\n',
    'posts/good.md': post({ title: 'Good', date: '2024-03-05', tags: ['fine'] }),
    ...Object.fromEntries(
      Object.entries(odd).map(([name, [content]]) => [`posts/${name}`, content]),
    ),
  });
  const out = join(around, 'feeds');
  const { status, out: said, err } = await tidings('build', join(around, 'posts'), '--out', out);
  expect(status).toBe(0);
  for (const [name, [, expected]] of Object.entries(odd)) {
    if (expected) expect(err, name).toMatch(expected);
    else expect(err, name).not.toContain(`${name}:`);
  }
  expect(said).toMatch(/posts +17 read/);

  // Nothing outside the output folder, and nothing odd in it.
  expect(readdirSync(around).sort()).toEqual(['feeds', 'posts']);
  expect(readdirSync(dirname(around))).not.toContain('passwd');
  const files = readdirSync(out, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(out, name)).isFile(),
  );
  for (const name of files)
    expect(name).toMatch(
      /^([^/]+\/[^/]+\/)?(feed\.(rss|atom|json)|index\.html|feeds\.(opml|json))$/,
    );
  expect(files).toContain('tags/fine/feed.rss');
  expect(files).toContain('tags/🎉/feed.rss');

  // All that was written is valid.
  for (const name of files.filter((one) => /feed\.\w+$|\.opml$/.test(one))) {
    const { findings } = check(readFileSync(join(out, name)));
    expect(
      findings.filter(({ severity }) => severity === 'error'),
      name,
    ).toEqual([]);
  }
  const titles = JSON.parse(readFileSync(join(out, 'feed.json'), 'utf8')).items.map(
    ({ title }: { title: string }) => title,
  );
  expect(titles[0]).toBe('Good');
  expect(titles).toContain(']]> </title><script>alert(1)</script>');
}, 60_000);
