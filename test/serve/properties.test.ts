import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InvalidSite } from '../../src/errors.ts';
import { hostWith } from './shelf.ts';

const names = [
  'docker',
  'Docker',
  'C++',
  'c-plus-plus',
  'news',
  'ann',
  'nobody',
  'ёлка',
  'index.xml',
];
const words = [...names, 'tags', 'Tags', 'tag', 'category', 'categories', 'author', 'authors'];
const files = [
  'feed',
  'feed.rss',
  'feed.atom',
  'FEED.json',
  'feed.xml',
  'atom',
  'rss',
  'a',
  'b',
  '',
];
const path = fc
  .array(fc.constantFrom(...words, ...files), { maxLength: 4 })
  .map((parts) => `/${parts.join('/')}`);
const rulePath = path.map((one) => one.replace(/\/+/g, '/'));
const query = fc.constantFrom('', '', '?feed=atom', '?feed=rss2&tag=docker', '?x=1');
const rules = fc.record({
  moved: fc.dictionary(
    rulePath,
    fc.tuple(rulePath, query).map((one) => one.join('')),
    { maxKeys: 6 },
  ),
  gone: fc.array(rulePath, { maxLength: 2 }),
});

test('what a redirect leads to is never redirected, whatever the rules', async () => {
  let redirects = 0;
  await fc.assert(
    fc.asyncProperty(
      rules,
      fc.array(fc.tuple(path, query), { minLength: 10 }),
      async (given, asked) => {
        // JSON is YAML. A rule that leads to another is refused by the site file.
        const settings = `legacy: [wordpress, hugo, jekyll, ghost]
moved: ${JSON.stringify(given.moved)}
gone: ${JSON.stringify(given.gone)}
`;
        const host = await hostWith(settings).catch((error) => {
          if (error instanceof InvalidSite) return undefined;
          throw error;
        });
        for (const [one, suffix] of host ? asked : []) {
          const first = await host!.get(encodeURI(one) + suffix);
          expect([200, 301, 404, 410]).toContain(first.status);
          if (first.status !== 301) continue;
          redirects++;
          const location = first.headers.get('location')!;
          expect(location).toMatch(/^\/(?!\/)[!-~]*$/);
          expect([200, 404], `${one} → ${location}`).toContain((await host!.get(location)).status);
        }
      },
    ),
    { numRuns: 60 },
  );
  expect(redirects).toBeGreaterThan(100);
});

test('nothing that can be asked makes it fail', async () => {
  const host = await hostWith('legacy: [wordpress, jekyll, hugo, ghost, hexo]');
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.webPath(),
    fc.constantFrom('%', '%2', '%2F', '..', '\\', '\0', '?', '#', '//', '%ff'),
  );
  const header = fc
    .string({ unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)) })
    .filter((one) => !one.includes('\x7f'));
  const names = [
    'if-none-match',
    'if-match',
    'if-modified-since',
    'accept',
    'accept-encoding',
    'sec-fetch-dest',
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.array(text, { maxLength: 5 }),
      fc.constantFrom('', 'feed.rss', 'tags/docker/feed.atom'),
      fc.dictionary(fc.constantFrom(...names), header),
      async (parts, start, headers) => {
        const response = await host.get(`/${start}${parts.join('/').toWellFormed()}`, headers);
        expect(response.status).toBeLessThan(500);
        const guess = response.status === 304 ? null : 'nosniff';
        expect(response.headers.get('x-content-type-options')).toBe(guess);
      },
    ),
    { numRuns: 500 },
  );
});
