/** Two hundred posts that the parts are measured on, and what becomes of them on the way. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Entry } from '../../src/post/entry.ts';
import { readSource } from '../../src/post/front-matter.ts';
import { renderLiquid } from '../../src/post/liquid.ts';
import { renderMarkdown } from '../../src/post/markdown.ts';
import { parsePost } from '../../src/post/parse.ts';
import { readSite } from '../../src/site.ts';
import { weblog } from '../archive.ts';
import { madePost } from '../made-posts.ts';

export const site = readSite('url: https://blog.example\n');
/** Where the posts are taken to be: bodies need it, and it changes no time. */
export const link = 'https://blog.example/post/';

export const files = existsSync(weblog) ? realFiles() : madeFiles();
export const sources = files.map(({ key, bytes }) => readSource(key, bytes));
export const templates = sources.map((source) => ({
  source,
  site,
  link,
  links: new Map<string, string>(),
  problems: [],
}));
export const texts = templates.map((template) => ({
  text: renderLiquid(template.source.body, template),
  dialect: template.source.dialect,
}));
export const pages = texts.map(({ text, dialect }) => renderMarkdown(text, dialect, link));
/** The newest twenty. */
export const entries = sources
  .flatMap((source): Entry[] => {
    const post = parsePost(source, site);
    return 'entry' in post ? [post.entry] : [];
  })
  .slice(0, 20);

function realFiles() {
  const names = readdirSync(weblog).sort().reverse();
  return names
    .filter((_, nth) => nth % 9 === 0)
    .slice(0, 200)
    .map((key) => ({ key, bytes: readFileSync(join(weblog, key)) }));
}

function madeFiles() {
  return Array.from({ length: 200 }, (_, seed) => {
    const made = madePost({ tags: ['a', 'b'], published: 1_700_000_000 - seed * 3600, seed });
    return { key: `${seed}.md`, bytes: new TextEncoder().encode(made) };
  });
}
