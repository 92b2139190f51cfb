import { mostOf } from './budget.ts';
import type { Template } from './template.ts';

/** Lists of attributes and footnotes are counted; and what an abbreviation stands for may be long. */
const counted = /\{:|\[\^|\*\[/;

/** Before text that is a hundred levels deep stands a sign or a blank for each; a tab is four blanks. */
const deep = /^(?:[ >*+\-~:.)\d]{90}|(?=[^\n]{0,90}\t)[ \t>*+\-~:.)\d]{20})/m;

/** What follows the name in a link's definition: an address and perhaps a title, on one line. */
const definition = /^[ \t]*\S+(?:[ \t]+(?:"[^"]*"|'[^']*'))?[ \t]*$/;

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
  if (length > most || counted.test(text) || deep.test(text)) return false;
  // A definition stands wherever its name does, with a `%` for each byte; a row has every column.
  const copied = count(text, ']') * longestDefinition(text) * 10;
  return length + copied + count(text, '|') * count(text, '\n') * 10 <= most;
}

/** Characters of the longest line that defines a link; without end if one may go on after its line. */
function longestDefinition(text: string): number {
  let longest = 0;
  const lines = text.split('\n');
  for (const [at, line] of lines.entries()) {
    const name = line.indexOf(']:');
    if (name < 0) continue;
    const isWhole =
      definition.test(line.slice(name + 2)) && !/^[\s>]*["'(]/.test(lines[at + 1] ?? '');
    longest = Math.max(longest, isWhole ? line.length : Number.POSITIVE_INFINITY);
  }
  return longest;
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}
