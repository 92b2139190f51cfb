import { escapeAttribute, escapeText } from './attributes.ts';
import { mostOf } from './budget.ts';
import { codeBlock } from './code.ts';
import { replaceShortcodes, type Shortcode } from './shortcodes.ts';
import { lineCounter, linkTo, report, type Template } from './template.ts';

/**
 * What Hugo's shortcodes mean in a feed: links, figures, code and quotations, as HTML or Markdown that
 * the body's Markdown takes up. A site's own shortcodes are not known here; their text is kept.
 */

/** A shortcode's meaning, given its inner text, which is already rendered. */
type Meaning = (code: Shortcode, inner: string | undefined, template: Template) => string;

/** The body with its shortcodes replaced; throws InvalidPost if they nest or grow beyond measure. */
export function renderShortcodes(body: string, template: Template): string {
  if (!body.includes('{{<') && !body.includes('{{%')) return body;
  const lineOf = lineCounter(body);
  const left = new Set<string>();
  const meaning = (code: Shortcode, inner: string | undefined): string => {
    if (code.name === 'ref' || code.name === 'relref') {
      const page = (name: string) => pageOf(name, template);
      return linkTo(template, argument(code, 'path'), lineOf(code.start), page);
    }
    const known = Object.hasOwn(meanings, code.name) ? meanings[code.name]! : undefined;
    const text = (known ?? unknown)(code, inner, template);
    if (!known && text === '' && !left.has(code.name)) {
      left.add(code.name);
      report(
        template,
        `the shortcode \`${code.name.slice(0, 60)}\` is the blog's own: nothing stands for it in feeds`,
        'Write what readers of feeds should see as Markdown, or leave it so.',
        lineOf(code.start),
      );
    }
    // A block of HTML ends at a blank line; what follows is Markdown again.
    return code.block && text.startsWith('<') ? `${text}\n` : text;
  };
  return replaceShortcodes(body, meaning, mostOf(template.site));
}

/**
 * The address of a page of the blog that is no post of ours, `/guides/feeds/_index.md`: Hugo's own
 * rule. A bare name, or one with a date, should have been a post.
 */
function pageOf(name: string, { site }: Template): string | undefined {
  if (!/[^/]\/|^\//.test(name) || /\d{4}-\d\d-\d\d-[^/]*$/.test(name)) return undefined;
  const path = name
    .replace(/^\/|\/$/g, '')
    .replace(/(?:^|\/)_?index\.md$|\.(?:md|markdown|html)$/, '');
  return path.split('/').includes('..') ? undefined : `${site.url}/${path.toLowerCase()}/`;
}

const meanings: Record<string, Meaning> = {
  figure: image,
  img: image,
  image,
  picture: image,
  photo: image,
  highlight,
  code: highlight,
  gist: ({ positional: [user, id] }) =>
    user && id ? address(`https://gist.github.com/${user}/${id}`) : '',
  youtube: (code) => watch(code, 'https://www.youtube.com/watch?v='),
  vimeo: (code) => watch(code, 'https://vimeo.com/'),
  tweet: post,
  twitter: post,
  x: post,
  instagram: (code) => address(`https://www.instagram.com/p/${argument(code, 'id')}/`),
  qr: (code, inner) => address(inner?.trim() || argument(code, 'text')),
  audio: (code) => media('audio', code),
  video: (code) => media('video', code),
  param: (code, _inner, { source }) => scalar(source.matter[argument(code, 'name')]),
  toc: () => '',
  comment: () => '',
};
for (const name of [
  'blockquote',
  'quote',
  'note',
  'notice',
  'alert',
  'callout',
  'admonition',
  'hint',
  'tip',
  'warning',
  'info',
]) {
  meanings[name] = quotation;
}

/** A site's own shortcode: a quotation, a link or a section, as far as its arguments tell; or its text. */
function unknown(code: Shortcode, inner: string | undefined): string {
  const { named } = code;
  const target = named['href'] ?? named['url'];
  const label = named['text'] ?? named['label'] ?? named['title'];
  if (inner === undefined) {
    if (named['cite'] && named['text']) return quotation(code, named['text']);
    if (target && label) return link(target, label);
    return named['text'] ?? named['label'] ?? '';
  }
  const title = named['title']?.trim();
  return `${title ? `\n\n**${title.replace(/^\*\*|\*\*$/g, '')}**\n\n` : ''}${inner}`;
}

function argument({ named, positional }: Shortcode, name: string): string {
  return named[name] ?? positional[0] ?? '';
}

/** Hugo's own takes a language; without any it is a blog's marker pen. */
function highlight(code: Shortcode, inner = ''): string {
  const language = argument(code, 'lang');
  return language === '' && !inner.includes('\n')
    ? `<mark>${inner}</mark>`
    : codeBlock(inner, language);
}

function image(code: Shortcode): string {
  const src = argument(code, 'src');
  const { alt, caption, title, attr, link: target, width, height } = code.named;
  const text = caption ?? title;
  // A name without an extension is a key to a list of pictures that only the blog has.
  if (!/\.\w{2,5}(?:[?#]|$)|^(?:https?:)?\/\//.test(src)) return text ?? '';
  const size = [
    width && ` width="${escapeAttribute(width)}"`,
    height && ` height="${escapeAttribute(height)}"`,
  ];
  const picture = `<img src="${escapeAttribute(src)}" alt="${escapeAttribute(alt ?? text ?? '')}"${size.filter(Boolean).join('')}>`;
  const shown = target ? `<a href="${escapeAttribute(target)}">${picture}</a>` : picture;
  const words = [text, attr].filter(Boolean).join(' ');
  if (words === '') return code.block ? `<p>${shown}</p>` : shown;
  return `<figure>${shown}<figcaption>${escapeText(words)}</figcaption></figure>`;
}

function quotation(code: Shortcode, inner: string | undefined): string {
  const { title, author, cite, text } = code.named;
  const said = inner ?? text ?? code.positional[0] ?? '';
  const by = author ?? cite;
  const parts = [
    '<blockquote>',
    title && `**${title}**`,
    said.trim(),
    by && `— ${by}`,
    '</blockquote>',
  ];
  // In a list, what is not indented would end it.
  const gap = `\n\n${code.indent}`;
  return `${gap}${parts.filter(Boolean).join(gap)}${gap}`;
}

function watch(code: Shortcode, site: string): string {
  const id = argument(code, 'id').trim();
  const url = /^https?:/.test(id) ? id : site + encodeURIComponent(id);
  return id === '' ? '' : link(url, code.named['title'] ?? url);
}

/** A post on X: `{{< x user="SanDiegoZoo" id="1453110110599868418" >}}`, or the id alone. */
function post({ named, positional }: Shortcode): string {
  const id = named['id'] ?? positional.at(-1) ?? '';
  const user = named['user'] ?? (positional.length > 1 ? positional[0]! : 'i');
  return /^\d+$/.test(id) ? address(`https://x.com/${encodeURIComponent(user)}/status/${id}`) : '';
}

function media(element: 'audio' | 'video', code: Shortcode): string {
  const src = argument(code, 'src');
  return src === '' ? '' : `<${element} src="${escapeAttribute(src)}"></${element}>`;
}

function link(url: string, text: string): string {
  return `<a href="${escapeAttribute(url)}">${escapeText(text)}</a>`;
}

function address(url: string): string {
  return url === '' ? '' : link(url, url);
}

function scalar(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
