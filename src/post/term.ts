import { createHash } from 'node:crypto';
import type { Term } from './entry.ts';

/**
 * Names of terms, and the slugs that stand for them in keys and URLs. A slug depends on the name
 * alone, never on which other terms exist, and is its own slug.
 */

const longest = 100;
const longestLabel = 200;
// Normalizing marks in the wrong order takes time that grows with the square of their number.
const read = 1000;

/** The term that a front-matter value names; undefined if it names none (null, blank, a list…). */
export function toTerm(value: unknown): Term | undefined {
  if (typeof value === 'object' && value !== null) return objectTerm(value as Named);
  const label = labelOf(value);
  return label === '' ? undefined : { label: short(label), slug: slug(label) };
}

interface Named {
  name?: unknown;
  title?: unknown;
  label?: unknown;
  slug?: unknown;
}

/** Ghost's and WordPress's `{name, slug}`: their slug stays where it is one of ours. */
function objectTerm(value: Named): Term | undefined {
  const label = [value.name, value.title, value.label, value.slug].map(labelOf).find(Boolean);
  if (label === undefined) return undefined;
  const own = labelOf(value.slug);
  return { label: short(label), slug: own !== '' && slug(own) === own ? own : slug(label) };
}

/** Text without control characters, runs of white space as one space; empty for what is no scalar. */
function labelOf(value: unknown): string {
  if (!['string', 'number', 'boolean'].includes(typeof value)) return '';
  const text = String(value).toWellFormed();
  return text.replace(/[\p{Cc}\s\ufffe\uffff]+/gu, ' ').trim();
}

function short(label: string): string {
  if (label.length <= longestLabel) return label;
  return `${label.slice(0, longestLabel - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** Slugs of names: a blog files its posts under the same ones again and again. */
const known = new Map<string, string>();
const mostKnown = 10_000;

/** The form of a name in keys and URLs: `C++` is `c-plus-plus`, `Ёлка 2` is `ёлка-2`. */
export function slug(label: string): string {
  const found = known.get(label);
  if (found !== undefined) return found;
  // A copy: as a part of its post's front matter it would keep the whole of that.
  const own = Buffer.from(label).toString();
  const made = slugged(own);
  if (known.size >= mostKnown) known.clear();
  if (own.length <= longest) known.set(own, made);
  return made;
}

function slugged(label: string): string {
  const name = withoutIgnorables(label.slice(0, read).toWellFormed()).normalize('NFC').trim();
  const words = name
    .replace(/^\.(?=[\p{L}\p{N}])/u, 'dot-')
    .replace(/[+#&]/g, (sign) => spelled[sign]!)
    .toLowerCase()
    .normalize('NFC')
    .replace(/[^\p{L}\p{M}\p{N}\p{Extended_Pictographic}\p{Emoji_Modifier}\p{RI}\u200d]+/gu, '-')
    .replace(/^-+|-+$/g, '');
  const rest = label.slice(read);
  return cut(words === '' ? codePoints(name) : words, rest);
}

const spelled: Record<string, string> = { '+': '-plus-', '#': '-sharp-', '&': '-and-' };

/**
 * Drops what nobody sees (soft hyphens, variation selectors, joiners in Persian words), which
 * would make two terms of one; the joiner stays between emoji, where it makes one of two.
 */
function withoutIgnorables(text: string): string {
  return text
    .replace(/[\p{Default_Ignorable_Code_Point}--\u200d]/gv, '')
    .replace(/(?<![\p{Extended_Pictographic}\p{Emoji_Modifier}])\u200d/gu, '')
    .replace(/\u200d(?!\p{Extended_Pictographic})/gu, '');
}

/** `u-2e-2e` for `..`: a name with nothing that a slug may hold. */
function codePoints(name: string): string {
  return ['u', ...Array.from(name, (char) => char.codePointAt(0)!.toString(16))].join('-');
}

/** At most 100 bytes, cut between code points; a hash of the whole keeps long names apart. */
function cut(words: string, rest: string): string {
  if (Buffer.byteLength(words) <= longest && rest === '') return words;
  const hash = createHash('sha256')
    .update(words + rest)
    .digest('hex')
    .slice(0, 8);
  let kept = '';
  let bytes = hash.length + 1;
  for (const char of words) {
    bytes += Buffer.byteLength(char);
    if (bytes > longest) break;
    kept += char;
  }
  return `${kept.replace(/[-\u200d]+$/, '')}-${hash}`;
}
