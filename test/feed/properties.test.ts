import { parseXml, type XmlElement } from '@rgrove/parse-xml';
import { decodeHTML } from 'entities';
import fc from 'fast-check';
import { parseAtomFeed, parseRssFeed } from 'feedsmith';
import { expect, test } from 'vitest';
import { channelOf } from '../../src/feed/channel.ts';
import { renderDirectory } from '../../src/feed/directory.ts';
import { renderFeed } from '../../src/feed/render.ts';
import { clean } from '../../src/feed/xml.ts';
import { formats } from '../../src/keys.ts';
import type { Entry } from '../../src/post/entry.ts';
import type { Site } from '../../src/site.ts';
import { bareSite } from './fixtures.ts';

const hostile = fc.constantFrom(
  ']]>',
  '<![CDATA[',
  '&amp;',
  '</item>',
  'slot:0',
  '"',
  '.000Z',
  '$&',
);
const text = fc
  .array(fc.oneof(fc.string({ unit: 'binary' }), hostile), { maxLength: 4 })
  .map((parts) => parts.join(''));
const filled = text.map((value) => `x${value}`);
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const instant = fc
  .date({ min: new Date('1970-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((date) => `${date.toISOString().slice(0, 19)}Z`);
const number = optional(fc.nat());

const entry = fc.record({
  id: filled,
  link: filled,
  title: filled,
  published: instant,
  updated: instant,
  authors: fc.array(
    fc.record(
      { name: filled, email: optional(text), uri: optional(text) },
      { requiredKeys: ['name'] },
    ),
    { maxLength: 2 },
  ),
  terms: fc.dictionary(
    fc.constantFrom('tags', 'categories', 'authors', 'a b/ф'),
    fc.array(fc.record({ label: filled, slug: filled }), { maxLength: 2 }),
  ),
  summary: text,
  content: text,
  image: optional(text),
  enclosures: fc.array(
    fc.record({ url: text, type: text, length: number, duration: number, title: optional(text) }),
    { maxLength: 2 },
  ),
  language: optional(text),
  episode: optional(fc.record({ number, type: optional(text), transcript: optional(text) })),
}) as unknown as fc.Arbitrary<Entry>;

const site = fc
  .record({
    title: filled,
    description: text,
    language: optional(text),
    icon: optional(text),
    rights: optional(text),
    hubs: fc.array(text, { maxLength: 2 }),
    podcast: optional(
      fc.record({
        author: text,
        category: text,
        email: optional(text),
        explicit: fc.boolean(),
        type: fc.constant('serial'),
        locked: fc.boolean(),
      }),
    ),
  })
  .map((settings) => ({ ...bareSite, ...settings }) as unknown as Site);

const input = fc.record({ site, label: text, entries: fc.array(entry, { maxLength: 3 }) });

test('whatever the fields hold, RSS and Atom are well-formed and have one element for each entry', () => {
  fc.assert(
    fc.property(input, ({ site, label, entries }) => {
      const channel = channelOf('tags/x', label, site);
      const rss = parseXml(renderFeed('rss', channel, entries, site)).root!;
      expect(named(named(rss, 'channel')[0]!, 'item')).toHaveLength(entries.length);
      const atom = parseXml(renderFeed('atom', channel, entries, site)).root!;
      expect(named(atom, 'entry')).toHaveLength(entries.length);
    }),
  );
});

test('whatever the fields hold, titles and content come back from each format', () => {
  fc.assert(
    fc.property(input, ({ site, label, entries }) => {
      const channel = channelOf('tags/x', label, site);
      const atom = parseXml(renderFeed('atom', channel, entries, site)).root!;
      const json = JSON.parse(renderFeed('json', channel, entries, site));
      const rss = parseXml(renderFeed('rss', channel, entries, site)).root!;
      const items = named(named(rss, 'channel')[0]!, 'item');
      for (const [at, { title, content }] of entries.entries()) {
        const built = named(atom, 'entry')[at]!;
        expect(items[at]!.children.length).toBeGreaterThan(0);
        expect(named(items[at]!, 'title')[0]!.text).toBe(clean(title));
        expect(decodeHTML(named(built, 'title')[0]!.text)).toBe(clean(title));
        expect(named(built, 'content')[0]?.text ?? '').toBe(clean(content));
        expect(json.items[at].title).toBe(clean(title));
        if (content) expect(json.items[at].content_html).toBe(clean(content));
      }
    }),
  );
});

test('whatever the fields hold, the same input gives the same bytes', () => {
  fc.assert(
    fc.property(input, ({ site, label, entries }) => {
      const again = structuredClone({ site, entries });
      for (const format of formats) {
        const once = renderFeed(format, channelOf('tags/x', label, site), entries, site);
        const channel = channelOf('tags/x', label, again.site);
        expect(renderFeed(format, channel, again.entries, again.site)).toBe(once);
      }
    }),
  );
});

test('no reader stumbles over a feed with anything in it', () => {
  fc.assert(
    fc.property(input, ({ site, label, entries }) => {
      const channel = channelOf('tags/x', label, site);
      expect(() => parseRssFeed(renderFeed('rss', channel, entries, site))).not.toThrow();
      expect(() => parseAtomFeed(renderFeed('atom', channel, entries, site))).not.toThrow();
    }),
    { numRuns: 30 },
  );
});

test('whatever terms are called, the directory is well-formed OPML and JSON, and escaped HTML', () => {
  const row = fc.record({
    taxonomy: fc.constantFrom('tags', 'categories', 'тема'),
    slug: fc.string({ unit: 'grapheme', minLength: 1 }),
    label: filled,
    count: fc.nat(1000),
    newest: instant,
  });
  fc.assert(
    fc.property(site, fc.array(row, { maxLength: 4 }), (site, rows) => {
      const directory = { site: { count: rows.length }, rows };
      expect(() => parseXml(renderDirectory('opml', directory, site))).not.toThrow();
      const { feeds } = JSON.parse(renderDirectory('json', directory, site));
      expect(feeds).toHaveLength(rows.length + 1);
      const page = renderDirectory('html', directory, site);
      expect([...page.matchAll(/<bdi>([^<]*)<\/bdi>/g)]).toHaveLength(rows.length);
    }),
  );
});

function named(parent: XmlElement, name: string): XmlElement[] {
  return parent.children.filter((child) => (child as XmlElement).name === name) as XmlElement[];
}
