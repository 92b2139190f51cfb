import { readFile, stat } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import { InvalidSite } from '../errors.ts';
import { isSkipped, siteFileKey } from '../keys.ts';
import type { SiteInForce } from '../publish/pipeline.ts';
import { defaultSite, fingerprint, readSite, type Site } from '../site.ts';
import { FilesystemStore } from '../store/filesystem.ts';

/** A command cannot start as it was called: exit status 2. */
export class BadArguments extends Error {
  override readonly name = 'BadArguments';
}

/** What every command that reads posts may be given. */
export interface BlogOptions {
  /** Path of the site file; else `tidings.yml` in the folder of posts. */
  site?: string;
  /** Base address of the feeds, in place of the site file's. */
  feeds?: string;
  /** Folders of ours, which hold no posts even where they lie among them. */
  ours?: string[];
}

/** A folder of posts and its settings. */
export interface Blog {
  folder: string;
  posts: FilesystemStore;
  siteFile: string;
  /** False: there is no site file, and the defaults are in force. */
  hasSiteFile: boolean;
  /** Reads the settings anew. */
  load(): Promise<SiteInForce>;
}

/** Opens a folder of posts; throws `BadArguments` if it is none, `InvalidSite` if its settings are not right. */
export async function openBlog(path: string, options: BlogOptions): Promise<Blog> {
  const folder = resolve(path);
  await requireFolder(folder, path);
  const ours = (options.ours ?? []).map((one) =>
    relative(folder, resolve(one)).split(sep).join('/'),
  );
  const posts = new FilesystemStore(
    folder,
    (key) => isSkipped(key.slice(key.lastIndexOf('/') + 1)) || ours.includes(key),
  );
  const siteFile = options.site ? resolve(options.site) : resolve(folder, siteFileKey);
  const hasSiteFile = await isThere(siteFile);
  if (options.site && !hasSiteFile)
    throw new BadArguments(`--site ${options.site}: there is no such file`);
  const load = async () => {
    const site = await siteIn(siteFile, options.feeds);
    return { site, fingerprint: fingerprint(site) };
  };
  return { folder, posts, siteFile, hasSiteFile, load };
}

/** The settings in a site file, or the defaults where there is no such file. */
async function siteIn(path: string, feeds: string | undefined): Promise<Site> {
  if (!(await isThere(path))) return feeds ? readSite('', { feeds }) : defaultSite();
  const text = await readFile(path, 'utf8');
  try {
    return readSite(text, feeds ? { feeds } : {});
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
