import { idsOfOthers } from './identity.ts';
import type { Dialect, Reference, Source } from './post.ts';
import { shortcodesOf } from './shortcodes.ts';
import { tagsOf, unquoted, words } from './tags.ts';
import { splitPart } from './template.ts';

// Each is looked for in the store under several keys, and has a mark in the state.
const most = 500;

/**
 * The posts that a post names, each once, with the keys that they may have: those whose ids it says
 * are its own, and those that its body links to. Of more than 500 the first, and the others are
 * reported as not there. Throws InvalidPost.
 */
export function references(source: Source): Reference[] {
  const { dialect } = source;
  const names = new Set(namesIn(source.body, dialect).map((name) => splitPart(name).post));
  names.delete('');
  const short = [...names].filter((name) => name.length <= longest);
  const linked = short
    .slice(0, most)
    .map((name) => ({ name, candidates: candidatesOf(name, source.key, dialect) }));
  const owners = idsOfOthers(source).map(({ id, name }) => ({
    name: id,
    candidates: filesOf(name),
  }));
  return [...owners, ...linked];
}

// No key is longer.
const longest = 1024;

const hugo = new Set(['ref', 'relref']);
const jekyll = new Set(['post_url', 'link']);
const hexo = new Set(['post_link', 'post_path']);

function namesIn(body: string, dialect: Dialect): string[] {
  if (dialect === 'hugo') {
    return shortcodesOf(body)
      .filter(({ name }) => hugo.has(name))
      .map(({ positional, named }) => named['path'] ?? positional[0] ?? '');
  }
  if (dialect === 'jekyll') {
    const tags = [...tagsOf(body)].filter(({ name }) => jekyll.has(name));
    return tags.map(({ markup }) => unquoted(markup));
  }
  if (dialect === 'hexo') {
    const tags = [...tagsOf(body)].filter(({ name }) => hexo.has(name));
    return tags.map(({ markup }) => words(markup)[0] ?? '');
  }
  return [];
}

const extensions = ['.md', '.markdown', '.html', '.mdx'];

/** Keys that a post of this name may have, seen from the post at `key`: likeliest first. */
function candidatesOf(name: string, key: string, dialect: Dialect): string[] {
  const path = name.replace(/^\//, '').replace(/\/$/, '');
  const bare = path.replace(/\.(?:md|markdown|html|mdx)$/, '');
  const files = bare === path ? extensions.map((extension) => bare + extension) : [path];
  if (dialect === 'hugo') files.push(...bundleFiles(bare));
  const folders = name.startsWith('/') ? rootsOf(key) : [...foldersOf(key, bare), ...rootsOf(key)];
  const keys = folders.flatMap((folder) => files.map((file) => join(folder, file)));
  return [...new Set(keys)].filter((candidate) => candidate !== '');
}

/** The files of a post whose id is made of this path. */
function filesOf(path: string): string[] {
  return [path, `${path}/index`].flatMap((file) => extensions.map((extension) => file + extension));
}

function bundleFiles(bare: string): string[] {
  return /(?:^|\/)_?index$/.test(bare) ? [] : [`${bare}/index.md`];
}

/** The post's own folder; and, as archives are filed by date, the one of the date in the name. */
function foldersOf(key: string, name: string): string[] {
  const folder = key.slice(0, key.lastIndexOf('/') + 1);
  const date = /(?:^|\/)(\d{4})-(\d\d)-(\d\d)-/.exec(name);
  if (!date) return [folder];
  const filed = folder.replace(
    /(^|\/)\d{4}\/(?:(\d\d)\/)?(?:(\d\d)\/)?$/,
    (_all, before: string, month?: string, day?: string) =>
      `${before}${date[1]}/${month ? `${date[2]}/` : ''}${day ? `${date[3]}/` : ''}`,
  );
  return [...new Set([folder, filed])];
}

/** The folders that a path without a first dot counts from: `_posts`, `content`, and the top. */
function rootsOf(key: string): string[] {
  const roots = [''];
  const posts = /^(?:.*\/)?_posts\//.exec(key)?.[0];
  if (posts) roots.unshift(posts, posts.slice(0, -'_posts/'.length));
  else roots.push('_posts/');
  const content = /^(?:.*?\/)?content\//.exec(key)?.[0];
  if (content) roots.unshift(content);
  // Sites in several languages keep each one's posts in a folder of its own.
  const language = /^(?:content\/)?[a-z]{2}(?:-[a-z]{2})?\//i.exec(key)?.[0];
  if (language && !roots.includes(language)) roots.push(language);
  return [...new Set(roots)];
}

/** A path from a folder, `.` and `..` resolved; empty when it leads outside. */
function join(folder: string, path: string): string {
  const parts: string[] = [];
  for (const part of (folder + path).split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) return '';
    } else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}
