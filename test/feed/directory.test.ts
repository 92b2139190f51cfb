import { parseXml } from '@rgrove/parse-xml';
import { parseOpml } from 'feedsmith';
import { describe, expect, test } from 'vitest';
import { renderDirectory } from '../../src/feed/directory.ts';
import type { Directory } from '../../src/feed/listing.ts';
import { previewOf } from '../../src/feed/page-posts.ts';
import { bareEntry, golden } from './fixtures.ts';
import { words } from './page-words.ts';

const files = { opml: 'feeds.opml', json: 'feeds.json', html: 'index.html' };

describe.each(['directory', 'directory-rtl'])('golden %s', (name) => {
  test.each(['opml', 'json', 'html'] as const)('is the reviewed document as %s', async (kind) => {
    const { site, directory } = golden(name);
    const text = renderDirectory(kind, directory as Directory, site);
    const file = `golden/${name}/${files[kind]}`;
    await expect(kind === 'html' ? words(text) : text).toMatchFileSnapshot(file);
  });
});

describe('renderDirectory', () => {
  const { site, directory } = golden('directory');
  const content = directory as Directory;

  test.each(['opml', 'json', 'html'] as const)('does not mind the order of rows in %s', (kind) => {
    const turned = { ...content, rows: content.rows.toReversed() };
    expect(renderDirectory(kind, turned, site)).toBe(renderDirectory(kind, content, site));
  });

  test('lists every feed in OPML, the site first', () => {
    const text = renderDirectory('opml', content, site);
    expect(() => parseXml(text)).not.toThrow();
    const [first, ...groups] = parseOpml(text).body?.outlines ?? [];
    expect(first?.xmlUrl).toBe('https://feeds.example.com/feed.rss');
    expect(groups.map((group) => [group.text, group.outlines?.length])).toEqual([
      ['categories', 1],
      ['tags', 4],
      ['authors', 1],
      ['topics', 1],
    ]);
  });

  test('gives programs every address and the count', () => {
    const { feeds } = JSON.parse(renderDirectory('json', content, site));
    expect(feeds).toHaveLength(8);
    expect(feeds[5]).toEqual({
      title: 'Фото – Ann & Bob\'s "Blog"',
      taxonomy: 'tags',
      term: 'фото',
      label: 'Фото',
      count: 999,
      updated: '2024-01-01T00:00:00Z',
      page: 'https://feeds.example.com/tags/%D1%84%D0%BE%D1%82%D0%BE/',
      rss: 'https://feeds.example.com/tags/%D1%84%D0%BE%D1%82%D0%BE/feed.rss',
      atom: 'https://feeds.example.com/tags/%D1%84%D0%BE%D1%82%D0%BE/feed.atom',
      json: 'https://feeds.example.com/tags/%D1%84%D0%BE%D1%82%D0%BE/feed.json',
    });
  });

  test('sorts labels as people do: by letter whatever its case, numbers by value', () => {
    const text = renderDirectory('html', content, site);
    const labels = [...text.matchAll(/<bdi>(.*?)<\/bdi>/g)].map(([, label]) => label);
    expect(labels.slice(1, 5)).toEqual(['&lt;x&gt; &amp; "y"', 'docker 9', 'Docker 10', 'Фото']);
  });

  test('shows the latest posts closed, each with its beginning and a link to the whole', () => {
    const latest = [
      previewOf({
        ...bareEntry,
        title: 'A <b> & c',
        summary: '<p>Say <em>it</em>.</p><h2>No</h2>',
      }),
      previewOf({ ...bareEntry, title: 'שלום', language: 'he' }),
    ];
    const text = renderDirectory('html', { ...content, site: { count: 2, latest } }, site);
    const [, posts] = text.split('<h2>Latest posts</h2>');
    expect(posts).toMatch(
      /<details>\n<summary><bdi>A &lt;b&gt; &amp; c<\/bdi> <time datetime="[^"]+">[^<]+<\/time><\/summary>\n<p>Say <em>it<\/em>\.<\/p>/,
    );
    expect(posts).toContain('<details lang="he" dir="rtl">');
    expect(posts!.match(/The whole post: <a href="https:/g)).toHaveLength(2);
    expect(renderDirectory('html', content, site)).not.toContain('Latest posts');
  });

  test.each([
    ['ar-EG', 'rtl'],
    ['he', 'rtl'],
    ['az-Arab', 'rtl'],
    ['en', 'ltr'],
    ['not a language', 'ltr'],
  ])('writes the page of a site in %s from the side that is %s', (language, direction) => {
    expect(renderDirectory('html', content, { ...site, language })).toContain(
      `<html lang="${language}" dir="${direction}">`,
    );
  });
});
