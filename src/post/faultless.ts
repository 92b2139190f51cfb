import { mostOf } from './budget.ts';
import type { Template } from './template.ts';

/**
 * Notes and lists of attributes are counted, kramdown's own marks change the text before it is read,
 * and a return ends a line for some and not for others.
 */
const unsure = /\{:|\[\^|\bmarkdown=|\r/;

/** Before text that is a hundred levels deep stands a sign or a blank for each; a tab is four blanks. */
const deepest = 90;
const deep = new RegExp(`^[ >*+\\-~:.)\\d]{${deepest}}`);
const indent = /^[ \t>*+\-~:.)\d]{20,}/gm;

/** What may stand before a link's definition: quotes and lists that it is in, and its bracket. */
const beforeName = /^[\s>*+\-~:.)\d]*\[?/;

/** What follows the name in a link's definition: an address and perhaps a title, on one line. */
const definition = /^[ \t]*\S+(?:[ \t]+(?:"[^"\\]*"|'[^'\\]*'))?[ \t]*$/;

/**
 * True if Markdown and HTML can find nothing wrong in a text, for it is too short and too simple:
 * cheaper to tell than to render it. False says nothing.
 */
export function isFaultless(
  text: string,
  { site, link }: Pick<Template, 'site' | 'link'>,
): boolean {
  // A sign becomes two tags, and an address of one letter as long as the post's own.
  const length = text.length * (40 + link.length);
  const most = mostOf(site);
  if (length > most || unsure.test(text)) return false;
  const lines = text.split('\n');
  if (isDeep(text, lines) || hasAbbreviation(text, lines)) return false;
  // A definition stands wherever its name does, with a `%` for each byte; a row has every column.
  const copied = count(text, ']') * longestDefinition(lines) * 10;
  return length + copied + count(text, '|') * lines.length * 10 <= most;
}

function isDeep(text: string, lines: string[]): boolean {
  if (!text.includes('\t')) return lines.some((line) => line.length >= deepest && deep.test(line));
  return text.matchAll(indent).some(([signs]) => signs.length + 3 * count(signs, '\t') >= deepest);
}

/** `*[HTML]: …` is put wherever the word stands, at any length. */
function hasAbbreviation(text: string, lines: string[]): boolean {
  if (!text.includes('*[')) return false;
  return lines.some((line) => {
    const at = line.indexOf('*[');
    return at >= 0 && line.includes(']:', at);
  });
}

/** Characters of the longest line that defines a link; without end if one may go on after its line. */
function longestDefinition(lines: string[]): number {
  let longest = 0;
  for (const [at, line] of lines.entries()) {
    const name = line.indexOf(']:');
    if (name < 0 || !mayBeName(line.slice(0, name))) continue;
    const isWhole =
      definition.test(line.slice(name + 2)) && !/^[\s>]*["'(]/.test(lines[at + 1] ?? '');
    longest = Math.max(longest, isWhole ? line.length : Number.POSITIVE_INFINITY);
  }
  return longest;
}

/** False: of what stands before `]:`, a bracket is not the name's, so this is none. */
function mayBeName(text: string): boolean {
  return text.includes('\\') || !/[[\]]/.test(text.replace(beforeName, ''));
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}
