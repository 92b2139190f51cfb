/** The posts that builds are measured with: a real blog's beside the project, and more made of them. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The blog's posts, read in place: they are not part of the project. */
export const weblog = fileURLToPath(new URL('../../shared/posts/weblog', import.meta.url));

/** Ends the process if the posts are not there. */
export function requireWeblog(): void {
  if (existsSync(weblog)) return;
  console.log(`There are no posts at ${weblog}: nothing to measure.`);
  process.exit();
}

/** Writes the blog's posts so many times: each time a few years earlier, half of the tags of its own. */
export function writeArchive(folder: string, times: number): void {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(weblog)) {
    const text = readFileSync(join(weblog, name), 'utf8');
    for (let nth = 0; nth < times; nth++)
      writeFileSync(join(folder, shifted(name, nth)), nth === 0 ? text : copyOf(text, nth));
  }
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
