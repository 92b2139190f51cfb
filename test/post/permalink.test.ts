import { describe, expect, test } from 'vitest';
import { readSource } from '../../src/post/front-matter.ts';
import { addressOf } from '../../src/post/parse.ts';
import type { Dialect } from '../../src/post/post.ts';
import { defaultSite, type Site } from '../../src/site.ts';
import { permalinkTokens } from '../../src/site-values.ts';

const base: Site = { ...defaultSite(), url: 'https://x.org' };

interface Case {
  key?: string;
  matter?: string;
  dialect?: Dialect;
  site?: Partial<Site>;
}

const link = ({ key = 'a.md', matter = 'title: A', dialect = 'plain', site = {} }: Case) =>
  addressOf(
    { ...readSource(key, Buffer.from(`---\n${matter}\n---\n`)), dialect },
    { ...base, ...site },
  ).link;

describe('front matter', () => {
  test.each<[string, string]>([
    ['permalink: /a/b/', 'https://x.org/a/b/'],
    ['permalink: a/b', 'https://x.org/a/b'],
    ['permalink: /a/b.html', 'https://x.org/a/b.html'],
    ['permalink: /a/index.html', 'https://x.org/a/'],
    ['permalink: https://other.org/ж', 'https://other.org/%D0%B6'],
    ['permalink: //other.org/a/', 'https://x.org/other.org/a/'],
    ['permalink: ../../etc', 'https://x.org/etc'],
    ['permalink: "javascript:alert(1)"', 'https://x.org/javascript:alert(1)'],
    ['permalink: /a b/', 'https://x.org/a%20b/'],
    ['permalink: [a]', 'https://x.org/a/'],
    ['permalink: false', 'https://x.org/a/'],
    ['permalink: "/{{ page.fileSlug }}/"', 'https://x.org/a/'],
    ['url: /c/', 'https://x.org/c/'],
    ['Permalink: /d/', 'https://x.org/d/'],
    ['slug: e', 'https://x.org/e/'],
    ['date: 2020-01-02\npermalink: /:year/:title.html', 'https://x.org/2020/a.html'],
  ])('%s', (matter, expected) => {
    expect(link({ matter })).toBe(expected);
  });

  test('paths lie below the blog’s own', () => {
    expect(link({ matter: 'permalink: /a/', site: { url: 'https://x.org/blog' } })).toBe(
      'https://x.org/blog/a/',
    );
  });
});

describe('without a pattern', () => {
  test.each<[string, Dialect, string]>([
    ['posts/hello.md', 'plain', 'posts/hello/'],
    ['posts/hello/index.md', 'plain', 'posts/hello/'],
    ['content/posts/hello.md', 'hugo', 'posts/hello/'],
    ['src/content/blog/hello.mdx', 'mdx', 'blog/hello/'],
    ['_posts/2024-03-09-Hello-World.md', 'jekyll', '2024/03/09/Hello-World.html'],
    ['film/_posts/2024-03-09-hello.md', 'jekyll', 'film/2024/03/09/hello.html'],
    ['2024-03-09-hello.md', 'jekyll', '2024-03-09-hello/'],
    ['source/_posts/2024-03-09-hello.md', 'hexo', '2024/03/09/hello/'],
    ['привет мир.md', 'plain', '%D0%BF%D1%80%D0%B8%D0%B2%D0%B5%D1%82%20%D0%BC%D0%B8%D1%80/'],
    ['a?b#c%d.md', 'plain', 'a%3Fb%23c%25d/'],
    ['README', 'plain', 'README/'],
  ])('%s of %s', (key, dialect, path) => {
    expect(link({ key, dialect })).toBe(`https://x.org/${path}`);
  });

  test('Jekyll’s categories stand in its links', () => {
    const key = '_posts/2024-03-09-hello.md';
    const matter = 'categories: Web C++';
    expect(link({ key, dialect: 'jekyll', matter })).toBe(
      'https://x.org/web/c%2B%2B/2024/03/09/hello.html',
    );
  });
});

describe('patterns', () => {
  const matter = 'title: Über C & D\ndate: 2024-03-09 08:05:01\ncategories: [One Two, b]';
  const key = 'content/posts/sub/2024-03-09-hello.md';

  test.each([
    ['/:year/:month/:day/:title/', '2024/03/09/hello/'],
    ['/:short_year/:i_month/:i_day/', '24/3/9/'],
    ['/:y_day/:yearday/:week/:w_year/:w_day', '069/69/10/2024/6'],
    ['/:monthname/:long_month/:short_month/', 'march/March/Mar/'],
    ['/:weekday/:weekdayname/:long_day/:short_day/', '6/saturday/Saturday/Sat/'],
    ['/:hour-:minute-:second/', '08-05-01/'],
    ['/:categories/x/', 'one-two/b/x/'],
    ['/:category/:slug/', 'one-two/hello/'],
    ['/:section/:sections/', 'posts/posts/sub/'],
    ['/:path/', 'content/posts/sub/2024-03-09-hello/'],
    ['/:filename/:basename/:name/', '2024-03-09-hello/2024-03-09-hello/2024-03-09-hello/'],
    ['/:slugorfilename/:slugorcontentbasename/', 'hello/hello/'],
    ['/:title:output_ext', 'hello.html'],
    ['/:Year/:unknown/', '2024/:unknown/'],
    ['/plain/', 'plain/'],
  ])('%s', (permalink, path) => {
    expect(link({ key, matter, site: { permalink } })).toBe(`https://x.org/${path}`);
  });

  test('every token that a site file may name is filled', () => {
    const permalink = permalinkTokens.map((token) => `/:${token}`).join('');
    expect(link({ key, matter: `${matter}\nid: 1`, site: { permalink } })).not.toMatch(
      /:[a-z]|[^:]\/\//,
    );
  });

  test.each<[Dialect, string, string]>([
    ['jekyll', 'title: One Two', 'hello/hello'],
    ['hugo', 'title: One Two', 'one-two/one-two'],
    ['hugo', 'title: One Two\nslug: Own', 'one-two/Own'],
    ['jekyll', 'title: One Two\nslug: Own', 'Own/Own'],
    ['hexo', 'title: One Two', 'hello/hello'],
    ['plain', 'title: One Two', 'hello/hello'],
  ])('what :title and :slug mean to %s, with %j', (dialect, written, path) => {
    const site = { permalink: '/:title/:slug' };
    expect(link({ key, dialect, matter: written, site })).toBe(`https://x.org/${path}`);
  });

  test('Jekyll’s links have the site’s calendar, Hugo’s the date’s own', () => {
    const late = { matter: 'date: 2019-12-31 23:30:00 -0500', site: { permalink: '/:year/' } };
    expect(link({ ...late, dialect: 'jekyll' })).toBe('https://x.org/2020/');
    expect(link({ ...late, dialect: 'hugo' })).toBe('https://x.org/2019/');
  });

  test('a pattern that wants a date gives way where there is none', () => {
    expect(link({ key: 'about.md', site: { permalink: '/:year/:title/' } })).toBe(
      'https://x.org/about/',
    );
  });
});
