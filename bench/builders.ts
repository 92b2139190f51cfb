/**
 * Tidings and those it is measured against: the same feeds of the same posts, each set up as its
 * documentation says, each process started directly.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { weblog } from './archive.ts';
import type { Command } from './measure.ts';

/** A blog that is ready to be built. */
export interface Builder extends Command {
  name: string;
  version: string;
  /** Folder of the posts that it reads: its own, which may be changed. */
  posts: string;
  /** Folder that it writes. */
  out: string;
}

/** Sets a blog up in a folder; undefined, and a line that says why, if the tool is not there. */
type Prepare = (posts: string, folder: string) => Builder | undefined;

const eleventyPackages = { '@11ty/eleventy': '3.1.8', '@11ty/eleventy-plugin-rss': '3.0.0' };

export const builders: Record<string, Prepare> = {
  tidings: (from, folder) => {
    const main = bundled(join(folder, 'cli'));
    const posts = copied(from, join(folder, 'posts'));
    const out = join(folder, 'out');
    const args = [main, 'build', posts, '--out', out, '--site', `${weblog}.yml`];
    return { name: 'Tidings', version: '', posts, out, command: process.execPath, args };
  },
  hugo: (from, folder) => {
    const version = versionOf('hugo', 'version')?.split(' ')[1];
    if (version === undefined) return missing('hugo');
    ownFiles('hugo', folder);
    const posts = copied(from, join(folder, 'content/posts'));
    cpSync(join(folder, 'section.md'), join(posts, '_index.md'));
    const args = ['--quiet', '--source', folder];
    return { name: 'Hugo', version, posts, out: join(folder, 'public'), command: 'hugo', args };
  },
  jekyll: (from, folder) => {
    const version = versionOf('jekyll', '--version')?.split(' ')[1];
    if (version === undefined) return missing('jekyll ruby-jekyll-feed');
    ownFiles('jekyll', folder);
    const posts = copied(from, join(folder, '_posts'));
    const args = ['build', '--quiet', '--source', folder, '--destination', join(folder, '_site')];
    args.push('--disable-disk-cache');
    return { name: 'Jekyll', version, posts, out: join(folder, '_site'), command: 'jekyll', args };
  },
  eleventy: (from, folder) => {
    const installed = installEleventy();
    // Inside the installation, where its configuration finds the plugin.
    const blog = join(installed, 'blogs', folder.replaceAll('/', '-'));
    ownFiles('eleventy', blog);
    const posts = copied(from, join(blog, 'posts'));
    const command = process.execPath;
    const args = [join(installed, 'node_modules/@11ty/eleventy/cmd.cjs'), '--quiet'];
    const version = eleventyPackages['@11ty/eleventy'];
    return { name: 'Eleventy', version, posts, out: join(blog, '_site'), command, args, cwd: blog };
  },
};

/** How many feeds a builder wrote, of any format. */
export function feedsIn({ out }: Builder): number {
  return readdirSync(out, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /feed\.\w+$|^feed\/.*\.xml$/.test(name),
  ).length;
}

/** Clears the place of what is built, without deleting: for minutes after that ext4 makes new files slowly. */
export function putAside(built: string, folder: string): void {
  if (!existsSync(built)) return;
  const aside = join(folder, 'aside');
  mkdirSync(aside, { recursive: true });
  renameSync(built, join(aside, randomUUID()));
}

/** The command line as it is now; a copy, so that it stays so while it is measured. */
export function bundled(folder: string): string {
  execFileSync(process.execPath, [fileURLToPath(new URL('../scripts/bundle.ts', import.meta.url))]);
  return join(copied(fileURLToPath(new URL('../dist/cli', import.meta.url)), folder), 'main.mjs');
}

function ownFiles(name: string, folder: string): void {
  cpSync(fileURLToPath(new URL(name, import.meta.url)), folder, { recursive: true });
}

function copied(from: string, to: string): string {
  cpSync(from, to, { recursive: true });
  return to;
}

function versionOf(command: string, argument: string): string | undefined {
  const { status, stdout } = spawnSync(command, [argument], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

function missing(packages: string): undefined {
  console.log(`Left out: apt-get install ${packages}`);
}

/** Once for all runs, outside the project, which does not depend on it. */
function installEleventy(): string {
  const versions = Object.entries(eleventyPackages);
  const folder = join(
    tmpdir(),
    `tidings-bench-eleventy-${versions.map(([, one]) => one).join('-')}`,
  );
  if (existsSync(join(folder, 'node_modules'))) return folder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  const wanted = versions.map(([name, version]) => `${name}@${version}`);
  const { status } = spawnSync('npm', ['install', '--no-save', ...wanted], { cwd: folder });
  if (status !== 0) throw new Error(`npm install ${wanted.join(' ')} failed in ${folder}`);
  return folder;
}
