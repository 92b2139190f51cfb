import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { post } from '../blog.ts';
import { tidings } from '../cli/terminal.ts';

/** A folder of posts, the command that builds it in a process of its own, and what stands in a folder afterwards. */

/** Writes a blog of so many posts, of 22 tags. */
export function writeBlog(folder: string, posts: number, text = 'Some text.'): string {
  put(folder, 'tidings.yml', 'url: https://blog.example\nentries: 5\n');
  for (let nth = 0; nth < posts; nth++) put(folder, `p${nth}.md`, nthPost(nth, text));
  return folder;
}

/** The same post again has another text and one other tag. */
export function nthPost(nth: number, text = 'Some text.'): string {
  const date = new Date(Date.UTC(2024, 0, 1 + nth)).toISOString();
  return post(
    { title: `P${nth}`, date, tags: [`t${nth % 17}`, `u${(nth + text.length) % 5}`] },
    text,
  );
}

export function put(folder: string, name: string, content: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), content);
}

export interface Ended {
  status: number | null;
  out: string;
  err: string;
}

/** A command in a process of its own. */
export interface Started {
  child: ChildProcess;
  ended: Promise<Ended>;
  /** What it has printed by now. */
  said(): string;
}

/** `tidings ARGS` in a process of its own. */
export function start(...args: string[]): Started {
  return startWithin([], ...args);
}

/** The same, started by other commands, as of `unshare`. */
export function startWithin(within: string[], ...args: string[]): Started {
  const [command, ...rest] = [...within, process.execPath, 'src/cli/main.ts', ...args];
  const child = spawn(command!, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (text) => {
    out += text;
  });
  child.stderr.on('data', (text) => {
    err += text;
  });
  const ended = once(child, 'close').then(([status]) => ({ status, out, err }));
  return { child, ended, said: () => out + err };
}

/** Every file in a folder, by its path there; none if there is no such folder. */
export function filesIn(folder: string): Map<string, string> {
  if (!existsSync(folder)) return new Map();
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return new Map(
    names.flatMap((name) =>
      statSync(join(folder, name), { throwIfNoEntry: false })?.isFile()
        ? [[name, readFileSync(join(folder, name), 'utf8')] as const]
        : [],
    ),
  );
}

/** What a build of these posts into an empty folder makes. */
export async function freshBuild(posts: string, scratch: string): Promise<Map<string, string>> {
  rmSync(scratch, { recursive: true, force: true });
  const { status, err } = await tidings('build', posts, '--out', scratch);
  if (status !== 0) throw new Error(err);
  return filesIn(scratch);
}

/** True of a file that is to take another's place, or says that somebody is at work. */
export function isDraft(name: string): boolean {
  return /(^|\/)\.tidings/.test(name);
}
