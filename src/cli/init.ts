import { lstat, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Conflict, Unavailable } from '../errors.ts';
import { siteFileKey } from '../keys.ts';
import { FilesystemStore } from '../store/filesystem.ts';
import { isThere } from './blog.ts';
import { type Discovery, discover } from './init-discover.ts';
import { type SiteFile, siteFile } from './init-file.ts';
import type { Output } from './output.ts';

/**
 * `tidings init [FOLDER]`: writes the site file beside the posts, from what the blog's own
 * configuration says. It only reads, and runs nothing of the blog's; what it cannot take it names.
 */

export interface InitOptions {
  /** The file to write; by default `tidings.yml` in the folder. */
  out?: string;
  /** Replace a file that is there. */
  force?: boolean;
}

/** Writes a site file and tells what is in it; gives the exit status, 2 if it cannot. */
export async function init(folder: string, options: InitOptions, io: Output): Promise<number> {
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory()) {
    return refuse(io, `${folder} is not a folder; name the one that holds your posts`);
  }
  const target = options.out ?? join(folder, siteFileKey);
  const discovery = await discover(resolve(folder));
  const file = siteFile(discovery);
  try {
    await write(target, file.yaml, options);
  } catch (error) {
    if (error instanceof Conflict)
      return refuse(io, `${target} is there already; --force replaces it`);
    const { message } = error as Error;
    return refuse(
      io,
      error instanceof Unavailable ? message : `${target} cannot be written: ${message}`,
    );
  }
  io.out(report(target, discovery, file, await postsWithin(folder)));
  return 0;
}

/** Whole or not at all: a file that is to be replaced holds what its owner wrote. */
async function write(target: string, text: string, { force }: InitOptions): Promise<void> {
  const there = await lstat(target).catch(() => undefined);
  if (there && !force) throw new Conflict(target);
  await stat(dirname(target));
  // Not in the place of a link or a device: /dev/stdout prints it.
  if (there && !there.isFile()) await writeFile(target, text);
  else await new FilesystemStore(dirname(resolve(target))).put(basename(target), text);
}

function refuse(io: Output, message: string): number {
  io.err(`tidings init: ${message}\n`);
  return 2;
}

/** The usual folder of posts inside a folder that is the blog itself. */
async function postsWithin(folder: string): Promise<string | undefined> {
  const usual = ['source/_posts', '_posts', 'content/posts', 'content/post', 'content/blog'];
  for (const name of [...usual, 'src/content/blog', 'src/posts']) {
    if (await isThere(join(folder, name))) return join(folder, name);
  }
  return undefined;
}

function report(
  target: string,
  { tool, file, root, unread }: Discovery,
  { taken, left }: SiteFile,
  inner: string | undefined,
): string {
  const source = tool
    ? `Read ${file} (${tool}) in ${root}.`
    : 'No configuration of Jekyll, Hugo, Hexo, Eleventy or Astro found (Ghost and WordPress keep theirs in a database).';
  const lines = [
    ...unread.map((why) => `Not read: ${why}`),
    source,
    ...taken.map(({ key, value, from }) => `  ${key.padEnd(12)} ${shown(value)}   (${from})`),
    ...left.map(({ why }) => `  left out: ${why}`),
    `Wrote ${target}. To check in it:`,
    ...toCheck(
      taken.map(({ key }) => key),
      taken.find(({ key }) => key === 'url')?.value,
      inner,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function toCheck(taken: string[], url: unknown, inner: string | undefined): string[] {
  const hints = [
    [!url, 'url: set it; until then every link leads to https://example.com'],
    [
      /\/\/(www\.)?example\.(com|org|net)/.test(String(url)),
      'url: looks like the tool’s own example',
    ],
    [!taken.includes('title'), 'title: without it the blog goes by the name of its host'],
    [!taken.includes('permalink'), 'permalink: without it, links follow the tool’s own default'],
    [!taken.includes('timezone'), 'timezone: without it, dates without a zone are in UTC'],
    [true, 'feeds: set it if the feeds will be on a host of their own'],
    [
      taken.includes('legacy'),
      'legacy: docs/feed-addresses.md says how to keep old feed addresses',
    ],
    [!taken.includes('id'), 'ids are made of paths within the folder: always name the same folder'],
    [inner, `the posts seem to be in ${inner}: tidings init ${inner}`],
  ] as const;
  return hints.filter(([applies]) => applies).map(([, hint]) => `  - ${hint}`);
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 70 ? `${text.slice(0, 69)}…` : text;
}
