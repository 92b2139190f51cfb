import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvalidPost } from '../../src/errors.ts';
import { readSource } from '../../src/post/front-matter.ts';
import { parsed, post } from './reading.ts';

const entry = (...given: Parameters<typeof post>) => post(...given).entry;

describe('title', () => {
  test.each([
    ['title: C++ &amp; <T> *now*', 'C++ & <T> now'],
    ['title: 2012', '2012'],
    ['title: 1.10', '1.10'],
    ['title: true', 'true'],
    ['title: "a\\u0008b"', 'ab'],
    ['title: "  two\\n lines "', 'two lines'],
    ['Title: Радио-Т', 'Радио-Т'],
  ])('%s', (matter, title) => {
    expect(entry(matter).title).toBe(title);
  });

  test('else the first heading, else the file name in words', () => {
    expect(entry('x: 1', { body: 'Text\n\n## One & two\n' }).title).toBe('One & two');
    expect(entry('x: 1', { key: 'posts/2024-03-09-ёлка_и-two.md' }).title).toBe('Ёлка и two');
    expect(entry('title: [a]', { key: 'posts/b/index.md' }).title).toBe('B');
  });

  test('a very long one is cut, and that is said', () => {
    const { entry: made, problems } = post(`title: ${'ab '.repeat(33_333)}`);
    expect(made.title).toHaveLength(1000);
    expect(made.title).toMatch(/…$/);
    expect(problems).toMatchObject([{ line: 2, cause: expect.stringMatching(/cut/) }]);
    expect(problems[0]!.cause.length).toBeLessThan(120);
  });
});

describe('dates', () => {
  test.each([
    ['date: 2024-03-09', '2024-03-09T00:00:00Z'],
    ['pubDate: Jan 2, 2020', '2020-01-02T00:00:00Z'],
    ['publishDate: 2020-01-02T03:04:05+01:00', '2020-01-02T02:04:05Z'],
    ['published: 2020-01-02', '2020-01-02T00:00:00Z'],
    ['created: 20200102', '2020-01-02T00:00:00Z'],
    ['date: 2020-01-02\ncreated: 2019-01-01', '2020-01-02T00:00:00Z'],
    ['date: 0000-00-00 00:00:00\ncreated: 2019-01-01', '2019-01-01T00:00:00Z'],
  ])('published by %j', (matter, published) => {
    expect(entry(matter)).toMatchObject({ published, updated: published });
  });

  test.each([
    ['_posts/2024-03-09-a.md', '2024-03-09T00:00:00Z', 'file name'],
    ['2024-3-9-a/index.md', '2024-03-09T00:00:00Z', 'file name'],
    ['news/2024/03/09/a.md', '2024-03-09T00:00:00Z', 'file name'],
    ['news/2024-03-09/a.md', '2024-03-09T00:00:00Z', 'file name'],
  ])('published by the key %s', (key, published, from) => {
    const made = parsed('---\ntitle: A\n---\n', { key });
    expect(made).toMatchObject({ entry: { published }, sources: { published: from } });
  });

  test('a date without a zone is in the site’s', () => {
    const site = { timezone: 'Europe/Moscow' };
    expect(entry('date: 2024-12-07T18:05:38', { site }).published).toBe('2024-12-07T15:05:38Z');
    expect(entry('x: 1', { site, key: '2024-03-09-a.md' }).published).toBe('2024-03-08T21:00:00Z');
  });

  test('Hugo’s publishDate holds a post back', () => {
    const made = post('date: 2024-03-09\npublishDate: 2024-04-01');
    expect(made).toMatchObject({
      entry: { published: '2024-04-01T00:00:00Z' },
      sources: { published: 'publishDate' },
    });
    expect(entry('date: 2024-03-09\npublishDate: 2024-03-01').published).toBe(
      '2024-03-09T00:00:00Z',
    );
  });

  test.each(['updated', 'lastmod', 'last_modified_at', 'modified', 'updatedDate'])(
    'updated by %s',
    (name) => {
      const made = post(`date: 2024-03-09\n${name}: 2024-03-10 12:00 +0100`);
      expect(made.entry.updated).toBe('2024-03-10T11:00:00Z');
      expect(made.sources['updated']).toBe(name);
    },
  );

  test('an impossible date is a problem, and the next source is tried', () => {
    const { entry: made, problems } = post('date: 2024-03-39\ncreated: 2024-03-09');
    expect(made.published).toBe('2024-03-09T00:00:00Z');
    expect(problems).toEqual([
      {
        key: 'a.md',
        line: 2,
        cause: '`date: 2024-03-39` is no date',
        remedy: 'Write it as 2024-03-09 or 2024-03-09 08:15:00 +0100.',
      },
    ]);
    const named = parsed('---\ndate: 2024-03-39\n---\n', { key: '2024-03-09-a.md' });
    expect(named).toMatchObject({ entry: { published: '2024-03-09T00:00:00Z' } });
  });

  test('a post whose only date cannot be read is refused, not lost as a page', () => {
    const read = () => parsed('---\ntitle: A\ndate: Last Modified\n---\n');
    expect(read).toThrow(InvalidPost);
    expect(read).toThrow(/`date: Last Modified` is no date/);
    expect(read).toThrow(expect.objectContaining({ line: 3 }));
  });

  test('a file name with an impossible date is a problem', () => {
    expect(parsed('Text', { key: '2024-13-45-a.md' })).toMatchObject({
      page: 'no date',
      problems: [{ cause: expect.stringMatching(/file name 2024-13-45-a /) }],
    });
  });

  test('a wrong date of change or end is a problem and no more', () => {
    const made = post('updated: soon\nexpiryDate: never');
    expect(made.entry.updated).toBe('2024-03-09T00:00:00Z');
    expect(made.expires).toBeUndefined();
    expect(made.problems.map(({ line }) => line).sort()).toEqual([2, 3]);
  });
});

describe('live or not', () => {
  test.each([
    ['draft: true', 'draft'],
    ['draft: "yes"', 'draft'],
    ['published: false', 'published'],
    ['published: no', 'published'],
    ['status: draft', 'status'],
    ['status: Private', 'status'],
    ['permalink: false', 'permalink'],
  ])('%s is a draft', (matter, from) => {
    const made = post(`date: 2024-03-09\n${matter}`);
    expect(made.draft).toBe(true);
    expect(made.sources['draft']).toBe(from);
  });

  test.each([
    'draft: false',
    'published: true',
    'published: 2024-03-09',
    'status: publish',
    'status: future',
  ])('%s is none', (matter) => {
    expect(post(`date: 2024-03-09\n${matter}`).draft).toBe(false);
  });

  test('what lies in _drafts is one', () => {
    expect(post('title: A', { key: 'blog/_drafts/a.md' }).draft).toBe(true);
  });

  test.each(['expiryDate', 'expirydate', 'unpublishdate'])('%s ends a post', (name) => {
    expect(post(`${name}: 2025-01-01`).expires).toBe('2025-01-01T00:00:00Z');
  });
});

describe('pages', () => {
  test.each([
    ['about.md', '---\ntitle: A\n---\n', 'no date'],
    ['about.md', 'No front matter', 'no date'],
    ['posts/_index.en.md', '---\ndate: 2024-03-09\n---\n', '_index'],
    ['README.md', '---\ndate: 2024-03-09\n---\n', 'README'],
    ['a.md', '---\ndate: 2024-03-09\nlayout: page\n---\n', 'layout: page'],
    ['a.md', '---\ndate: 2024-03-09\nType: Page\n---\n', 'Type: page'],
    ['a.md', '---\npublished: true\n---\n', 'no date'],
    ['_drafts/a.md', '---\ntitle: A\n---\n', 'draft without a date'],
  ])('%s with %j', (key, text, page) => {
    expect(parsed(text, { key })).toMatchObject({ key, page, problems: [] });
  });

  test('a dated post without front matter is a post', () => {
    const made = parsed('# Hello\n\nText', { key: '_posts/2024-03-09-a.md' });
    expect(made).toMatchObject({ entry: { title: 'Hello' }, sources: { title: 'first heading' } });
  });
});

describe('the rest of an entry', () => {
  test('summary: what is written, else the excerpt, else the first paragraph', () => {
    const body = 'One *a*.\n\n<!--more-->\n\nTwo.';
    expect(entry('description: A & *b*', { body }).summary).toBe('A &amp; <em>b</em>');
    expect(entry('summary: S\nexcerpt: E', { body }).summary).toBe('S');
    expect(entry('excerpt: true', { body }).summary).toBe('<p>One <em>a</em>.</p>');
    expect(entry('x: 1', { body: 'One.\n\nTwo.' }).summary).toBe('One.');
  });

  test.each([
    ['lang: ru', 'ru'],
    ['locale: pt_BR.UTF-8', 'pt-BR'],
    ['language: EN-us', 'en-US'],
    ['lang: de', undefined],
    ['title: A', undefined],
  ])('language by %s', (matter, language) => {
    expect(entry(matter, { site: { language: 'de' } }).language).toBe(language);
  });

  test('a language that is none is reported', () => {
    expect(post('lang: C++').problems).toMatchObject([
      { line: 2, cause: '`lang: C++` is no language' },
    ]);
  });

  test('enclosures of the front matter come before those of the body', () => {
    const body = '<audio src="/b.mp3"></audio>\n';
    expect(entry('duration: 60', { body }).enclosures).toEqual([
      { url: 'https://x.org/b.mp3', type: 'audio/mpeg', duration: 60 },
    ]);
    expect(entry('audio: /c.mp3', { body }).enclosures).toMatchObject([
      { url: 'https://x.org/c.mp3' },
    ]);
  });

  test('a link that only the blog’s own templates could make is reported', () => {
    expect(post('permalink: "/{{ title | slug }}/"')).toMatchObject({
      entry: { link: 'https://x.org/a/' },
      problems: [{ line: 2, cause: expect.stringMatching(/is no path/) }],
    });
    expect(post('permalink: false').problems).toEqual([]);
  });

  test('authors are terms too', () => {
    const site = { authors: { jd: { name: 'Jane Doe' } } };
    expect(entry('author: jd', { site })).toMatchObject({
      authors: [{ name: 'Jane Doe' }],
      terms: { authors: [{ label: 'Jane Doe', slug: 'jd' }] },
    });
  });

  test('every field tells what gave it', () => {
    const made = post('Title: A\ndate: 2024-03-09\ntags: [x]\nauthor: B\nslug: c\nguid: d', {
      body: 'Text',
    });
    expect(made.sources).toEqual({
      link: 'slug',
      published: 'date',
      updated: 'date',
      authors: 'author',
      id: 'guid',
      title: 'Title',
      tags: 'tags',
      summary: 'first paragraph',
    });
  });

  test('characters that XML forbids are nowhere', () => {
    const made = entry('title: "a\\vb"\ntags: ["c\\ed"]\nauthor: "e\\bf"\ndescription: "g\\0h"', {
      body: 'i\x0bj',
    });
    expect(JSON.stringify(made)).not.toMatch(/\\u00[01]|\\[bfv]/);
  });

  test('the same post gives the same entry', () => {
    const text = '---\ntitle: A\ndate: 2024-03-09\ntags: [b, a]\n---\nText';
    expect(JSON.stringify(parsed(text))).toBe(JSON.stringify(parsed(text)));
  });
});

describe('whatever a file holds', () => {
  const names = (
    'title date pubDate published created updated lastmod expiryDate categories tags keywords author ' +
    'authors draft status layout permalink url slug guid id description excerpt image cover enclosure ' +
    'audio podcast file length duration episode explicit transcript chapters lang Title TAGS __proto__'
  ).split(' ');
  const leaf = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.constantFrom(
      '2024-03-09',
      'yes',
      'https://x.org/a.mp3',
      '/:year/:title',
      'a, b',
      '..',
      '🚀',
    ),
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
  );
  const value = fc.oneof(
    leaf,
    fc.array(fc.oneof(leaf, fc.array(leaf))),
    fc.dictionary(fc.string(), leaf),
  );
  const matter = fc.dictionary(fc.constantFrom(...names), value);

  test('it becomes a sound entry, a page, or a problem', () => {
    fc.assert(
      fc.property(matter, (written) => {
        const text = `${JSON.stringify({ date: '2024-03-09', ...written })}\nBody`;
        let made: ReturnType<typeof parsed>;
        try {
          made = parsed(text);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidPost);
          return;
        }
        if ('page' in made) return;
        const { id, link, title, published, updated, terms } = made.entry;
        expect(id).toMatch(/^[a-z][a-z\d+.-]*:\S+$/i);
        expect(URL.parse(link)?.href).toBe(link);
        expect(title.trim()).not.toBe('');
        for (const date of [published, updated]) {
          expect(date).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
        }
        for (const { slug, label } of Object.values(terms).flat()) {
          expect(slug).toMatch(/^[^/.]+$/);
          expect(label.trim()).not.toBe('');
        }
        expect(JSON.stringify(made.entry)).not.toMatch(/\\u00[01]|\\[bf]|\\ud[89a-f]/);
      }),
      { numRuns: 500 },
    );
  });

  const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
  const gap = ' '.repeat(300_000);
  test.each([
    ['lists in lists', `{"date": "2024-03-09", "tags": ${deep}}\nBody`],
    ['a key far from its colon', `---\ndate: 2024-03-09\na${gap}: b\n---\nBody`],
    ['a broken line with a gap', `---\ndate: 2024-03-09\ntitle: a: ${gap}b\n---\nBody`],
    ['an author with a gap', `---\ndate: 2024-03-09\nauthor: "a${gap}b"\n---\nBody`],
    ['a tag with a gap', `---\ndate: 2024-03-09\ntags: ["a${gap}b"]\n---\nBody`],
    ['many unclosed quotes', `---\n${"a: 'b\n".repeat(20_001)}---\nBody`],
    ['many fences', `---\na: b\n${'--- \t\n'.repeat(20_000)}`],
  ])('%s take no long time', (_, text) => {
    const before = performance.now();
    try {
      parsed(text);
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidPost);
    }
    expect(performance.now() - before).toBeLessThan(3000);
  });

  test('bytes of any kind are read or refused', () => {
    const fence = fc.constantFrom('', '---\n', '+++\n', '{', ';;;\n', 'title: a\n', '\ufeff');
    fc.assert(
      fc.property(fence, fc.string({ unit: 'binary' }), fence, fc.uint8Array(), (a, b, c, d) => {
        const bytes = Buffer.concat([Buffer.from(a + b + c), d]);
        try {
          readSource('a.md', bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidPost);
        }
      }),
      { numRuns: 500 },
    );
  });
});
