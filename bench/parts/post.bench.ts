import { bench, describe } from 'vitest';
import { readSource } from '../../src/post/front-matter.ts';
import { cleanHtml } from '../../src/post/html.ts';
import { renderLiquid } from '../../src/post/liquid.ts';
import { renderMarkdown } from '../../src/post/markdown.ts';
import { parsePost } from '../../src/post/parse.ts';
import { files, link, pages, site, sources, templates, texts } from './posts.ts';

describe('200 posts', () => {
  bench('front matter', () => {
    for (const { key, bytes } of files) readSource(key, bytes);
  });
  bench('Liquid', () => {
    for (const template of templates)
      renderLiquid(template.source.body, { ...template, problems: [] });
  });
  bench('Markdown', () => {
    for (const { text, dialect } of texts) renderMarkdown(text, dialect, link);
  });
  bench('HTML pass', () => {
    for (const page of pages) cleanHtml(page, link);
  });
  bench('a source to its post: all but the front matter', () => {
    for (const source of sources) parsePost(source, site);
  });
});
