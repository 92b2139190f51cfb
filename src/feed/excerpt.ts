import { Parser } from 'htmlparser2';
import { escaped, openTag, uri } from './xml.ts';

/** What of a summary a page shows in its lines. */
const inline = new Set(
  (
    'a abbr b bdi bdo cite code del dfn em i ins kbd mark q rp rt ruby s samp small strong sub sup ' +
    'u var'
  ).split(' '),
);

/** Elements between which no line breaks; any other is a paragraph of its own. */
const within = new Set([...inline, 'big', 'img', 'span', 'strike', 'time', 'tt', 'wbr']);

/** What is shown for want of a player. */
const fallback = new Set(['audio', 'video']);

/**
 * The beginning of clean HTML as paragraphs of text with links and emphasis. What a page of many posts
 * cannot have is left out: headings, which would break its outline, ids, which would clash, images,
 * which come from elsewhere and move the text about, and all that is longer than `most` characters.
 */
export function excerpt(html: string, most = 600): string {
  const paragraphs: Paragraphs = { out: [], open: [], isBegun: false };
  let length = 0;
  let muted = 0;
  const parser = new Parser({
    onopentag(name, attributes) {
      if (fallback.has(name)) muted++;
      if (!within.has(name)) endParagraph(paragraphs);
      if (!inline.has(name)) return;
      paragraphs.open.push({ name, tag: startOf(name, attributes), isWritten: false });
    },
    onclosetag(name) {
      if (fallback.has(name)) muted--;
      if (!within.has(name)) endParagraph(paragraphs);
      if (!inline.has(name)) return;
      if (paragraphs.open.pop()?.isWritten) paragraphs.out.push(`</${name}>`);
    },
    ontext(text) {
      if (muted > 0 || length >= most) return;
      const left = most - length;
      length += text.length;
      write(paragraphs, text.length <= left ? text : `${clipped(text, left)}…`);
    },
  });
  parser.end(html);
  endParagraph(paragraphs);
  return paragraphs.out.join('');
}

interface Paragraphs {
  out: string[];
  /** The inline elements that the next text is in. */
  open: { name: string; tag: string; isWritten: boolean }[];
  /** Whether a paragraph is. */
  isBegun: boolean;
}

/** Paragraphs and inline elements begin with their text, so that none is empty. */
function write(paragraphs: Paragraphs, text: string): void {
  const { out, open, isBegun } = paragraphs;
  if (/^\s*$/.test(text)) {
    if (isBegun) out.push(text);
    return;
  }
  if (!isBegun) out.push('<p>');
  paragraphs.isBegun = true;
  for (const one of open) {
    if (!one.isWritten) out.push(one.tag);
    one.isWritten = true;
  }
  out.push(escaped(isBegun ? text : text.trimStart()));
}

function endParagraph(paragraphs: Paragraphs): void {
  const { out, open, isBegun } = paragraphs;
  for (const one of open.toReversed()) {
    if (one.isWritten) out.push(`</${one.name}>`);
    one.isWritten = false;
  }
  if (isBegun) out.push('</p>\n');
  paragraphs.isBegun = false;
}

function startOf(name: string, { href, dir, title }: Record<string, string>): string {
  if (name === 'a') return openTag('a', { href: href && uri(href) });
  return openTag(name, {
    dir: name === 'bdo' ? dir : undefined,
    title: name === 'abbr' ? title : undefined,
  });
}

/** The text up to a word's end, or if it is one long word, a character's. */
function clipped(text: string, length: number): string {
  return text
    .slice(0, length)
    .replace(/[\ud800-\udbff]$/, '')
    .replace(/\s+\S{0,24}$/, '');
}
