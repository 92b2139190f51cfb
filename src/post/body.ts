import type { Site } from '../site.ts';
import { cleanHtml } from './html.ts';
import { renderMarkdown } from './markdown.ts';
import type { Body, Dialect, Source } from './post.ts';

export interface BodyOptions {
  site: Site;
  dialect: Dialect;
  /** Absolute URL of the post. */
  link: string;
  /** Name of a reference → absolute link of the post it names. */
  links: ReadonlyMap<string, string>;
}

/** Renders a post's body: its templates, its Markdown, and one pass over the HTML. */
export function renderBody(source: Source, options: BodyOptions): Body {
  const html = source.key.endsWith('.html')
    ? source.body
    : renderMarkdown(source.body, options.dialect, options.link);
  return { ...cleanHtml(html, options.link), problems: [] };
}
