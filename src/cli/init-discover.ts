import { glob, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isThere } from './blog.ts';
import { UnreadableConfig } from './init-config.ts';
import type { Found, Tool } from './init-found.ts';
import { hugo } from './init-hugo.ts';
import { hexo, jekyll } from './init-jekyll.ts';
import { astro, eleventy } from './init-scripts.ts';

/** What is known of the blog to which a folder of posts belongs. */
export interface Discovery {
  /** `Jekyll`; undefined if there is no configuration that we can read. */
  tool?: string;
  /** The files it was read from, and the folder they are in. */
  file?: string;
  root?: string;
  /** What they say, likeliest first where they say a thing twice. */
  found: Found[];
  /** Files that are there and could not be read, and why. */
  unread: string[];
}

// In this order, for Hexo's file has the name of Jekyll's.
const tools: readonly Tool[] = [hexo, jekyll, astro, eleventy, hugo];

/** Looks for a blog's configuration in a folder and in those above it, up to its repository's root. */
export async function discover(folder: string): Promise<Discovery> {
  const unread = new Set<string>();
  const posts = await hintsIn(folder);
  for (const root of await rootsOf(folder)) {
    for (const tool of tools) {
      try {
        const findings = await tool.read(root, folder);
        if (!findings) continue;
        const found = [...findings.found, ...posts.found, ...presets(tool, posts.wordpress)];
        return { tool: tool.name, root, file: findings.file, found, unread: [...unread] };
      } catch (error) {
        if (!(error instanceof UnreadableConfig)) throw error;
        unread.add(error.message);
      }
    }
  }
  return { found: [...posts.found, ...presets(undefined, posts.wordpress)], unread: [...unread] };
}

/** The folder and those above it that may be the blog's: without a repository, the next three. */
async function rootsOf(folder: string): Promise<string[]> {
  const roots = [folder];
  while (!(await isThere(join(roots.at(-1)!, '.git')))) {
    const parent = dirname(roots.at(-1)!);
    if (parent === roots.at(-1)) return roots.slice(0, 4);
    roots.push(parent);
  }
  return roots;
}

function presets(tool: Tool | undefined, wordpress: boolean): Found[] {
  const value = [...(wordpress ? ['wordpress'] : []), ...(tool?.preset ? [tool.preset] : [])];
  const from = [
    ...(wordpress ? ['a wordpress_id in posts'] : []),
    ...(tool ? [tool.name] : []),
  ].join(', ');
  return value.length > 0 ? [{ key: 'legacy', value, from }] : [];
}

/** WordPress's importers leave its number in a post, which keeps the guid that readers know. */
async function hintsIn(folder: string): Promise<{ found: Found[]; wordpress: boolean }> {
  let seen = 0;
  const files = glob('**/*.{md,markdown,html}', { cwd: folder, exclude: isAside });
  for await (const file of files) {
    const text = await readFile(join(folder, file), 'utf8').catch(() => '');
    if (/^wordpress_id:\s*["']?\d/m.test(text.slice(0, 4000))) {
      const value = '{url}/?p={wordpress_id}';
      return { found: [{ key: 'id', value, from: `${file}: wordpress_id` }], wordpress: true };
    }
    seen += 1;
    if (seen === 50) break;
  }
  return { found: [], wordpress: false };
}

function isAside(path: string): boolean {
  return /(^|[\\/])(node_modules|vendor|\.[^\\/]+)$/.test(path);
}
