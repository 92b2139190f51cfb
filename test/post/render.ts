import { renderBody } from '../../src/post/body.ts';
import type { Body, Dialect, FrontMatter } from '../../src/post/post.ts';
import { defaultLimits, type Site } from '../../src/site.ts';

export const site = {
  url: 'https://example.com/blog',
  title: 'Blog',
  description: 'Of things',
  limits: defaultLimits,
} as Site;
export const link = 'https://example.com/blog/2024/hello/';
const links = new Map([
  ['2024-03-09-other', 'https://example.com/blog/2024/other/'],
  ['other.md', 'https://example.com/blog/2024/other/'],
  ['other', 'https://example.com/blog/2024/other/'],
  ['_posts/2024-03-09-other.md', 'https://example.com/blog/2024/other/'],
]);

export interface Given {
  key?: string;
  matter?: FrontMatter;
  site?: Partial<Site>;
}

/** A body as it leaves, with a site, a link and references that tests share. */
export function render(dialect: Dialect, body: string, given: Given = {}): Body {
  return renderBody(
    {
      key: given.key ?? 'post.md',
      matter: given.matter ?? {},
      dialect,
      body,
      bodyLine: 5,
      lines: new Map(),
      problems: [],
    },
    { site: { ...site, ...given.site }, link, links },
  );
}
