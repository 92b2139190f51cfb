import { InvalidPost } from '../errors.ts';
import { within } from './budget.ts';

/**
 * Hugo's shortcodes, read: `{{< name args >}}`, `{{% name args %}}`, closed by `{{< /name >}}`, nested
 * as they come. What each one means is in `hugo.ts`. Time is linear, and nothing recurses.
 */

export interface Shortcode {
  name: string;
  /** Arguments without a name, in order. */
  positional: string[];
  named: Record<string, string>;
  /** Where in the text it starts. */
  start: number;
  /** Whether it stands alone on its line, and so is a block; and the white space before it there. */
  block: boolean;
  indent: string;
}

interface Tag extends Shortcode {
  end: number;
  kind: 'open' | 'close' | 'single';
}

interface Frame {
  tag: Tag;
  out: string;
}

// What stands in a shortcode is copied for each one that it stands in.
const deepest = 50;

/**
 * The text with each shortcode replaced by what `render` makes of it and of its rendered inner text.
 * Throws InvalidPost if that is longer than `most`, or nested too deeply.
 */
export function replaceShortcodes(
  text: string,
  render: (shortcode: Shortcode, inner: string | undefined) => string,
  most: number,
): string {
  const tags = [...readTags(text)];
  const closed = pairs(tags);
  const frames: Frame[] = [];
  let out = '';
  let from = 0;
  for (const tag of tags) {
    out += unescaped(text.slice(from, tag.start));
    from = tag.end;
    if (tag.kind === 'close') {
      const frame = closed.has(tag) ? frames.pop() : undefined;
      // An end without a start says nothing.
      if (frame) out = frame.out + render(frame.tag, out);
    } else if (closed.has(tag)) {
      frames.push({ tag, out });
      if (frames.length > deepest) throw tooDeep();
      out = '';
    } else out += render(tag, undefined);
    within(out.length, most);
  }
  return out + unescaped(text.slice(from));
}

/** The shortcodes of a text, in order, without their inner texts. */
export function shortcodesOf(text: string): Shortcode[] {
  return [...readTags(text)].filter(({ kind }) => kind !== 'close');
}

/** The tags that open or close a pair: an end belongs to the nearest start of its name. */
function pairs(tags: readonly Tag[]): Set<Tag> {
  const closed = new Set<Tag>();
  const open: Tag[] = [];
  const count = new Map<string, number>();
  for (const tag of tags) {
    const known = count.get(tag.name) ?? 0;
    if (tag.kind === 'open') {
      open.push(tag);
      count.set(tag.name, known + 1);
    } else if (tag.kind === 'close' && known > 0) {
      // Starts passed on the way have no end: they stand alone.
      for (;;) {
        const last = open.pop()!;
        count.set(last.name, count.get(last.name)! - 1);
        if (last.name !== tag.name) continue;
        closed.add(last).add(tag);
        break;
      }
    }
  }
  return closed;
}

function tooDeep(): InvalidPost {
  return new InvalidPost(
    `its shortcodes are nested more than ${deepest} deep`,
    'Nest them less deeply.',
  );
}

// Each start without an end is read as far as it makes sense, and the next one anew.
const patience = 10;

function* readTags(text: string): Generator<Tag> {
  const opener = /\{\{[<%]/g;
  let spare = patience * text.length;
  for (;;) {
    const start = opener.exec(text)?.index;
    if (start === undefined) return;
    const read = readTag(text, start);
    if (typeof read === 'number') {
      spare -= read - start;
      if (spare < 0) throw tooManyOpen();
      continue;
    }
    opener.lastIndex = read.end;
    yield read;
  }
}

function tooManyOpen(): InvalidPost {
  return new InvalidPost(
    'too many of its shortcodes have no end',
    'Close each with `>}}` or `%}}`, and its quotes too.',
  );
}

const argument =
  /(?:([\w.-]+)\s{0,9}=\s{0,9})?(?:"((?:[^"\\]|\\[\s\S])*)"|`([^`]*)`|((?:[^\s"`<>%]|%(?!\}\}))+))/y;

/** One shortcode's tag; for what only looks like one, the place up to which it did. */
function readTag(text: string, start: number): Tag | number {
  const close = text[start + 2] === '<' ? '>}}' : '%}}';
  const head = /\s{0,99}(\/?)\s{0,9}(\w[\w./-]*)/y;
  head.lastIndex = start + 3;
  const match = head.exec(text);
  if (!match) return start;
  const tag: Tag = {
    name: match[2]!.replace(/\/$/, ''),
    positional: [],
    named: {},
    start,
    end: 0,
    kind: match[1] ? 'close' : match[2]!.endsWith('/') ? 'single' : 'open',
    block: false,
    indent: '',
  };
  let at = head.lastIndex;
  for (;;) {
    while (/\s/.test(text[at] ?? '')) at++;
    if (text.startsWith(`/${close}`, at)) {
      tag.kind = 'single';
      at++;
    }
    if (text.startsWith(close, at)) break;
    argument.lastIndex = at;
    const read = argument.exec(text);
    // A quote without its partner was looked for to the end.
    if (!read) return /["`=]/.test(text.slice(at, at + 1)) ? text.length : at;
    at = argument.lastIndex;
    takeArgument(tag, read);
  }
  tag.end = at + close.length;
  placeOnLine(tag, text);
  return tag;
}

function takeArgument(tag: Tag, [, name, quoted, raw, bare]: RegExpExecArray): void {
  const value = quoted?.replace(/\\(["\\])/g, '$1') ?? raw ?? bare ?? '';
  if (name === undefined) tag.positional.push(value);
  else tag.named[name.toLowerCase()] = value;
}

function placeOnLine(tag: Tag, text: string): void {
  const blank = (at: number): boolean => text[at] === ' ' || text[at] === '\t';
  let before = tag.start - 1;
  while (blank(before)) before--;
  let after = tag.end;
  while (blank(after)) after++;
  if (before >= 0 && text[before] !== '\n') return;
  tag.indent = text.slice(before + 1, tag.start);
  tag.block = after >= text.length || text[after] === '\n';
}

/** An author shows a shortcode by putting slashes and stars around what is inside the braces. */
function unescaped(text: string): string {
  return text.replace(/\{\{([<%])\/\*([\s\S]{0,2000}?)\*\/([>%])\}\}/g, '{{$1$2$3}}');
}
