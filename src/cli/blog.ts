import { readdirSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { InvalidSite, Unavailable } from '../errors.ts';
import { endsAsPost, isSkipped, siteFileKey } from '../keys.ts';
import type { Problem } from '../problem.ts';
import type { SiteInForce } from '../publish/pipeline.ts';
import { FilesystemStore } from '../store/filesystem.ts';
import { getIfThere, type Store } from '../store/store.ts';
import { BadArguments } from './bad-arguments.ts';
import { type BucketOptions, isBucket, storeAt } from './buckets.ts';

/** What every command that reads posts may be given. */
export interface BlogOptions extends BucketOptions {
  /** Path of the site file; else `tidings.yml` beside the posts. */
  site?: string;
  /** Base address of the feeds, in place of the site file's. */
  feeds?: string;
  /** Folders of ours, which hold no posts even where they lie among them. */
  ours?: string[];
}

/** A folder or bucket of posts and its settings. */
export interface Blog {
  /** Its absolute path, or the bucket's location. */
  folder: string;
  posts: Store;
  siteFile: string;
  /** False: there is no site file, and the defaults are in force. */
  hasSiteFile: boolean;
  /** The site file's text; undefined if there is none. */
  read(): Promise<string | undefined>;
  /** The settings in such a text, or in the site file as it is now. */
  load(text?: { text: string | undefined }): Promise<SiteInForce>;
}

/** Of files and folders that hold posts, or may, and that have names which posts cannot have. */
export function problemsOfNames(posts: Store): Problem[] {
  if (!(posts instanceof FilesystemStore)) return [];
  const names = [...posts.leftOut].filter((name) =>
    name.endsWith('/') ? mayHoldPosts(join(posts.root, name)) : endsAsPost(name),
  );
  return names.sort().map((name) => ({
    key: JSON.stringify(name),
    cause:
      'it is left out, for its name is not UTF-8, is too long, or has a control character or backslash',
    remedy: 'Rename it.',
    unread: true,
  }));
}

/** True also of a folder that cannot be read by the name that it is listed with. */
function mayHoldPosts(folder: string): boolean {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).some(endsAsPost);
  } catch {
    return true;
  }
}

/** A folder of posts and its settings. */
export interface FolderBlog extends Blog {
  posts: FilesystemStore;
}

/** Opens a folder or bucket of posts; throws `BadArguments` if it is none. */
export async function openBlog(path: string, options: BlogOptions): Promise<Blog> {
  if (!isBucket(path)) return openFolder(path, options);
  return settled(path.replace(/\/+$/, ''), await storeAt(path, options), options);
}

/** Opens a folder of posts; throws `BadArguments` if it is none. */
export async function openFolder(path: string, options: BlogOptions): Promise<FolderBlog> {
  const folder = resolve(path);
  await requireFolder(folder, path);
  const ours = options.ours ?? [];
  const skipped = ours.map((one) => relative(folder, resolve(one)).split(sep).join('/'));
  const posts = new FilesystemStore(
    folder,
    (key) => isSkipped(key.slice(key.lastIndexOf('/') + 1)) || skipped.includes(key),
  );
  return settled(folder, posts, options);
}

/** The posts there, with the site file that goes with them. */
async function settled<Posts extends Store>(
  folder: string,
  posts: Posts,
  options: BlogOptions,
): Promise<Blog & { posts: Posts }> {
  const besides = isBucket(folder) ? `${folder}/${siteFileKey}` : resolve(folder, siteFileKey);
  const siteFile = options.site ? resolve(options.site) : besides;
  const read = () => (isBucket(siteFile) ? textIn(posts, siteFileKey) : textAt(siteFile));
  const hasSiteFile = (await read()) !== undefined;
  if (options.site && !hasSiteFile)
    throw new BadArguments(`--site ${options.site}: there is no such file`);
  const load: Blog['load'] = async (given) =>
    settingsIn(given ? given.text : await read(), siteFile, options.feeds);
  return { folder, posts, siteFile, hasSiteFile, read, load };
}

async function textIn(store: Store, key: string): Promise<string | undefined> {
  const stored = await getIfThere(store, key);
  return stored && new TextDecoder().decode(stored.body);
}

async function textAt(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new Unavailable(`cannot read ${path}: ${message}`, { cause });
  }
}

/** The settings in a site file's text, or the defaults where there is no such file. */
async function settingsIn(
  text: string | undefined,
  path: string,
  feeds: string | undefined,
): Promise<SiteInForce> {
  // Loaded here: a build that finds nothing changed need not wait for it.
  const { fingerprint, readSite } = await import('../site.ts');
  try {
    const site = readSite(text ?? '', feeds ? { feeds } : {});
    return { site, fingerprint: fingerprint(site) };
  } catch (error) {
    if (error instanceof InvalidSite)
      throw new InvalidSite(`${path}: ${error.message}`, { cause: error });
    throw error;
  }
}

async function requireFolder(folder: string, path: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (!found)
    throw new BadArguments(`${path}: there is no such folder; name the one that holds your posts`);
  if (!found.isDirectory())
    throw new BadArguments(`${path} is a file; name the folder that holds your posts`);
}

export async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
