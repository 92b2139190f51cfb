/** The posts that builds are measured with: a real blog's beside the project, and more made of them. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The blog's posts, read in place: they are not part of the project. */
export const weblog = fileURLToPath(new URL('../../shared/posts/weblog', import.meta.url));

/**
 * The folder of the blog's posts, or one with so many times as many: each time a few years earlier,
 * half of the tags of its own. Ends the process if the posts are not there.
 */
export function archive(folder: string, times: number): string {
  if (!existsSync(weblog)) {
    console.log(`There are no posts at ${weblog}: nothing to measure.`);
    process.exit();
  }
  if (times === 1) return weblog;
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(weblog)) {
    const text = readFileSync(join(weblog, name), 'utf8');
    for (let nth = 0; nth < times; nth++)
      writeFileSync(join(folder, shifted(name, nth)), nth === 0 ? text : copyOf(text, nth));
  }
  return folder;
}

function copyOf(text: string, nth: number): string {
  const end = text.indexOf('\n---', 3);
  const matter = text
    .slice(0, end)
    .replace(/^(date: )(\S+)/m, (_, field, date) => field + shifted(date, nth))
    .replace(/^(wordpress_id: )(\d+)/m, (_, field, id) => field + (Number(id) + nth * 100_000))
    .replace(/^(- )(.*)$/gm, (line, dash, tag) => (isVaried(tag) ? `${dash}${tag}${nth}` : line));
  const body = text
    .slice(end)
    .replace(/(post_url )(\S+)/g, (_, tag, name) => tag + shifted(name, nth));
  return matter + body;
}

/** A date, or a name that begins with one, three years earlier for each time. */
function shifted(name: string, nth: number): string {
  const earlier = `${Number(name.slice(0, 4)) - 3 * nth}${name.slice(4)}`;
  return nth === 0 ? name : earlier.replace(/^(\d+-02-)29/, '$128');
}

function isVaried(tag: string): boolean {
  return [...tag].reduce((sum, character) => sum + character.codePointAt(0)!, 0) % 2 === 1;
}

let edits = 0;

/** The newest post says something more, or something else: what is told, which no text had before. */
export function edit(folder: string): string {
  const names = readdirSync(folder).filter((name) => /^\d/.test(name));
  const post = join(folder, names.sort().at(-1)!);
  const text = readFileSync(post, 'utf8');
  const said = `Edited ${String(++edits).padStart(6, '0')}.`;
  const edited = text.replace(/^Edited \d{6}\.$/m, said);
  if (edited === text) appendFileSync(post, `\n\n${said}\n`);
  else writeFileSync(post, edited);
  return said;
}
