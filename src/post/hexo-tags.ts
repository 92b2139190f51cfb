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

/** What stands for a tag that is not verbatim. */
export function hexoTag(
  { name, markup, start }: Pick<Tag, 'name' | 'markup' | 'start'>,
  template: Template,
  lineOf: (at: number) => number,
): string {
  const [first = '', ...rest] = words(markup);
  const text = rest.filter((word) => word !== 'true' && word !== 'false').join(' ');
  switch (name) {
    case 'post_link':
    case 'post_path': {
      const url = linkTo(template, first, lineOf(start));
      if (name === 'post_path') return url;
      return url === nowhere ? escapeText(text || first) : link(url, text || first);
    }
    case 'asset_path':
      return encodeURI(first);
    case 'asset_link':
      return link(encodeURI(first), text || first);
    case 'asset_img':
    case 'img':
    case 'image':
      return image([first, ...rest]);
    case 'youtube':
      return address(/^https?:/.test(first) ? first : `https://www.youtube.com/watch?v=${first}`);
    case 'vimeo':
      return address(/^https?:/.test(first) ? first : `https://vimeo.com/${first}`);
    case 'gist':
      return address(`https://gist.github.com/${first}`);
    case 'jsfiddle':
      return address(`https://jsfiddle.net/${first}/`);
    case 'iframe':
    case 'link':
    case 'url':
      return name === 'link' ? link(rest[0] ?? first, first) : address(first);
    case 'blockquote':
    case 'quote':
    case 'pullquote':
    case 'centerquote':
    case 'cq':
    case 'note':
      return '\n\n<blockquote>\n\n';
    case 'endblockquote':
    case 'endquote':
    case 'endpullquote':
    case 'endcenterquote':
    case 'endcq':
    case 'endnote':
      return '\n\n</blockquote>\n\n';
    default:
      return '';
  }
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
