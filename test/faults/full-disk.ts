import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tidings } from '../cli/terminal.ts';
import { filesIn, isDraft, nthPost, put, writeBlog } from './blog-folder.ts';
import { differences } from './killed.ts';
import { smallDisk } from './small-disk.ts';
import { broken } from './whole.ts';

const posts = 20;
const long = `Longer. ${'And longer. '.repeat(40)}`;
const room = 'rw,size=64m,nr_inodes=100k';

/** What of a build is on the small disk; `alone`: the feeds, of a build that keeps no state. */
export type OnDisk = 'out' | 'state' | 'both' | 'alone';

/** What a build with no room said, and what was wrong with it, with what it left, or with the next. */
export interface Cramped {
  status: number;
  err: string;
  /** Files with their old text, and with their new one. */
  old: number;
  new: number;
  wrong: string[];
}

/**
 * Builds a blog on a disk with room; edits every post; builds it on that disk with other options
 * of `mount`, where it has no room; and again, when there is room.
 */
export async function crampedBuild(
  onDisk: OnDisk,
  options: (used: Used) => string,
): Promise<Cramped> {
  const disk = smallDisk(room);
  const folder = mkdtempSync(join(tmpdir(), 'tidings-full-'));
  try {
    const from = writeBlog(join(folder, 'posts'), posts);
    const out = join(onDisk === 'state' ? folder : disk.folder, 'out');
    const state = join(onDisk === 'out' ? folder : disk.folder, 'state');
    const keeping = onDisk === 'alone' ? [] : ['--state', state];
    const build = () => tidings('build', from, '--out', out, ...keeping);
    const scratch = join(folder, 'fresh');
    await build();
    const before = filesIn(out);
    for (let nth = 0; nth < posts; nth++) put(from, `p${nth}.md`, nthPost(nth, long));
    await tidings('build', from, '--out', scratch);
    const after = filesIn(scratch);

    disk.become(options(usedOf(disk.folder)));
    const { status, err } = await build();
    const left = filesIn(out);
    const of = (known: Map<string, string>) => (name: string) => left.get(name) === known.get(name);
    const names = [...left.keys()];
    // A state with no room has some posts new and some old, and so have their feeds; as lists have feeds.
    const wrong = (onDisk === 'out' || onDisk === 'alone' ? names : [])
      .filter((name) => !/^(feeds\.\w+|index\.html)$/.test(name))
      .filter((name) => !of(before)(name) && !of(after)(name))
      .map((name) => `${name} is neither old nor new`);
    if (termsIn(left) !== termsIn(before)) wrong.push('feeds.json does not list all feeds');
    for (const place of [out, state]) {
      const files = filesIn(place);
      wrong.push(...broken(files).map((name) => `${name} is half-written`));
      for (const name of files.keys()) if (isDraft(name)) wrong.push(`${name} is left behind`);
    }
    // What failed is not forgotten while there is still no room.
    const again = await build();
    if (again.status === 0)
      wrong.push(...differences(filesIn(out), after).map((one) => `again: ${one}`));
    disk.become(room);
    const next = await build();
    if (next.status !== 0) wrong.push(`with room the build ends with ${next.status}: ${next.err}`);
    wrong.push(...differences(filesIn(out), after));
    return {
      status,
      err,
      wrong,
      old: names.filter(of(before)).length,
      new: names.filter(of(after)).length,
    };
  } finally {
    disk.remove();
    rmSync(folder, { recursive: true });
  }
}

/** Of the list of all feeds. */
function termsIn(files: Map<string, string>): string {
  const { feeds } = JSON.parse(files.get('feeds.json')!) as { feeds: { term?: string }[] };
  return feeds.map(({ term }) => term).join();
}

/** What a disk holds. */
export interface Used {
  bytes: number;
  inodes: number;
}

function usedOf(folder: string): Used {
  const { blocks, bfree, bsize, files, ffree } = statfsSync(folder);
  return { bytes: (blocks - bfree) * bsize, inodes: files - ffree };
}
