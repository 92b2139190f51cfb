import { escapeAttribute, escapeText } from './attributes.ts';
import { codeBlock, codeRanges } from './code.ts';
import { type Tag, tagsOf, words } from './tags.ts';
import { lineCounter, linkTo, nowhere, type Template } from './template.ts';

/** Hexo's tag plugins, and Octopress's, from which they come. A tag that is not known keeps its inner text. */

/** The body with its tags replaced; tags in code stay. */
export function renderHexoTags(body: string, template: Template): string {
  if (!body.includes('{%')) return body;
  const lineOf = lineCounter(body);
  const inCode = codeTest(body);
  const ends = endsOf(body);
  let out = '';
  let from = 0;
  for (const tag of tagsOf(body)) {
    // Inside what a verbatim tag has taken already, or shown as code.
    if (tag.start < from || inCode(tag.start)) continue;
    out += body.slice(from, tag.start);
    from = tag.end;
    const end = verbatim.has(tag.name) ? nextEnd(ends, tag) : undefined;
    if (end) {
      const inner = body.slice(tag.end, end.start);
      out += tag.name === 'raw' ? inner : codeBlock(inner, languageOf(tag.markup));
      from = end.end;
    } else out += hexoTag(tag, template, lineOf);
  }
  return out + body.slice(from);
}

const verbatim = new Set(['raw', 'codeblock', 'code']);

/** What stands for a tag that is not verbatim; nothing for one that is not known. */
export function hexoTag(
  { name, markup, start }: Pick<Tag, 'name' | 'markup' | 'start'>,
  template: Template,
  lineOf: (at: number) => number,
): string {
  if (!Object.hasOwn(meanings, name)) return '';
  const [first = '', ...rest] = words(markup);
  const text = rest.filter((word) => word !== 'true' && word !== 'false').join(' ');
  return meanings[name]!({ first, rest, text: text || first, template, line: lineOf(start) });
}

interface Call {
  /** The first word, and the others. */
  first: string;
  rest: string[];
  /** What a link of it says. */
  text: string;
  template: Template;
  line: number;
}

const quotation = { start: '\n\n<blockquote>\n\n', end: '\n\n</blockquote>\n\n' };

const meanings: Record<string, (call: Call) => string> = {
  post_link: ({ first, text, template, line }) => {
    const url = linkTo(template, first, line);
    return url === nowhere ? escapeText(text) : link(url, text);
  },
  post_path: ({ first, template, line }) => linkTo(template, first, line),
  asset_path: ({ first }) => encodeURI(first),
  asset_link: ({ first, text }) => link(encodeURI(first), text),
  asset_img: ({ first, rest }) => image([first, ...rest]),
  img: ({ first, rest }) => image([first, ...rest]),
  image: ({ first, rest }) => image([first, ...rest]),
  youtube: ({ first }) => watch('https://www.youtube.com/watch?v=', first),
  vimeo: ({ first }) => watch('https://vimeo.com/', first),
  gist: ({ first }) => watch('https://gist.github.com/', first),
  jsfiddle: ({ first }) => watch('https://jsfiddle.net/', first),
  iframe: ({ first }) => address(first),
  url: ({ first }) => address(first),
  link: ({ first, rest }) => link(rest[0] ?? first, first),
};
for (const name of ['blockquote', 'quote', 'pullquote', 'centerquote', 'cq', 'note']) {
  meanings[name] = () => quotation.start;
  meanings[`end${name}`] = () => quotation.end;
}

function watch(site: string, id: string): string {
  return address(/^https?:/.test(id) ? id : site + encodeURI(id));
}

/** `[class names] slug-or-path [width] [height] "title" "alt"`. */
function image(given: readonly string[]): string {
  const at = given.findIndex((word) => /[./]/.test(word));
  const src = given[Math.max(at, 0)] ?? '';
  const after = given.slice(Math.max(at, 0) + 1);
  const [width, height] = after.filter((word) => /^\d+$/.test(word));
  const [title, alt] = after.filter((word) => !/^\d+$/.test(word));
  const attributes = Object.entries({
    src: encodeURI(src),
    alt: alt ?? title ?? '',
    width,
    height,
  });
  const written = attributes.flatMap(([name, value]) =>
    value === undefined ? [] : `${name}="${escapeAttribute(value)}"`,
  );
  return src === '' ? '' : `<img ${written.join(' ')}>`;
}

function link(url: string, text: string): string {
  return `<a href="${escapeAttribute(url)}">${escapeText(text)}</a>`;
}

function address(url: string): string {
  return link(url, url);
}

/** `{% codeblock title lang:js %}`; Octopress's names it anywhere. */
function languageOf(markup: string): string {
  return /\blang:(\S+)/.exec(markup)?.[1] ?? '';
}

/** Where the ends of the verbatim tags stand, in order. */
function endsOf(body: string): Map<string, Tag[]> {
  const ends = new Map<string, Tag[]>();
  for (const tag of tagsOf(body)) {
    if (!tag.name.startsWith('end')) continue;
    const name = tag.name.slice('end'.length);
    if (!verbatim.has(name)) continue;
    const list = ends.get(name) ?? [];
    list.push(tag);
    ends.set(name, list);
  }
  for (const list of ends.values()) list.reverse();
  return ends;
}

function nextEnd(ends: Map<string, Tag[]>, { name, end }: Tag): Tag | undefined {
  const list = ends.get(name) ?? [];
  while (list.length > 0 && list.at(-1)!.start < end) list.pop();
  return list.pop();
}

/** Whether a place is in code; places are asked for in ascending order. */
function codeTest(body: string): (at: number) => boolean {
  const ranges = codeRanges(body);
  let next = 0;
  return (at) => {
    while (next < ranges.length && ranges[next]![1] <= at) next++;
    return next < ranges.length && ranges[next]![0] <= at;
  };
}
