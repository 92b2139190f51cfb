import { dirname, join, relative, resolve, sep } from 'node:path';
import { InvalidPost } from '../errors.ts';
import { feedKey, hasFeed, pathOf, siteFileKey } from '../keys.ts';
import { parsePost } from '../post/parse.ts';
import type { Page, Post } from '../post/post.ts';
import { references } from '../post/references.ts';
import { dueAt, statusAt } from '../post/status.ts';
import { linksOf } from '../publish/ingest.ts';
import { linkBehind, resolve as resolveLinks } from '../publish/resolve.ts';
import { getPost, sourceOf } from '../publish/source.ts';
import { claimsOf } from '../selection/record.ts';
import type { Site } from '../site.ts';
import { BadArguments } from './bad-arguments.ts';
import { type Blog, isThere, openBlog } from './blog.ts';
import { type BucketOptions, bucketOf, isBucket } from './buckets.ts';
import type { Output } from './output.ts';
import { problemsText } from './summary.ts';

export interface ExplainOptions extends BucketOptions {
  site?: string;
  /** The folder of posts, if it is not the one that holds `tidings.yml` or the file itself, or the bucket. */
  posts?: string;
}

/** `tidings explain FILE`: one post as the system sees it. Tells the exit status. */
export async function explain(
  path: string,
  options: ExplainOptions,
  { out, err }: Output,
): Promise<number> {
  const { blog, key, isGuessed } = isBucket(path)
    ? await inBucket(path, options)
    : await inFolder(path, options);
  const post = await getPost(blog.posts, key);
  if (!post) throw new BadArguments(`${path}: there is no such post`);
  const { site } = await blog.load();
  try {
    const source = sourceOf(key, post, site);
    const linkOf = (of: string) => linkBehind(blog.posts, of, site, Date.now());
    const resolved = await resolveLinks(references(source), linkOf);
    const parsed = parsePost(source, site, linksOf(resolved));
    if (isGuessed) out(row('in', blog.folder, 'the folder of the file; --posts names another'));
    out('page' in parsed ? pageText(parsed) : postText(parsed, site, Date.now()));
    for (const { name, link } of resolved)
      out(row('links to', `${name} → ${link ?? 'no such post'}`));
    out(problemsText(parsed.problems));
    return 0;
  } catch (error) {
    if (!(error instanceof InvalidPost)) throw error;
    const { message: cause, remedy, line } = error;
    err(problemsText([{ key, cause, remedy, ...(line === undefined ? {} : { line }) }]));
    return 1;
  }
}

async function inFolder(
  path: string,
  options: ExplainOptions,
): Promise<{ blog: Blog; key: string; isGuessed?: boolean }> {
  const file = resolve(path);
  const told = options.posts ?? (await folderOf(file));
  const blog = await openBlog(told ?? dirname(file), options);
  const key = relative(blog.folder, file).split(sep).join('/');
  if (key.startsWith('../')) throw new BadArguments(`${path} is not in the folder ${blog.folder}`);
  return { blog, key, isGuessed: told === undefined };
}

async function inBucket(
  path: string,
  options: ExplainOptions,
): Promise<{ blog: Blog; key: string; isGuessed?: boolean }> {
  const blog = await openBlog(options.posts ?? `s3://${bucketOf(path).bucket}`, options);
  if (!path.startsWith(`${blog.folder}/`))
    throw new BadArguments(`${path} is not in ${blog.folder}`);
  return { blog, key: path.slice(blog.folder.length + 1) };
}

/** The nearest folder above a file that has a site file. */
async function folderOf(file: string): Promise<string | undefined> {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if (await isThere(join(folder, siteFileKey))) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}

function pageText({ key, dialect, page }: Page): string {
  return row('post', key) + row('dialect', dialect) + row('status', `no post but a page: ${page}`);
}

/** Every field with its value and what gave it. */
function postText(post: Post, site: Site, now: number): string {
  const { entry, sources } = post;
  const due = dueAt(post, now);
  const value: Record<string, string> = {
    title: entry.title,
    published: entry.published,
    updated: entry.updated,
    authors: entry.authors.map(({ name }) => name).join(', '),
    ...Object.fromEntries(
      Object.entries(entry.terms).map(([taxonomy, terms]) => [
        taxonomy,
        terms.map(({ label, slug }) => (label === slug ? slug : `${label} (${slug})`)).join(', '),
      ]),
    ),
    link: entry.link,
    id: entry.id,
    summary: shortened(entry.summary),
    content: `${entry.content.length} characters of HTML`,
    image: entry.image ?? '',
    enclosures: entry.enclosures.map(({ url, type }) => `${url} (${type})`).join(', '),
    language: entry.language ?? site.language ?? '',
    expires: post.expires ?? '',
  };
  const until = due === undefined ? '' : `, until ${new Date(due).toISOString()}`;
  const feeds = claimsOf(entry, post.key).filter(hasFeed);
  return [
    row('post', post.key),
    row('dialect', post.dialect),
    row('status', statusAt(post, now) + until),
    ...Object.entries(value).map(([field, text]) => row(field, text, sources[field])),
    ...feeds.map((selection) => row('feed', site.feeds + pathOf(feedKey(selection, 'atom')))),
  ].join('');
}

function row(name: string, value: string, source?: string): string {
  if (value === '') return '';
  return `${name.padEnd(12)}${value}${source ? `   ← ${source}` : ''}\n`;
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 120 ? `${line.slice(0, 119)}…` : line;
}
