import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { presets } from '../../src/serve/legacy.ts';
import { legacyPresets } from '../../src/site.ts';
import { hostWith } from './shelf.ts';

// One example or more of each row, in the order of the table.
const examples: Record<(typeof legacyPresets)[number], [path: string, feed: string][][]> = {
  wordpress: [
    [
      ['/feed/rss2/', '/feed.rss'],
      ['/feed/rss', '/feed.rss'],
      ['/feed/rdf/', '/feed.rss'],
      ['/rss2/', '/feed.rss'],
      ['/rdf', '/feed.rss'],
    ],
    [
      ['/feed/', '/feed.rss'],
      ['/feed', '/feed.rss'],
      ['/feed/feed/', '/feed.rss'],
    ],
    [
      ['/feed/atom/', '/feed.atom'],
      ['/feed/atom', '/feed.atom'],
      ['/atom/', '/feed.atom'],
    ],
    [['/feed/json/', '/feed.json']],
    [
      ['/wp-rss2.php', '/feed.rss'],
      ['/wp-rdf.php', '/feed.rss'],
    ],
    [['/wp-atom.php', '/feed.atom']],
    [
      ['/category/news/feed/', '/categories/news/feed.rss'],
      ['/category/news/feed', '/categories/news/feed.rss'],
      ['/category/a/news/feed/', '/categories/news/feed.rss'],
      ['/category/a/b/news/feed/rss2/', '/categories/news/feed.rss'],
    ],
    [['/category/news/rss2/', '/categories/news/feed.rss']],
    [
      ['/category/news/feed/atom/', '/categories/news/feed.atom'],
      ['/category/a/news/feed/atom', '/categories/news/feed.atom'],
      ['/category/a/news/atom', '/categories/news/feed.atom'],
    ],
    [['/category/a/news/feed/json', '/categories/news/feed.json']],
    [
      ['/tag/docker/feed/', '/tags/docker/feed.rss'],
      ['/tag/docker/feed/rss', '/tags/docker/feed.rss'],
    ],
    [['/tag/docker/rdf/', '/tags/docker/feed.rss']],
    [
      ['/tag/docker/feed/atom/', '/tags/docker/feed.atom'],
      ['/tag/Docker/atom', '/tags/docker/feed.atom'],
    ],
    [['/tag/docker/feed/json/', '/tags/docker/feed.json']],
    [
      ['/author/ann/feed/', '/authors/ann/feed.rss'],
      ['/author/Ann/feed/rdf', '/authors/ann/feed.rss'],
    ],
    [['/author/ann/rss/', '/authors/ann/feed.rss']],
    [['/author/ann/feed/atom', '/authors/ann/feed.atom']],
    [['/author/ann/feed/json', '/authors/ann/feed.json']],
  ],
  jekyll: [
    [
      ['/feed.xml', '/feed.atom'],
      ['/feed.xml/', '/feed.atom'],
    ],
    [['/atom.xml', '/feed.atom']],
    [['/feed/by_tag/docker.xml', '/tags/docker/feed.atom']],
    [
      ['/feed/news.xml', '/categories/news/feed.atom'],
      ['/feed/News.xml', '/categories/news/feed.atom'],
    ],
  ],
  hugo: [
    [['/index.xml', '/feed.rss']],
    [
      ['/posts/index.xml', '/feed.rss'],
      ['/blog/index.xml', '/feed.rss'],
    ],
    [
      ['/tags/docker/index.xml', '/tags/docker/feed.rss'],
      ['/tags/C%2B%2B/index.xml', '/tags/c-plus-plus/feed.rss'],
      ['/categories/news/index.xml', '/categories/news/feed.rss'],
      ['/authors/ann/index.xml', '/authors/ann/feed.rss'],
    ],
  ],
  ghost: [
    [
      ['/rss/', '/feed.rss'],
      ['/rss', '/feed.rss'],
    ],
    [['/tag/docker/rss/', '/tags/docker/feed.rss']],
    [['/author/ann/rss/', '/authors/ann/feed.rss']],
  ],
  hexo: [[['/atom.xml', '/feed.atom']], [['/rss2.xml', '/feed.rss']]],
};

describe.each(legacyPresets)('the preset %s', async (preset) => {
  const { get } = await hostWith(`legacy: [${preset}]`);
  const plain = await hostWith();

  test('has an example for each of its rows', () => {
    expect(examples[preset].length).toBe(presets[preset].length);
  });

  test.each(examples[preset].flat())('leads from %s to %s', async (path, feed) => {
    const response = await get(path);
    expect([response.status, response.headers.get('location')]).toEqual([301, feed]);
    expect(response.headers.get('cache-control')).toMatch(/max-age=900/);
    // One hop, and only for who asked for the preset.
    expect((await get(feed)).status).toBe(200);
    expect((await plain.get(path)).status).toBe(404);
  });
});

describe('docs/feed-addresses.md', async () => {
  const text = readFileSync(new URL('../../docs/feed-addresses.md', import.meta.url), 'utf8');
  const table = text.slice(text.indexOf('| preset |'), text.indexOf('A slash at the end'));
  const terms = ['tags/soup', 'categories/news', 'authors/ann'];
  let preset = '';
  const rows = table.split('\n').flatMap((line) => {
    const [first, addresses, feed] = line.split('|').slice(1, -1).map(quotedIn);
    preset = first?.[0] ?? preset;
    return (addresses ?? []).map((address) => [preset, address, feed![0]!] as const);
  });

  test('has rows for every preset', () => {
    expect(new Set(rows.map(([one]) => one))).toEqual(new Set(legacyPresets));
    const count = (preset: string) => rows.filter(([one]) => one === preset).length;
    for (const one of legacyPresets) expect(count(one)).toBeGreaterThanOrEqual(presets[one].length);
  });

  test.each(rows)('is true: %s leads from %s to %s', async (preset, address, feed) => {
    const { get } = await hostWith(`legacy: [${preset}]`, terms);
    const response = await get(address);
    expect([response.status, response.headers.get('location')]).toEqual([301, feed]);
  });
});

/** What stands in backquotes. */
function quotedIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, text]) => text!);
}

describe("WordPress's queries", async () => {
  const { get } = await hostWith('legacy: [wordpress]');

  test.each([
    ['/?feed=rss2', '/feed.rss'],
    ['/?feed=feed', '/feed.rss'],
    ['/?feed=rdf', '/feed.rss'],
    ['/?feed=atom', '/feed.atom'],
    ['/index.php?feed=rss', '/feed.rss'],
    ['/?utm_source=x&feed=atom', '/feed.atom'],
    ['/?feed=atom&tag=docker', '/tags/docker/feed.atom'],
    ['/?tag=docker&feed=rss2', '/tags/docker/feed.rss'],
    ['/?feed=rss2&category_name=news', '/categories/news/feed.rss'],
    ['/?feed=rss2&category_name=a/news', '/categories/news/feed.rss'],
    ['/?feed=rss2&author_name=ann', '/authors/ann/feed.rss'],
    ['/?feed=rss2&cat=', '/feed.rss'],
    ['/tag/docker/?feed=atom', '/tags/docker/feed.atom'],
    ['/category/a/news?feed=rss2', '/categories/news/feed.rss'],
    ['/author/ann/?feed=rss2', '/authors/ann/feed.rss'],
  ])('%s leads to %s', async (path, feed) => {
    const response = await get(path);
    expect([response.status, response.headers.get('location')]).toEqual([301, feed]);
  });

  test.each([
    '/?feed=comments-rss2',
    '/?feed=rss2&p=12',
    '/?feed=rss2&cat=3',
    '/?feed=rss2&s=docker',
    '/?feed=rss2&tag=docker&category_name=news',
    '/?feed=rss2&tag=nobody',
    '/?feed=rss2&tag=docker,c',
    '/?feed=constructor',
    '/comments/feed/',
    '/2024/03/a-post/feed/',
    '/tag/nobody/feed/',
  ])('%s leads nowhere: no such feed is here', async (path) => {
    expect((await get(path)).status).toBe(404);
  });

  test.each(['/', '/?feed=', '/?p=12', '/?tag=docker', '/tags/docker/feed.rss?feed=atom'])(
    '%s asks for no old feed',
    async (path) => {
      expect((await get(path)).status).toBe(200);
    },
  );
});

describe('presets', () => {
  test('follow the taxonomies that the site file names', async () => {
    const { get } = await hostWith(
      'legacy: [hugo, wordpress]\ntaxonomies: {tags: topics, series: series}\n',
      ['topics/docker', 'series/one', 'tags/old'],
    );
    const at = async (path: string) => (await get(path)).headers.get('location');
    expect(await at('/tag/docker/feed/')).toBe('/topics/docker/feed.rss');
    expect(await at('/series/one/index.xml')).toBe('/series/one/feed.rss');
    expect(await at('/tags/old/index.xml')).toBeNull();
  });

  test('of several tools work together', async () => {
    const { get } = await hostWith(`legacy: [${legacyPresets.join(', ')}]`);
    for (const [path, feed] of Object.values(examples).flat(2))
      expect((await get(path)).headers.get('location'), path).toBe(feed);
  });

  test('take a long path in time that grows with its length', async () => {
    const { get } = await hostWith(`legacy: [${legacyPresets.join(', ')}]`);
    const started = performance.now();
    await get(`/category/${'a/'.repeat(4000)}x`);
    await get(`/category${'/feed/atom'.repeat(800)}`);
    expect(performance.now() - started).toBeLessThan(500);
  });
});
