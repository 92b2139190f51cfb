import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { InvalidSite } from '../src/errors.ts';
import { addressOf } from '../src/post/parse.ts';
import { defaultSite, fingerprint, readSite, siteKeys } from '../src/site.ts';
import { permalinkTokens } from '../src/site-values.ts';

function faultsOf(yaml: string): string {
  try {
    readSite(yaml);
  } catch (error) {
    if (error instanceof InvalidSite) return error.message;
    throw error;
  }
  return 'no fault';
}

describe('a site file', () => {
  it('may be empty, and every setting has a default', () => {
    for (const empty of ['', '\n# only a comment\n', '---\n', 'title:\nhubs: ~\n']) {
      expect(readSite(empty)).toEqual({
        url: 'https://example.com',
        feeds: 'https://example.com',
        title: 'example.com',
        description: 'example.com',
        timezone: 'UTC',
        authority: 'example.com',
        since: '2000-01-01',
        taxonomies: { categories: 'categories', tags: 'tags', authors: 'authors' },
        authors: {},
        entries: 20,
        content: 'full',
        hubs: [],
        legacy: [],
        moved: {},
        gone: [],
        freshness: 900,
        invalidate: true,
        limits: { size: 512, steps: 100_000 },
      });
    }
    expect(defaultSite()).toEqual(readSite(''));
  });

  it('tells each fault on one line, whatever it quotes', () => {
    expect(faultsOf('url: "java\\nscript:\\e[31m"\n"a\\nb": 1')).toMatch(
      /^line 1: url: [^\n]*\nline 2: a b: [^\n]*$/,
    );
  });

  it('has no icon that is a path for some blogs, and for others no address', () => {
    for (const url of ['http://a.example', 'https://a.example'])
      expect(faultsOf(`url: ${url}\nicon: "https:a:b"`)).toMatch(/^line 2: icon: must be/);
  });

  it('has no brackets in its addresses but about an IPv6 host', () => {
    expect(readSite('url: http://[::1]/a[b]/').url).toBe('http://[::1]/a%5Bb%5D');
  });

  it('makes an authority of an IPv6 address', () => {
    expect(readSite('url: http://[2001:db8::1]:8080/').authority).toBe('2001-db8-1');
  });

  it('takes what the blog’s address tells from it', () => {
    const site = readSite('url: http://Блог.example:8080/notes//\n');
    expect(site.url).toBe('http://xn--90aexm.example:8080/notes');
    expect(site.feeds).toBe(site.url);
    expect(site.title).toBe('блог.example');
    expect(site.authority).toBe('xn--90aexm.example');
  });

  it('gives each setting as the rest of the system wants it', () => {
    const site = readSite(`
url: https://example.org/blog/
feeds: https://feeds.example.org/
title: 2001
description: " A space odyssey "
language: en-us
timezone: Europe/Moscow
icon: icon.png
rights: © Stanley
authority: Stanley@Example.org
since: 2001-04-06
permalink: pretty
id: "{url}/?p={wordpress_id}"
taxonomies: { Topics: topics, Рубрика: categories }
authors:
  sk: Stanley Kubrick
  ac: { name: Arthur C. Clarke, address: acc@example.org, link: https://acc.example.org }
  constructor: { name: Con Structor, email: con@example.org, url: "https://con.example.org/" }
entries: 200
content: summary
separator: <!-- fold -->
hubs: https://hub.example.org/
podcast:
  author: HAL
  category: Society & Culture > Documentary
  image: /cover.jpg
  guid: 917393E3-1B1E-5CEF-ACE4-EDAA54E1F810
  locked: true
legacy: wordpress
moved: { /feed.xml: /feed.rss, /old/: "https://example.org/new", "/теги/ф": /tags/ }
gone: [/comments/feed/, /comments/feed/]
freshness: 60
invalidate: false
`);
    expect(site).toEqual({
      url: 'https://example.org/blog',
      feeds: 'https://feeds.example.org',
      title: '2001',
      description: 'A space odyssey',
      language: 'en-US',
      timezone: 'Europe/Moscow',
      icon: 'https://example.org/blog/icon.png',
      rights: '© Stanley',
      authority: 'stanley@example.org',
      since: '2001-04-06',
      permalink: '/:categories/:year/:month/:day/:title/',
      id: '{url}/?p={wordpress_id}',
      taxonomies: { topics: 'topics', рубрика: 'categories' },
      authors: {
        sk: { name: 'Stanley Kubrick' },
        ac: {
          name: 'Arthur C. Clarke',
          email: 'acc@example.org',
          uri: 'https://acc.example.org/',
        },
        constructor: {
          name: 'Con Structor',
          email: 'con@example.org',
          uri: 'https://con.example.org/',
        },
      },
      entries: 200,
      content: 'summary',
      separator: '<!-- fold -->',
      hubs: ['https://hub.example.org/'],
      podcast: {
        author: 'HAL',
        category: 'Society & Culture > Documentary',
        image: 'https://example.org/cover.jpg',
        explicit: false,
        type: 'episodic',
        guid: '917393e3-1b1e-5cef-ace4-edaa54e1f810',
        locked: true,
      },
      legacy: ['wordpress'],
      moved: {
        '/feed.xml': '/feed.rss',
        '/old/': 'https://example.org/new',
        '/%D1%82%D0%B5%D0%B3%D0%B8/%D1%84': '/tags/',
      },
      gone: ['/comments/feed/'],
      freshness: 60,
      invalidate: false,
      limits: { size: 512, steps: 100_000 },
    });
  });

  it('takes a list of taxonomies for fields of the same names', () => {
    expect(readSite('taxonomies: [topics, tags]').taxonomies).toEqual({
      topics: 'topics',
      tags: 'tags',
    });
  });

  it('yields the feeds’ address to the deployment only where it names none', () => {
    const options = { feeds: 'https://d1.cloudfront.net/' };
    expect(readSite('', options).feeds).toBe('https://d1.cloudfront.net');
    expect(readSite('feeds: https://f.example', options).feeds).toBe('https://f.example');
    expect(() => readSite('', { feeds: 'd1' })).toThrow('feeds must be an absolute http or https');
  });

  it('has nothing under names that the publisher did not write', () => {
    for (const map of ['authors', 'taxonomies', 'moved'] as const) {
      for (const yaml of ['', 'authors: {a: A}\ntaxonomies: {a: a}\nmoved: {/a: /b}']) {
        expect(readSite(yaml)[map]['constructor']).toBeUndefined();
      }
    }
  });

  it('cannot be changed once read', () => {
    const site = readSite('authors: { a: { name: A } }');
    expect(() => Object.assign(site.authors['a']!, { name: 'B' })).toThrow(TypeError);
    expect(() => site.hubs.push('x')).toThrow(TypeError);
  });
});

describe('a fault in a site file', () => {
  it.each([
    ['url: example.org', 'url: must be an absolute http or https address without ? or #'],
    ['url: https://example.org/?p=1', 'not "https://example.org/?p=1"'],
    ['url: "https://example.org/#"', 'url: must be an absolute http or https address'],
    ['url: https://me:secret@example.org/', 'url: must be an absolute http or https address'],
    ['feeds: ftp://example.org', 'feeds: must be an absolute http or https address'],
    ['title: [a]', 'title: must be text (in quotes, if YAML takes it otherwise), not a list'],
    ['title: "bell\\a"', 'title: must be text'],
    ['title: true', 'title: must be text (in quotes, if YAML takes it otherwise), not true'],
    ['description: " "', 'description: must be text'],
    ['language: jp', 'language: must be a language code such as en or pt-BR (BCP 47), not "jp"'],
    ['language: english', 'language: must be a language code'],
    ['language: en_US', 'language: must be a language code'],
    ['timezone: Mars/Olympus', 'timezone: must be a time zone such as Europe/Moscow'],
    ['icon: "data:,"', 'icon: must be an http or https address, or a path on the blog'],
    ['rights: {}', 'rights: must be text (in quotes, if YAML takes it otherwise), not a map'],
    ['authority: https://example.org', 'authority: must be a domain name or an e-mail address'],
    ['since: 2024-02-30', 'since: must be a day such as 2000-01-01, not "2024-02-30"'],
    ['since: 2024', 'since: must be a day such as 2000-01-01, not 2024'],
    ['permalink: posts/:title', 'permalink: must be a path such as /:year/:month/:title/'],
    ['permalink: fancy', "one of Jekyll's styles: date, pretty, ordinal, weekdate, none"],
    ['permalink: /:yaer/:title/', 'permalink: :yaer is no token; did you mean :year?'],
    ['id: "{url}/?p=1"', 'id: must be a pattern with a front-matter field, such as {url}/?p='],
    ['taxonomies: { t: mix }', 'taxonomies.t: must be a name of small letters, digits and hyphens'],
    ['taxonomies: [tags, a/b]', 'taxonomies.1: must be a name of small letters'],
    ['authors: [bob]', 'authors: must be a map (name: value), not a list'],
    ['authors: { bob: " " }', 'authors.bob: must be text'],
    ['authors: { bob: {} }', 'authors.bob: must have name'],
    [
      'authors: { bob: { name: Bob, mail: x } }',
      'authors.bob.mail: is no setting; did you mean email?',
    ],
    ['authors: { bob: { name: Bob, email: bob } }', 'authors.bob.email: must be an e-mail address'],
    ['authors: { bob: { name: Bob, uri: /bob } }', 'authors.bob.uri: must be an absolute http'],
    ['entries: 0', 'entries: must be a whole number from 1 to 200, not 0'],
    ['entries: many', 'entries: must be a whole number from 1 to 200, not "many"'],
    ['content: ful', 'content: must be full or summary, not "ful"; did you mean full?'],
    ['separator: ""', 'separator: must be text'],
    ['hubs: [http://hub.example]', 'hubs.0: must be an https address of a WebSub hub'],
    ['podcast: {}', 'podcast: must have author\nline 1: podcast: must have category'],
    [
      'podcast: { author: a, category: b, type: daily }',
      'podcast.type: must be episodic or serial',
    ],
    [
      'podcast: { author: a, category: b, explicit: clean }',
      'podcast.explicit: must be true or false',
    ],
    ['podcast: { author: a, category: b, guid: 1 }', 'podcast.guid: must be a UUID, not 1'],
    ['legacy: [wordpres]', 'legacy.0: must be wordpress or jekyll or hugo or ghost or hexo'],
    ['moved: { /a?b: /c }', 'moved./a?b: must be a path that starts with /, without ? or #'],
    ['moved: { /../a: /c }', 'moved./../a: must be a path'],
    [
      'moved: { /a: c }',
      'moved./a: must be a path that starts with /, or an http or https address',
    ],
    ['moved: { /a: //evil.example }', 'moved./a: must be a path that starts with /'],
    ['moved: { /a: /b, /b: /a }', 'moved./a: leads to /b, which is moved too; name where it ends'],
    ['moved: { /a: /b/, /b: /c }', 'moved./a: leads to /b/, which is moved too'],
    ['moved: { /a/: /b#c, /b/: /c }', 'moved./a/: leads to /b#c, which is moved too'],
    ['moved: { /a: "/t/%66?x", /t/f: /c }', 'moved./a: leads to /t/%66?x, which is moved too'],
    ['moved: { /a: /tags/ф, "/tags/%D1%84/": /c }', 'moved./a: leads to /tags/ф, which is moved'],
    ['moved: { /a: /a/ }', 'moved./a: leads to /a/, which is moved too'],
    ['gone: a', 'gone: must be a path that starts with /'],
    ['freshness: 1', 'freshness: must be a whole number from 60 to 86400, not 1'],
    ['invalidate: "yes"', 'invalidate: must be true or false, not "yes"'],
    ['titel: x', 'titel: is no setting; did you mean title?'],
    ['baseurl: x', 'baseurl: is no setting; did you mean url?'],
    ['lang: x', 'lang: is no setting; did you mean language?'],
    ['__proto__: x', '__proto__: is no setting'],
    ['title: a\ntitle: b', 'line 2: title: stands twice; keep one of them'],
    ['authors:\n  a: A\n  b: B\n  a: C', 'line 4: authors.a: stands twice'],
    ['- url', 'line 1: must be a map (key: value), not a list'],
    ['title: a\n  url: b', 'line 2: not readable as YAML'],
    ['title: &t a\ndescription: *t', 'line 2: not readable as YAML: aliases exceeded'],
    ['title: a\n---\ntitle: b', 'not readable as YAML: expected a single document'],
    [`title: [${'x'.repeat(99)}]\ncontent: ${'y'.repeat(99)}`, `not "${'y'.repeat(56)}…`],
  ])('%s', (yaml, message) => {
    expect(faultsOf(yaml)).toContain(message);
  });

  it('hides none of the others, and all are in the order of lines', () => {
    const yaml = `# a comment
url: example.org
hubs:
  - https://hub.example/
  - hub
authors:
  bob:
    name: Bob
    email: bob
titel: x
`;
    expect(faultsOf(yaml).replaceAll(/(line \d+: [\w.]+).*/g, '$1')).toBe(
      'line 2: url\nline 5: hubs.1\nline 9: authors.bob.email\nline 10: titel',
    );
    expect(faultsOf(yaml.replaceAll('\n', '\r\n'))).toBe(faultsOf(yaml));
  });
});

describe('whatever is in a site file', () => {
  const keys = Object.keys(readSite('')).concat('podcast', 'icon', 'permalink', 'id', 'language');
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.webUrl(),
    fc.constantFrom('en', '/a', '/:x/'),
  );

  it('it is a site or an InvalidSite, never another error', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...keys), value), (settings) => {
        faultsOf(JSON.stringify(settings));
      }),
    );
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void faultsOf(text)));
  });
});

describe('the fingerprint of a site', () => {
  const yaml = 'url: https://a.example\ntitle: A\nauthors: { a: A, b: B }\n';
  const same = 'title: A\nauthors: { b: B, a: A }\nurl: https://a.example/\n';

  it('does not depend on the order of keys, nor on defaults being written', () => {
    expect(fingerprint(readSite(same))).toBe(fingerprint(readSite(yaml)));
    expect(fingerprint(readSite(`${yaml}entries: 20`))).toBe(fingerprint(readSite(yaml)));
  });

  it.each([
    ['entries: 21', true],
    ['language: ru', true],
    ['hubs: https://hub.example', true],
    ['freshness: 60', true],
    ['taxonomies: [tags]', true],
    ['podcast: { author: a, category: b }', true],
    ['moved: { /a: /b }', false],
    ['gone: /a', false],
    ['limits: { size: 100 }', true],
    ['legacy: hugo', false],
    ['invalidate: false', false],
  ])('with %s differs: %s', (line, differs) => {
    expect(fingerprint(readSite(yaml + line)) !== fingerprint(readSite(yaml))).toBe(differs);
  });
});

describe('the tokens of a permalink', () => {
  it.each(permalinkTokens)(':%s is one that links are made with', (token) => {
    const source = {
      key: 'content/posts/2024-05-06-a.md',
      matter: { date: '2024-05-06', title: 'A', categories: ['c'], id: 'i' },
      dialect: 'jekyll' as const,
      body: '',
      bodyLine: 1,
      lines: new Map(),
      problems: [],
    };
    const { link } = addressOf(source, readSite(`permalink: /:${token}/`));
    expect(link).toMatch(/^https:\/\/example\.com\/[^:]+\/?$/);
  });
});

describe('docs/site-file.md', () => {
  const page = readFileSync(new URL('../docs/site-file.md', import.meta.url), 'utf8');
  const sections = new Map(
    page
      .split(/^### /m)
      .slice(1)
      .map((section) => [/^`(\w+)`/.exec(section)![1]!, section]),
  );

  it('has a section for every key and no other', () => {
    expect([...sections.keys()].sort()).toEqual([...siteKeys].sort());
  });

  it.each([...sections])('tells the default of %s and gives a valid example', (key, section) => {
    const [, code] = /Default: (?:`(.*?)`|none)/.exec(section)!;
    const byDefault = (defaultSite() as unknown as Record<string, unknown>)[key];
    expect(byDefault).toEqual(code === undefined ? undefined : load(code));
    const [, example] = /```yaml\n([\s\S]*?)```/.exec(section)!;
    expect(Object.keys(load(example!) as object)).toEqual([key]);
    expect(() => readSite(example!)).not.toThrow();
  });

  it('names every token of permalinks', () => {
    const named = [...sections.get('permalink')!.matchAll(/`:(\w+)`/g)].map(([, token]) => token);
    expect(named.sort()).toEqual([...permalinkTokens].sort());
  });
});
