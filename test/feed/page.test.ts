import { createHash } from 'node:crypto';
import { parseXml } from '@rgrove/parse-xml';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { channelOf } from '../../src/feed/channel.ts';
import { directoryPage } from '../../src/feed/page-directory.ts';
import { feedPage } from '../../src/feed/page-feed.ts';
import { policy } from '../../src/feed/stylesheet.ts';
import type { Entry } from '../../src/post/entry.ts';
import { bareEntry, bareSite, golden } from './fixtures.ts';
import { words } from './page-words.ts';

const docker = channelOf('tags/docker', 'Docker', bareSite);

/** An entry with these terms, `taxonomy/label`. */
function tagged(...names: string[]): Entry {
  const pairs = names.map((name) => name.split('/') as [string, string]);
  const groups = Map.groupBy(pairs, ([taxonomy]) => taxonomy);
  const terms = [...groups].map(([taxonomy, some]) => [
    taxonomy,
    some.map(([, label]) => ({ label, slug: label.toLowerCase() })),
  ]);
  return { ...bareEntry, terms: Object.fromEntries(terms) };
}

const linksUnder = (heading: string, html: string) =>
  [...(html.split(heading)[1]?.split('</section>')[0] ?? '').matchAll(/href="([^"]+)"><bdi>/g)].map(
    ([, href]) => href,
  );
const related = (html: string) => linksUnder('Related feeds', html);
const mixes = (html: string) => linksUnder('Only posts filed under both', html);

describe.each(['rich', 'hostile', 'empty-term', 'scripts', 'podcast'])('golden page %s', (name) => {
  const { site, selection, label, entries } = golden(name);
  const term = selection === 'site' ? 'tags/x' : selection;

  test('is the reviewed document', async () => {
    const html = feedPage(channelOf(term, label, site), entries, site);
    await expect(words(html)).toMatchFileSnapshot(`golden/${name}/page.html`);
  });
});

describe('the page of a feed', () => {
  test('says where the feed is, to people and to readers', () => {
    const html = feedPage(docker, [bareEntry], bareSite);
    for (const format of ['rss', 'atom', 'json']) {
      const address = `https://feeds.example.com/tags/docker/feed.${format}`;
      expect(html).toContain(`<code dir="ltr">${address}</code>`);
      expect(html).toMatch(new RegExp(`<link rel="alternate" [^>]*href="${address}">`));
    }
  });

  test('links to what is near by relative addresses, which work wherever it is served from', () => {
    const html = feedPage(docker, [tagged('tags/Docker', 'tags/Linux')], bareSite);
    const near = [...html.matchAll(/href="(\.[^"]*)"/g)].map(([, href]) => href);
    expect(near).toEqual([
      '../../',
      '../../#tags',
      '../../tags/docker/feed.rss',
      '../../tags/docker/feed.atom',
      '../../tags/docker/feed.json',
      '../../tags/linux/',
      '../../',
      '../../feeds.opml',
    ]);
  });

  test.each([
    ['tags/x', 'tagged <bdi>X</bdi>'],
    ['categories/x', 'in the category <bdi>X</bdi>'],
    ['authors/x', 'by <bdi>X</bdi>'],
    ['constructor/x', 'in constructor: <bdi>X</bdi>'],
  ])('says of %s what it carries', (selection, said) => {
    expect(feedPage(channelOf(selection, 'X', bareSite), [], bareSite)).toContain(
      `>The Blog</bdi></a> ${said}`,
    );
  });

  test('names twelve related feeds at most, the most frequent first, never itself', () => {
    const many = Array.from({ length: 20 }, (_, n) => `tags/T${n}`);
    const html = feedPage(
      docker,
      [tagged('tags/Docker', ...many), tagged('tags/Docker', 'authors/Ann', 'tags/T7')],
      bareSite,
    );
    expect(related(html)).toHaveLength(12);
    expect(related(html).slice(0, 3)).toEqual([
      '../../tags/t7/',
      '../../tags/t0/',
      '../../tags/t1/',
    ]);
  });

  test('leads to what the term has in common with six others, but not with one that all its posts have', () => {
    const many = Array.from({ length: 20 }, (_, n) => `tags/T${n}`);
    const posts = [
      tagged('tags/Docker', ...many, 'authors/Ann'),
      tagged('tags/Docker', 'authors/Ann', 'tags/T7'),
      tagged('tags/Docker', 'authors/Ann'),
    ];
    const html = feedPage(docker, posts, bareSite);
    expect(mixes(html)).toHaveLength(6);
    expect(mixes(html)[0]).toBe('../../mix/tags:docker+tags:t7/');
    expect(html).not.toContain('mix/authors:ann+tags:docker');
  });

  test('of a mix says in words what it carries, each term a link, and leads to no further mixes', () => {
    const mix = channelOf('mix/tags:docker,tags:lxc+tags:linux+!tags:none', 'A mix', bareSite);
    const html = feedPage(mix, [tagged('tags/Docker', 'tags/Linux', 'tags/C')], bareSite);
    const words = (/<p>Posts of [\s\S]*?<\/p>/.exec(html)?.[0] ?? '').replace(/<[^>]+>/g, '');
    expect(words).toBe(
      'Posts of The Blog filed under Docker or lxc, and under Linux, but not under none.',
    );
    expect(html).toContain('<a href="../../tags/lxc/"><bdi>lxc</bdi></a>');
    expect(related(html)).toEqual(['../../tags/c/']);
    expect(html).not.toContain('filed under both');
  });

  test('tells related feeds of one name apart', () => {
    const html = feedPage(docker, [tagged('tags/Linux', 'topics/Linux', 'tags/LXC')], bareSite);
    expect(html).toContain('<bdi>Linux</bdi> <small>Tags</small>');
    expect(html).toContain('<bdi>Linux</bdi> <small>Topics</small>');
    expect(html).toContain('<bdi>LXC</bdi></a>');
  });

  test('of a term without posts depends on site and slug alone', () => {
    const html = feedPage(channelOf('tags/docker', undefined, bareSite), [], bareSite);
    expect(html).toContain('No post is filed here now.');
    expect(html).toContain('<h1 dir="auto">docker</h1>');
  });

  test('shows the beginning of a post that has no summary', () => {
    expect(feedPage(docker, [bareEntry], bareSite)).toContain('<p>Hello, world.</p>');
  });

  test('shows twenty posts, however many the feed has', () => {
    const entries = Array.from({ length: 200 }, (_, n) => ({ ...bareEntry, title: `Post ${n}` }));
    expect(feedPage(docker, entries, bareSite).match(/<article/g)).toHaveLength(20);
  });

  test('is small, whatever posts say', () => {
    const summary = `<p>${'Словами и <em>словами</em> '.repeat(9000)}</p>`;
    const entries = Array.from({ length: 20 }, () => ({ ...bareEntry, summary }));
    expect(Buffer.byteLength(feedPage(docker, entries, bareSite))).toBeLessThan(60_000);
  });

  test.each([
    ['Asia/Tokyo', undefined, '10 March 2024'],
    ['America/New_York', undefined, '9 March 2024'],
    ['UTC', 'de', '9. März 2024'],
    ['UTC', 'not a language', '9 March 2024'],
  ])('dates posts as the site in %s and language %s does', (timezone, language, day) => {
    const site = { ...bareSite, timezone, ...(language && { language }) };
    const entry = { ...bareEntry, published: '2024-03-09T23:15:00Z' };
    expect(feedPage(docker, [entry], site)).toContain(
      `<time datetime="2024-03-09T23:15:00Z">${day}</time>`,
    );
  });

  test.each([
    ['ar', 'RSS: تاريخ قصير', '<article>'],
    ['ar', 'Only English', '<article dir="auto">'],
    ['en', 'Plain', '<article>'],
    ['en', 'تاريخ قصير', '<article dir="auto">'],
  ])('on a site in %s sets "%s" in its own direction', (language, title, tag) => {
    const entry = { ...bareEntry, title, content: '' };
    expect(feedPage(docker, [entry], { ...bareSite, language })).toContain(tag);
  });

  test('marks words of ours as English on a site in another language', () => {
    const html = feedPage(docker, [], { ...bareSite, language: 'ru' });
    expect(html).toContain('<h2><span lang="en" dir="ltr">Subscribe</span></h2>');
    expect(feedPage(docker, [], { ...bareSite, language: 'en-GB' })).toContain(
      '<h2>Subscribe</h2>',
    );
  });
});

describe('every page', () => {
  const page = feedPage(docker, [bareEntry], bareSite);
  const all = directoryPage({ site: { count: 0 }, rows: [] }, bareSite);

  test('allows its own style sheet and script and no others', () => {
    for (const html of [page, all]) {
      for (const name of ['style', 'script']) {
        const text = new RegExp(`<${name}>([\\s\\S]*?)</${name}>`).exec(html)![1]!;
        const hash = createHash('sha256').update(text).digest('base64');
        expect(policy).toContain(`${name}-src 'sha256-${hash}'`);
      }
      expect(html).not.toMatch(/ (?:style|on\w+)="/);
    }
  });

  test('has a style sheet of less than 4 KB', () => {
    expect(/<style>([\s\S]*?)<\/style>/.exec(page)![1]!.length).toBeLessThan(4096);
  });

  test('has headings in order', () => {
    for (const html of [page, all]) {
      const levels = [...html.matchAll(/<h([1-6])/g)].map(([, level]) => Number(level));
      expect(levels.filter((level) => level === 1)).toHaveLength(1);
      for (const [at, level] of levels.entries())
        expect(level - (levels[at - 1] ?? 0)).toBeLessThan(2);
    }
  });

  test('loads nothing but an icon', () => {
    const site = { ...bareSite, icon: 'https://blog.example.com/icon.png' };
    const entry = { ...bareEntry, summary: '<p><img src="https://x.example/a.png" alt="">Hi</p>' };
    const html = feedPage(docker, [entry], site);
    expect(html).not.toMatch(/<(?:img|audio|video|iframe|source|object|embed)|srcset|url\(/);
    expect(html.match(/<link rel="(?!alternate)[^>]*>/g)).toEqual([
      '<link rel="icon" href="https://blog.example.com/icon.png">',
    ]);
  });

  test('is whole, whatever the fields hold', () => {
    const hostile = fc.constantFrom(
      '</title>',
      '<script>',
      '"',
      '&amp;',
      '-->',
      "'",
      '\0',
      '</bdi>',
    );
    const text = fc
      .array(fc.oneof(fc.string({ unit: 'binary' }), hostile), { maxLength: 4 })
      .map((parts) => `x${parts.join('')}`);
    const fields = fc.record({ title: text, label: text, name: text, summary: text, link: text });
    fc.assert(
      fc.property(fields, ({ title, label, name, summary, link }) => {
        const site = { ...bareSite, title, description: label };
        const terms = { tags: [{ label, slug: 'y' }] };
        const entry = { ...bareEntry, title, link, summary, terms, authors: [{ name }] };
        const html = words(feedPage(channelOf('tags/x', label, site), [entry], site));
        // The page is XML but for the elements that have no end.
        const body = html.slice(html.indexOf('<header>'), html.indexOf('<script>'));
        expect(() => parseXml(`<body>${body}</body>`)).not.toThrow();
        const head = html.slice(html.indexOf('<title>'), html.indexOf('</title>') + 8);
        expect(() => parseXml(head)).not.toThrow();
      }),
    );
  });
});
