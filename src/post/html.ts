import { Parser } from 'htmlparser2';
import { defaultLimits } from '../site.ts';
import { type Attributes, cleanAttributes, escapeText, startTag } from './attributes.ts';
import { mostOf, within } from './budget.ts';
import { xmlText } from './characters.ts';
import { dropped, holders, hollow, kept, unwrapped, voids } from './elements.ts';
import type { Enclosure } from './entry.ts';
import { mediaType } from './media-type.ts';
import { playerPage } from './players.ts';
import type { Body } from './post.ts';
import { type Resolver, resolver } from './urls.ts';

/**
 * The one pass over a body's HTML. Any tag soup enters; what leaves is well nested, has only elements
 * and attributes of the allow-lists, absolute URLs, and no character that XML forbids. On the way it
 * notes what entries are made of: first paragraph, heading and image, media, and the excerpt.
 */

/** An element that is open, as the parser sees it. */
interface Frame {
  name: string;
  /** Whether its tags are in the output. */
  written: boolean;
  /** Whether its content is dropped. */
  muted: boolean;
  /** Where in the output its start tag stands. */
  at: number;
  /** How many pieces of text came before it. */
  texts: number;
  /** The start tag as written, if it may be no tag at all: `<your name>`. */
  source?: string;
  /** Of an `<object>`, `<audio>` or `<video>`: its address has been noted. */
  noted: boolean;
}

interface Pass {
  urls: Resolver;
  out: string[];
  /** Characters of start tags so far, for addresses become longer on the way. */
  tags: number;
  most: number;
  open: Frame[];
  /** How many of the open elements are muted. */
  muted: number;
  /** Pieces of text written so far that are not blank. */
  texts: number;
  heading?: string;
  excerpt?: string;
  paragraph?: string;
  image?: string;
  media: Enclosure[];
}

// Deeper than any author nests; beyond it the parser's own stack would cost quadratic time.
const deepest = 256;
const markers =
  /^\s*(?:more|excerpt|truncate|readmore|read-more|end-?excerpt|excerpt-?end)\s*$|^more\s/i;

const usual = mostOf({ limits: defaultLimits });

/** Cleans the HTML of the post at `link`, and notes its parts. Throws InvalidPost if it becomes longer than `most`. */
export function cleanHtml(html: string, link: string, most = usual): Omit<Body, 'problems'> {
  const pass: Pass = {
    urls: resolver(link),
    out: [],
    tags: 0,
    most,
    open: [],
    muted: 0,
    texts: 0,
    media: [],
  };
  const parser = new ShallowParser(pass.open, {
    onopentag: (name, attributes) => {
      onOpen(pass, name, attributes);
      if (isPlaceholder(pass, name)) {
        pass.out.push('');
        pass.open.at(-1)!.source = html.slice(parser.startIndex, parser.endIndex + 1);
      }
    },
    onclosetag: (_name, isImplied) => onClose(pass, isImplied),
    ontext: (text) => onText(pass, text),
    oncomment: (text) => onComment(pass, text),
  });
  parser.end(html);
  const clean = pass.out.join('').trim();
  within(clean.length, most);
  return {
    html: clean,
    firstParagraph: pass.paragraph?.trim() ?? '',
    media: pass.media,
    ...(pass.excerpt && { excerpt: pass.excerpt.trim() }),
    ...(pass.heading && { firstHeading: pass.heading.replace(/\s+/g, ' ').trim() }),
    ...(pass.image && { firstImage: pass.image }),
  };
}

/** A parser for which every element too deep is void: opened, and closed at once. */
class ShallowParser extends Parser {
  readonly #open: readonly Frame[];
  #tooDeep = false;

  constructor(open: readonly Frame[], handler: ConstructorParameters<typeof Parser>[0]) {
    super(handler);
    this.#open = open;
  }

  override onopentagname(start: number, end: number): void {
    this.#tooDeep = this.#open.length >= deepest;
    super.onopentagname(start, end);
  }

  override onclosetag(start: number, end: number): void {
    this.#tooDeep = false;
    super.onclosetag(start, end);
  }

  protected override isVoidElement(name: string): boolean {
    return this.#tooDeep || super.isVoidElement(name);
  }
}

function onOpen(pass: Pass, name: string, attributes: Attributes): void {
  const frame: Frame = {
    name,
    written: false,
    muted: pass.muted > 0 || dropped.has(name),
    at: pass.out.length,
    texts: pass.texts,
    noted: false,
  };
  if (isEmbedding(name)) writeEmbedding(pass, frame, attributes);
  else if (!frame.muted && kept.has(name)) writeStart(pass, frame, attributes);
  else if (name === 'math' && !frame.muted && attributes['alttext']) {
    onText(pass, attributes['alttext']);
    frame.muted = true;
  } else if (separates.has(name) && !/\s$/.test(pass.out.at(-1) ?? ' ')) onText(pass, ' ');
  pass.open.push(frame);
  if (frame.muted) pass.muted++;
}

// Unwrapped or dropped, they stood between words all the same.
const separates = new Set(['button', 'fieldset', 'form', 'input', 'label', 'legend', 'option']);

function writeStart(pass: Pass, frame: Frame, given: Attributes): void {
  const { name } = frame;
  const attributes = cleanAttributes(name, given, pass.urls);
  if (name === 'a' && !isAnchor(pass, attributes)) return;
  if (name === 'img' && !attributes['src'] && !attributes['srcset']) return;
  if (name === 'source' || name === 'track') {
    if (!attributes['src'] && !attributes['srcset']) return;
  }
  noteStart(pass, frame, attributes);
  // Without controls nothing is shown, and nothing may play by itself.
  if (name === 'audio' || name === 'video') attributes['controls'] = '';
  frame.written = true;
  writeTag(pass, name, attributes);
}

function writeTag(pass: Pass, name: string, attributes: Attributes): void {
  const tag = startTag(name, attributes);
  pass.tags += tag.length;
  within(pass.tags, pass.most);
  pass.out.push(tag);
}

/** A link in a link is closed by every browser; an `<a>` that leads nowhere is only text. */
function isAnchor(pass: Pass, attributes: Attributes): boolean {
  if (pass.open.some((frame) => frame.name === 'a' && frame.written)) return false;
  return 'href' in attributes || 'id' in attributes || 'name' in attributes;
}

function noteStart(pass: Pass, frame: Frame, attributes: Attributes): void {
  const { name } = frame;
  const src = attributes['src'];
  if (!src) return;
  if (name === 'img') {
    const pixel = attributes['width'] === '1' || attributes['height'] === '1';
    if (!pixel && !src.startsWith('data:')) pass.image ??= src;
  } else if (name === 'audio' || name === 'video') {
    noteMedia(pass, frame, src, undefined);
  } else if (name === 'source') {
    const player = pass.open.findLast((outer) => outer.name === 'audio' || outer.name === 'video');
    if (player && !player.noted) noteMedia(pass, player, src, attributes['type']);
  }
}

const mostMedia = 100;

function noteMedia(pass: Pass, player: Frame, url: string, given: string | undefined): void {
  player.noted = true;
  if (pass.media.length >= mostMedia) return;
  const declared = (given ?? '').split(';', 1)[0]!.trim().toLowerCase();
  const type = declared.includes('/') ? declared : mediaType(url);
  const fallback = player.name === 'audio' ? 'audio/mpeg' : 'video/mp4';
  if (pass.media.every((known) => known.url !== url)) {
    pass.media.push({ url, type: type ?? fallback });
  }
}

function isEmbedding(name: string): boolean {
  return name === 'iframe' || name === 'embed' || name === 'object' || name === 'param';
}

/** A player or framed page becomes a link to it: readers show no frames. */
function writeEmbedding(pass: Pass, frame: Frame, attributes: Attributes): void {
  const object = pass.open.findLast((outer) => outer.name === 'object');
  // What is muted only by the object itself is its fallback, and may still give the address.
  const hidden = pass.muted > (object ? 1 : 0) || object?.noted;
  frame.muted = true;
  if (hidden) return;
  const url = pass.urls.resource(embeddedUrl(frame.name, attributes));
  if (!url) return;
  frame.noted = true;
  if (object) object.noted = true;
  writeLink(pass, playerPage(url), attributes['title']);
}

function embeddedUrl(name: string, attributes: Attributes): string {
  if (name === 'param') {
    const names = /^(?:movie|src|url)$/i.test(attributes['name'] ?? '');
    return names ? (attributes['value'] ?? '') : '';
  }
  const address = name === 'object' ? attributes['data'] : attributes['src'];
  return address || (attributes['data-src'] ?? '');
}

function writeLink(pass: Pass, url: string, title: string | undefined): void {
  const text = escapeText(title?.trim() || url);
  const parent = pass.open.findLast((frame) => frame.written);
  const linked = pass.open.some((frame) => frame.name === 'a' && frame.written);
  const link = linked ? text : `${startTag('a', { href: url })}${text}</a>`;
  pass.tags += link.length;
  within(pass.tags, pass.most);
  pass.out.push(!parent || holders.has(parent.name) ? `<p>${link}</p>` : link);
}

function onText(pass: Pass, given: string): void {
  if (pass.muted > 0) return;
  const text = xmlText(given);
  pass.out.push(escapeText(text));
  if (/\S/.test(text)) pass.texts++;
}

/** Whether a tag has the name of no element, so that its author may have meant what he wrote. */
function isPlaceholder(pass: Pass, name: string): boolean {
  if (pass.muted > 0 || !/^[a-z]\w*$/.test(name)) return false;
  if (kept.has(name) || dropped.has(name) || unwrapped.has(name)) return false;
  return pass.open.every((frame) => frame.name !== 'math');
}

function onClose(pass: Pass, isImplied: boolean): void {
  const frame = pass.open.pop();
  if (!frame) return;
  if (frame.muted) pass.muted--;
  // Without an end tag it was a placeholder: `ssh <user>@host`.
  if (frame.source && isImplied) pass.out[frame.at] = escapeText(xmlText(frame.source));
  if (!frame.written || voids.has(frame.name)) return;
  const { out } = pass;
  if (
    hollow.has(frame.name) &&
    isBlank(out, frame.at + 1) &&
    !/ (?:id|name)="/.test(out[frame.at]!)
  ) {
    out.length = frame.at;
    return;
  }
  if (frame.texts < pass.texts) notePart(pass, frame);
  out.push(`</${frame.name}>`);
}

function isBlank(out: readonly string[], from: number): boolean {
  for (let at = from; at < out.length; at++) if (/\S/.test(out[at]!)) return false;
  return true;
}

function notePart(pass: Pass, { name, at }: Frame): void {
  if (name === 'p' && pass.paragraph === undefined) {
    pass.paragraph = withoutNotes(pass.out.slice(at + 1)).join('');
  } else if (pass.heading === undefined && /^h[1-6]$/.test(name)) {
    pass.heading = textOf(pass.out.slice(at + 1));
  }
}

/** A summary has no footnotes, so it names none. */
function withoutNotes(pieces: readonly string[]): string[] {
  let inNote = false;
  return pieces.filter((piece) => {
    if (piece === '<sup class="footnote-ref">') inNote = true;
    const stays = !inNote;
    if (piece === '</sup>') inNote = false;
    return stays;
  });
}

/** Text of pieces of clean output: a start or end tag is a piece of its own. */
function textOf(pieces: readonly string[]): string {
  return pieces
    .filter((piece) => !/^<[a-z/]/.test(piece))
    .join('')
    .replace(/&(lt|gt|amp);/g, (_all, name) => (name === 'lt' ? '<' : name === 'gt' ? '>' : '&'));
}

function onComment(pass: Pass, text: string): void {
  if (pass.excerpt !== undefined || pass.muted > 0 || pass.texts === 0) return;
  if (!markers.test(text)) return;
  // Cut here, close what is open, and leave out what was opened only for what follows.
  const head = pass.out.slice();
  for (const { written, name, at } of pass.open.toReversed()) {
    if (!written || voids.has(name)) continue;
    if (isBlank(head, at + 1)) head.length = at;
    else head.push(`</${name}>`);
  }
  pass.excerpt = head.join('');
}
