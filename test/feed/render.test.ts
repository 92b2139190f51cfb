import { readdirSync } from 'node:fs';
import { parseXml } from '@rgrove/parse-xml';
import { decodeHTML } from 'entities';
import { parseAtomFeed, parseJsonFeed, parseRssFeed } from 'feedsmith';
import RssParser from 'rss-parser';
import { describe, expect, test } from 'vitest';
import { channelOf } from '../../src/feed/channel.ts';
import { feedParts, renderFeed } from '../../src/feed/render.ts';
import { type Format, formats } from '../../src/keys.ts';
import type { Entry } from '../../src/post/entry.ts';
import { bareEntry, bareSite, golden } from './fixtures.ts';

const cases = readdirSync(new URL('golden', import.meta.url)).filter(
  (name) => !name.startsWith('directory'),
);

function rendered(name: string, format: Format): string {
  const { site, selection, label, next, entries } = golden(name);
  const channel = { ...channelOf(selection, label, site), ...(next && { next }) };
  return renderFeed(format, channel, entries, site);
}

describe.each(cases)('golden feed %s', (name) => {
  test.each(formats)('is the reviewed document as %s', async (format) => {
    await expect(rendered(name, format)).toMatchFileSnapshot(`golden/${name}/feed.${format}`);
  });

  test.each(['rss', 'atom'] as const)('is well-formed %s', (format) => {
    expect(() => parseXml(rendered(name, format))).not.toThrow();
  });
});

describe('what readers read', () => {
  const readable = cases.filter((name) => name !== 'hostile');

  test.each(readable)('RSS of %s has the entries', (name) => {
    const { entries } = golden(name);
    const feed = parseRssFeed(rendered(name, 'rss'));
    expect(
      (feed.items ?? []).map((item) => ({
        id: item.guid?.value,
        title: item.title,
        published: new Date(item.pubDate ?? '').getTime(),
        tags: item.categories?.map((category) => category.name) ?? [],
      })),
    ).toEqual(
      entries.map((entry) => ({
        id: entry.id,
        title: entry.title,
        published: Date.parse(entry.published),
        tags: labels(entry),
      })),
    );
  });

  test.each(readable)('Atom of %s has the entries', (name) => {
    const { entries, site } = golden(name);
    const feed = parseAtomFeed(rendered(name, 'atom'));
    expect(
      (feed.entries ?? []).map((entry) => ({
        title: decodeHTML(entry.title?.value ?? ''),
        published: entry.published,
        updated: entry.updated,
        tags: entry.categories?.map((category) => category.label) ?? [],
        content: entry.content?.value ?? '',
        enclosures: entry.links?.filter(({ rel }) => rel === 'enclosure').length,
      })),
    ).toEqual(
      entries.map((entry) => ({
        title: entry.title,
        published: entry.published,
        updated: entry.updated,
        tags: labels(entry),
        content: site.content === 'full' ? entry.content : '',
        enclosures: entry.enclosures.length,
      })),
    );
  });

  test.each(readable)('JSON Feed of %s has the entries', (name) => {
    const { entries, site } = golden(name);
    const feed = parseJsonFeed(rendered(name, 'json'));
    expect(
      (feed.items ?? []).map((item) => ({
        id: item.id,
        title: item.title,
        published: item.date_published,
        updated: item.date_modified,
        content: item.content_html ?? '',
        authors: item.authors?.map((author) => author.name) ?? [],
      })),
    ).toEqual(
      entries.map((entry) => ({
        id: entry.id,
        title: entry.title,
        published: entry.published,
        updated: entry.updated,
        content: (site.content === 'full' && entry.content) || entry.summary,
        authors: entry.authors.map((author) => author.name),
      })),
    );
  });

  test.each(['rss', 'atom'] as const)('a second parser reads the same from %s', async (format) => {
    const { entries } = golden('rich');
    const feed = await new RssParser().parseString(rendered('rich', format));
    const titles = feed.items.map((item) => item.title);
    const expected = entries.map((entry) => entry.title);
    expect(format === 'rss' ? titles : titles.map((title) => decodeHTML(title ?? ''))).toEqual(
      expected,
    );
  });
});

describe('renderFeed', () => {
  const channel = channelOf('site', undefined, bareSite);
  const older = { ...bareEntry, id: 'tag:blog.example.com,2000-01-01:older', title: 'Older' };

  test.each(formats)('gives the same %s for equal entries and sites', (format) => {
    const again = structuredClone({ site: bareSite, entries: [bareEntry, older] });
    const once = renderFeed(format, channel, [bareEntry, older], bareSite);
    expect(renderFeed(format, channel, again.entries, again.site)).toBe(once);
  });

  test.each(formats)('renders an entry as %s alone as among others', (format) => {
    const together = renderFeed(format, channel, [bareEntry, older], structuredClone(bareSite));
    const site = structuredClone(bareSite);
    renderFeed(format, channel, [older], site);
    expect(renderFeed(format, channel, [bareEntry, older], site)).toBe(together);
  });

  test.each(formats)('changes one entry of %s and the date alone after an edit', (format) => {
    const edited = { ...older, content: '<p>Edited.</p>', updated: '2024-04-01T00:00:00Z' };
    const before = renderFeed(format, channel, [bareEntry, older], bareSite).split('\n');
    const after = renderFeed(format, channel, [bareEntry, edited], bareSite).split('\n');
    const changed = after.filter((line, at) => line !== before[at]);
    expect(after.length).toBe(before.length);
    const edits = { rss: 2, atom: 3, json: 1 };
    expect(changed.length).toBe(edits[format]);
  });

  test.each(formats)('does not remember what another site made of an entry as %s', (format) => {
    const summaries = { ...bareSite, content: 'summary' as const };
    renderFeed(format, channel, [bareEntry], bareSite);
    expect(renderFeed(format, channel, [bareEntry], summaries)).not.toContain('Hello, world.');
  });

  test.each(formats)('has nothing of another entry with the same fields as %s', (format) => {
    const full = (name: string, number: number): Entry => ({
      id: `https://blog.example.com/id/${name}`,
      link: `https://blog.example.com/${name}/`,
      title: name,
      published: `2024-03-0${number}T00:00:00Z`,
      updated: `2024-03-0${number}T00:00:00Z`,
      authors: [{ name, email: `${name}@blog.example.com`, uri: `https://${name}.example/` }],
      terms: { tags: [{ label: name, slug: name }] },
      summary: `<p>Of ${name}</p>`,
      content: `<p>All of ${name}</p>`,
      image: `https://blog.example.com/${name}.png`,
      enclosures: [
        { url: `https://blog.example.com/${name}.mp3`, type: `audio/${name}`, length: number },
      ],
      language: name,
    });
    const text = (name: string, number: number) =>
      renderFeed(format, channel, [full(name, number)], bareSite);
    const days = (one: string) =>
      one.replaceAll('2024-03-05', '2024-03-08').replaceAll('Tue, 05', 'Fri, 08');
    const lengths = (one: string) => one.replace(/(length="|size_in_bytes":)5/g, '$18');
    expect(lengths(days(text('eve', 5))).replaceAll('eve', 'bob')).toBe(text('bob', 8));
  });

  test.each(formats)('gives the bytes of its text as %s', (format) => {
    const text = renderFeed(format, channel, [bareEntry], bareSite);
    expect(
      Buffer.concat(feedParts(format, channel, [bareEntry], bareSite)).equals(Buffer.from(text)),
    ).toBe(true);
  });

  test('dates a feed by the newest update, wherever in it that entry stands', () => {
    const edited = { ...older, updated: '2024-04-01T00:00:00Z' };
    expect(renderFeed('atom', channel, [bareEntry, edited], bareSite)).toContain(
      '<updated>2024-04-01T00:00:00Z</updated>\n<generator>',
    );
  });

  test('dates an empty feed by the site, not by the clock', () => {
    expect(renderFeed('rss', channel, [], bareSite)).toContain(
      '<lastBuildDate>Sat, 01 Jan 2000 00:00:00 GMT</lastBuildDate>',
    );
  });

  test('keeps an entry out of no feed for a type or length it lacks', () => {
    const entry: Entry = {
      ...bareEntry,
      enclosures: [{ url: 'https://cdn.example.com/a.mp3', type: 'audio/mpeg' }],
      image: 'https://blog.example.com/lead.jpg',
    };
    const rss = renderFeed('rss', channel, [entry], bareSite);
    expect(rss).toContain(
      '<enclosure length="0" type="audio/mpeg" url="https://cdn.example.com/a.mp3"/>',
    );
    expect(rss).toContain('<media:thumbnail url="https://blog.example.com/lead.jpg"/>');
  });

  test('takes no setting for a stand-in', () => {
    const site = { ...bareSite, language: 'slot:0' };
    expect(renderFeed('atom', channel, [], site)).toContain('xml:lang="slot:0"');
  });

  test('gives the guid of a show to its own feed alone', () => {
    const { site } = golden('podcast');
    const term = channelOf('categories/подкаст', 'подкаст', site);
    expect(renderFeed('rss', channel, [], site)).toContain('<podcast:guid>917393e3');
    expect(renderFeed('rss', term, [], site)).not.toContain('<podcast:guid>');
    expect(renderFeed('rss', term, [], site)).toContain('<itunes:author>');
  });

  test('names an author by mail only when there is one, for dc:creator excludes author', () => {
    const ann = { name: 'Ann', email: 'ann@example.com' };
    const alone = renderFeed('rss', channel, [{ ...bareEntry, authors: [ann] }], bareSite);
    expect(alone).toContain('<author>ann@example.com (Ann)</author>');
    expect(alone).not.toContain('dc:creator>');
    const two = [{ ...bareEntry, authors: [ann, { name: 'Bob' }] }];
    const both = renderFeed('rss', channel, two, bareSite);
    expect(both).toContain('<dc:creator>Ann</dc:creator>\n<dc:creator>Bob</dc:creator>');
    expect(both).not.toContain('<author>');
  });
});

function labels(entry: Entry): string[] {
  const { authors: _, ...terms } = entry.terms;
  return Object.values(terms).flatMap((list) => list.map(({ label }) => label));
}

test('an episode 0 has no number for Apple, which counts from 1', () => {
  const podcast = {
    author: 'A',
    category: 'Technology',
    explicit: false,
    type: 'episodic',
  } as const;
  const site = { ...bareSite, podcast };
  const entry = { ...bareEntry, episode: { number: 0, season: 0 } };
  const rss = renderFeed('rss', channelOf('site', undefined, site), [entry], site);
  expect(rss).not.toMatch(/itunes:(?:episode|season)>/);
});
