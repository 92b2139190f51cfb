import markdownIt, { type Token } from 'markdown-it';
import { escapeText } from './attributes.ts';
import { xmlText } from './characters.ts';
import { cleanHtml } from './html.ts';

/** Titles and descriptions: a line of text in which authors use Markdown, entities or HTML, or none. */

// A tag of any other name was meant as text: `Box<T>`, `<your name>`.
const inlineElements = new Set(
  (
    'a abbr acronym b bdi bdo big br cite code del dfn em font i img ins kbd mark p q ruby rp rt s samp ' +
    'small span strike strong sub sup tt u var wbr'
  ).split(' '),
);
const marked = /[\\`*_~[\]<&!]/;
// Python's names are no emphasis.
const dunder = /(?<![\w\\])__([a-z][a-z0-9]*)__(?!\w)/g;
// Longer texts are no titles; they are not worth a parser's time.
const longest = 10_000;

const parser = markdownIt({ html: true });
parser.renderer.rules.html_inline = (tokens, at) => {
  const { content } = tokens[at]!;
  return isElement(content) ? content : escapeText(content);
};

/** Plain text of a line in which Markdown's inline markup, entities and HTML tags may stand. */
export function inlineText(text: string): string {
  const line = fold(text);
  if (!marked.test(line) || line.length > longest) return line;
  return fold(
    parser
      .parseInline(line.replace(dunder, '\\_\\_$1\\_\\_'), {})[0]!
      .children!.map(textOf)
      .join(''),
  );
}

/** Clean HTML of such a text; relative URLs are resolved against `base`. */
export function inlineHtml(text: string, base: string): string {
  const line = fold(text);
  if (!marked.test(line)) return escapeText(line);
  return cleanHtml(line.length > longest ? line : parser.renderInline(line), base).html;
}

function fold(text: string): string {
  return xmlText(text).replace(/\s+/g, ' ').trim();
}

function textOf(token: Token): string {
  switch (token.type) {
    case 'text':
    case 'text_special':
    case 'code_inline':
    case 'image':
      return token.content;
    case 'softbreak':
    case 'hardbreak':
      return ' ';
    case 'html_inline':
      if (!isElement(token.content)) return token.content;
      return /^<br\b/i.test(token.content) ? ' ' : '';
    default:
      return '';
  }
}

function isElement(tag: string): boolean {
  const name = /^<\/?([a-z][a-z0-9-]*)(?=[\s/>])/i.exec(tag)?.[1];
  return tag.startsWith('<!--') || (name !== undefined && inlineElements.has(name.toLowerCase()));
}
