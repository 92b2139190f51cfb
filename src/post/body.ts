import type { Problem } from '../problem.ts';
import type { Site } from '../site.ts';
import { mostOf, within } from './budget.ts';
import { renderHexoTags } from './hexo-tags.ts';
import { cleanHtml } from './html.ts';
import { renderShortcodes } from './hugo.ts';
import { renderLiquid } from './liquid.ts';
import { renderMarkdown } from './markdown.ts';
import { renderMdx } from './mdx.ts';
import type { Body, Dialect, Source } from './post.ts';
import { type Report, report, type Template } from './template.ts';

/**
 * A post's body, from what its author wrote to what a feed carries: its dialect's templates, then
 * Markdown, then one pass over the HTML. What cannot be done is reported, and the rest goes on;
 * refused is only a body that grows beyond all measure on the way.
 */

export interface BodyOptions {
  site: Site;
  /** Absolute URL of the post. */
  link: string;
  /** Name of a reference → absolute link of the post it names. */
  links: ReadonlyMap<string, string>;
}

/** A body whose templates have run: the first half of the way, on which most problems are found. Plain data. */
export interface Templated extends Report, Pick<BodyOptions, 'link'> {
  dialect: Dialect;
  text: string;
}

/** Renders a post's body to clean HTML, and notes its parts; throws InvalidPost if that grows too long. */
export function renderBody(source: Source, options: BodyOptions): Body {
  return finishBody(runTemplates(source, options), options.site);
}

/** The first half: templates. */
export function runTemplates(source: Source, options: BodyOptions): Templated {
  const { site, link } = options;
  const { key, bodyLine, dialect } = source;
  const problems: Problem[] = [];
  const rendered = templated(dialect, { ...options, source, problems });
  within(rendered.length, mostOf(site));
  const text = markExcerpt(rendered, source, site.separator);
  return { source: { key, bodyLine }, dialect, link, text, problems };
}

/** The second: Markdown, then one pass over the HTML. */
export function finishBody({ source, dialect, link, text, ...rest }: Templated, site: Site): Body {
  const most = mostOf(site);
  const problems = [...rest.problems];
  const tell = (cause: string, remedy: string) => report({ source, problems }, cause, remedy);
  const html = source.key.endsWith('.html')
    ? text
    : renderMarkdown(text, dialect, link, { most, tell });
  return { ...cleanHtml(html, link, most), problems };
}

function templated(dialect: Dialect, template: Template): string {
  const { body } = template.source;
  switch (dialect) {
    case 'jekyll':
      return renderLiquid(body, template);
    case 'hugo':
      return renderShortcodes(body, template);
    case 'hexo':
      return renderHexoTags(body, template);
    case 'mdx':
      return renderMdx(body);
    case 'plain':
      return body;
  }
}

/** The site's or the post's own separator becomes the marker that the HTML pass knows. */
function markExcerpt(text: string, source: Source, separator: string | undefined): string {
  const own = source.matter['excerpt_separator'];
  const mark = typeof own === 'string' && own !== '' ? own : separator;
  if (!mark || /^<!--\s*more\s*-->$/.test(mark)) return text;
  const at = text.indexOf(mark);
  if (at < 0) return text;
  return `${text.slice(0, at)}\n\n<!--more-->\n\n${text.slice(at + mark.length)}`;
}
