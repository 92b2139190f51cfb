import { begin, type Reading } from '../../src/post/fields.ts';
import { readSource } from '../../src/post/front-matter.ts';
import { parsePost } from '../../src/post/parse.ts';
import type { Dialect, Page, Post } from '../../src/post/post.ts';
import { defaultSite, type Site } from '../../src/site.ts';

interface Given {
  key?: string;
  dialect?: Dialect;
  site?: Partial<Site>;
}

const siteOf = (site: Partial<Site> = {}): Site => ({
  ...defaultSite(),
  url: 'https://x.org',
  authority: 'x.org',
  ...site,
});

/** A post's front matter in YAML, begun to be read. */
export function reading(matter: string, { key = 'a.md', dialect, site }: Given = {}): Reading {
  const source = readSource(key, Buffer.from(`---\n${matter}\n---\n`));
  return begin({ ...source, ...(dialect && { dialect }) }, siteOf(site));
}

/** A whole post, or the page that it is. */
export function parsed(text: string, { key = 'a.md', site }: Given = {}): Post | Page {
  return parsePost(readSource(key, Buffer.from(text)), siteOf(site));
}

/** A post of this front matter, dated unless it says otherwise, with a body. */
export function post(matter: string, given: Given & { body?: string } = {}): Post {
  const dated = /^(?:date|pubDate|publishDate|published|created):/m.test(matter);
  const text = `---\n${matter}\n${dated ? '' : 'date: 2024-03-09\n'}---\n${given.body ?? ''}`;
  const made = parsed(text, given);
  if ('page' in made) throw new Error(`is a page: ${made.page}`);
  return made;
}
