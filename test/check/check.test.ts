import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { generateAtomFeed, generateJsonFeed, generateOpml, generateRssFeed } from 'feedsmith';
import { describe, expect, test } from 'vitest';
import { check } from '../../src/check/check.ts';
import { findings } from './findings.ts';

const folder = new URL('valid/', import.meta.url);

describe('valid documents have no findings', () => {
  test.each(readdirSync(folder))('%s', (name) => {
    expect(findings(readFileSync(new URL(name, folder)))).toEqual([]);
  });
});

describe('feeds of feedsmith have no errors', () => {
  const date = new Date('2024-03-09T08:15:00Z');
  const link = 'https://example.com/';
  const rss = generateRssFeed({
    title: 'A & <B>',
    link,
    description: 'D',
    language: 'en',
    pubDate: date,
    categories: [{ name: 'C', domain: 'https://example.com/c' }],
    atom: { links: [{ href: 'https://example.com/feed', rel: 'self' }] },
    items: [
      {
        title: 'I',
        link: 'https://example.com/1',
        guid: { value: 'tag:example.com,2024:1', isPermaLink: false },
        pubDate: date,
        description: '<p>x</p>',
        content: { encoded: '<p>x</p>' },
        dc: { creators: ['Ann'] },
        enclosures: [{ url: 'https://example.com/a.mp3', length: 1, type: 'audio/mpeg' }],
      },
    ],
  });
  const atom = generateAtomFeed({
    id: 'tag:example.com,2024:feed',
    title: { value: 'T' },
    updated: date,
    authors: [{ name: 'Ann' }],
    links: [{ href: 'https://example.com/feed', rel: 'self' }],
    entries: [
      {
        id: 'tag:example.com,2024:1',
        title: { value: 'E' },
        updated: date,
        content: { value: '<p>x</p>', type: 'html' },
        summary: { value: 's' },
      },
    ],
  });
  const json = generateJsonFeed({
    title: 'T',
    home_page_url: link,
    feed_url: 'https://example.com/feed.json',
    items: [{ id: '1', content_html: '<p>x</p>', date_published: date, tags: ['a'] }],
  });
  const opml = generateOpml({
    head: { title: 'T', dateCreated: date },
    body: {
      outlines: [{ text: 'a', title: 'a', type: 'rss', xmlUrl: 'https://example.com/feed' }],
    },
  });
  test.each([
    ['rss', rss],
    ['atom', atom],
    ['json', typeof json === 'string' ? json : JSON.stringify(json)],
    ['opml', opml],
  ])('%s', (kind, document) => {
    const report = check(new TextEncoder().encode(document));
    expect(report).toMatchObject({ kind, entries: 1, errors: 0 });
  });
});

describe('a report', () => {
  const bytes = readFileSync(new URL('podcast.rss', folder));

  test('tells kind, format and number of entries', () => {
    expect(check(bytes)).toEqual({
      kind: 'rss',
      format: 'RSS 2.0',
      entries: 1,
      errors: 0,
      warnings: 0,
      findings: [],
    });
  });

  test('tells the place, the clause and what to do', () => {
    const wrong = bytes.toString().replace('Tue, 8 Jan', 'Mon, 8 Jan');
    expect(check(Buffer.from(wrong)).findings).toEqual([
      {
        severity: 'error',
        name: 'IncorrectDOW',
        message:
          '<pubDate>: "Mon, 8 Jan 2019 01:15:00 GMT" is a Tue, not a Mon; correct the day of the week',
        clause: 'RSS 2.0 §pubDate',
        line: 31,
        column: 7,
      },
    ]);
  });

  test('judges the future only by a clock that it is given', () => {
    const now = Date.parse('2019-01-07T00:00:00Z');
    expect(findings(bytes, { now })).toEqual(['warning ImplausibleDate 31']);
    expect(findings(bytes, { now: now + 2 * 86_400_000 })).toEqual([]);
  });

  test.each([
    ['application/rss+xml; charset=utf-8'],
    ['text/xml'],
    ['text/html', 'warning UnexpectedContentType 1'],
    ['application/atom+xml', 'warning UnexpectedContentType 1'],
  ])('compares the Content-Type %s', (contentType, ...expected) => {
    expect(findings(bytes, { contentType })).toEqual(expected);
  });

  test('shows a thousand findings and counts all', () => {
    const report = check(Buffer.from(`<rss version="2.0">${'<x/>'.repeat(3000)}</rss>`));
    expect(report.findings).toHaveLength(1000);
    expect(report.errors).toBe(3001);
  });
});

describe('nothing blows up on', () => {
  test.each([
    ['a hundred thousand levels of XML', `<rss>${'<a>'.repeat(100_000)}`, 'ValidatorLimit'],
    ['a hundred thousand levels of JSON', `{"items":${'['.repeat(100_000)}`, 'JSONError'],
    ['more elements than anyone reads', `<rss>${'<a/>'.repeat(400_000)}`, 'ValidatorLimit'],
    ['a million undefined entities', `<rss>${'&x;'.repeat(1_000_000)}`, 'UndefinedNamedEntity'],
    [
      'names of JavaScript',
      '<constructor:rss xmlns:__proto__="a" toString="b"/>',
      'MissingNamespace',
    ],
    ['comments that may be split in many ways', '<!---->'.repeat(500), 'SAXError'],
  ])('%s', (_, document, name) => {
    expect(check(Buffer.from(document)).findings[0]!.name).toBe(name);
  });

  test('50 MB', () => {
    const [finding] = check(new Uint8Array(50 * 1024 * 1024)).findings;
    expect(finding).toMatchObject({ name: 'ValidatorLimit', severity: 'error' });
    expect(finding!.message).toContain('more than 32 MB');
  });

  test('many entries without an author', () => {
    const entries = '<entry><id>a</id></entry>'.repeat(20_000);
    const report = check(
      Buffer.from(`<feed xmlns="http://www.w3.org/2005/Atom">${entries}</feed>`),
    );
    expect(report.entries).toBe(20_000);
  }, 5000);

  test('arbitrary bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void check(bytes)));
  });

  test('valid documents cut and changed anywhere', () => {
    const documents = readdirSync(folder).map((name) => readFileSync(new URL(name, folder)));
    const change = fc.tuple(
      fc.constantFrom(...documents),
      fc.nat(),
      fc.nat(40),
      fc.string({ maxLength: 8 }),
    );
    fc.assert(
      fc.property(change, ([document, at, length, noise]) => {
        const cut = at % document.length;
        const parts = [
          document.subarray(0, cut),
          Buffer.from(noise),
          document.subarray(cut + length),
        ];
        const report = check(Buffer.concat(parts), { location: 'https://e.com/', now: 0 });
        for (const { line, column } of report.findings)
          expect(Math.min(line, column)).toBeGreaterThan(0);
      }),
    );
  });
});
