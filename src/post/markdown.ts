import { createHash } from 'node:crypto';
import markdownIt, { type MarkdownIt, type StateCore, type Token } from 'markdown-it';
import abbreviations from 'markdown-it-abbr';
import attributeLists from 'markdown-it-attrs';
import definitionLists from 'markdown-it-deflist';
import footnotes from 'markdown-it-footnote';
import { within } from './budget.ts';
import type { Dialect } from './post.ts';

/**
 * Markdown as the post's own tool reads it, to HTML that is not clean yet. The parsers are made once
 * for each set of syntaxes that bodies turn out to need: most need few, and each one costs time.
 */

/** Syntaxes beyond CommonMark, tables, strikethrough and task lists. */
type Syntax =
  | 'abbreviations'
  | 'attributes'
  | 'definitions'
  | 'footnotes'
  | 'heading-ids'
  | 'stray-attributes';

const parsers = new Map<string, MarkdownIt>();

/** How far a text may go, and who is told what of it was left out. */
export interface Bounds {
  /** Characters of HTML. */
  most: number;
  tell: (cause: string, remedy: string) => void;
}

const unbounded: Bounds = { most: Number.POSITIVE_INFINITY, tell: () => {} };

/**
 * HTML of a Markdown text; `link`, the post's address, makes the ids of its footnotes its own.
 * Throws InvalidPost if it becomes too long.
 */
export function renderMarkdown(
  text: string,
  dialect: Dialect,
  link: string,
  bounds = unbounded,
): string {
  const syntaxes = syntaxesOf(text, dialect, bounds);
  const name = [dialect, ...syntaxes].join(' ');
  const parser = parsers.get(name) ?? parserFor(dialect, syntaxes);
  parsers.set(name, parser);
  const env = syntaxes.includes('footnotes') ? { docId: shortHash(link) } : {};
  const source = dialect === 'jekyll' ? withoutKramdownOptions(text) : text;
  const tokens = parser.parse(source, env);
  measure(tokens, bounds);
  return parser.renderer.render(tokens, parser.options, env);
}

// markdown-it's own bound: what lies deeper in quotes and lists it leaves out.
const deepest = 100;

/** One long address, title or footnote may stand in many places: what is written is counted before. */
function measure(tokens: readonly Token[], { most, tell }: Bounds): void {
  let length = 0;
  let isTooDeep = false;
  for (const token of tokens) {
    length += sizeOf(token);
    for (const child of token.children ?? []) length += sizeOf(child);
    isTooDeep ||= token.level >= deepest - 1 && containers.has(token.type);
    within(length, most);
  }
  if (isTooDeep) {
    tell(
      `quotes or lists are nested ${deepest} deep or more: what is deeper is left out`,
      'Nest them less deeply.',
    );
  }
}

const containers = new Set([
  'blockquote_open',
  'list_item_open',
  'dd_open',
  'footnote_reference_open',
]);

function sizeOf({ type, content, attrs }: Token): number {
  if (type === 'inline') return 0;
  return (attrs ?? []).reduce((sum, [, value]) => sum + String(value).length, content.length);
}

// The plugins' time grows with the square of their number.
const mostFootnotes = 1000;

function syntaxesOf(text: string, dialect: Dialect, { tell }: Bounds): Syntax[] {
  const syntaxes: Syntax[] = [];
  const kramdown = dialect === 'jekyll';
  if (kramdown && /^ {0,3}\*\[/m.test(text)) syntaxes.push('abbreviations');
  if (kramdown && text.includes('{:')) {
    if (areAttributesFew(text)) syntaxes.push('attributes');
    else {
      syntaxes.push('stray-attributes');
      tell('it has too many attribute lists, `{: …}`: they are left out', 'Write fewer.');
    }
  }
  if ((kramdown || dialect === 'hugo') && /^ {0,3}: /m.test(text)) syntaxes.push('definitions');
  if (text.includes('[^')) {
    if (count(text, /\[\^|\^\[/g, mostFootnotes) <= mostFootnotes) syntaxes.push('footnotes');
    else {
      tell(
        `it has more than ${mostFootnotes} footnotes: they are left as written`,
        'Write fewer, or divide the post.',
      );
    }
  }
  if (/^#.*\{[#.]/m.test(text)) syntaxes.push('heading-ids');
  return syntaxes;
}

/** For each list the plugin looks through all that stands before it in its paragraph or list. */
function areAttributesFew(text: string): boolean {
  let all = 0;
  let near = 0;
  for (const paragraph of text.split(/\n[ \t]*\n/)) {
    const lists = paragraph.split('{:').length - 1;
    all += lists;
    near += lists * paragraph.length;
  }
  return near <= 5_000_000 && all * text.length <= 100_000_000;
}

function count(text: string, pattern: RegExp, most: number): number {
  let found = 0;
  for (const _ of text.matchAll(pattern)) if (++found > most) break;
  return found;
}

function parserFor(dialect: Dialect, syntaxes: readonly Syntax[]): MarkdownIt {
  const parser = markdownIt({
    html: true,
    // Hexo's renderer breaks lines; kramdown alone of all leaves bare addresses as they are.
    breaks: dialect === 'hexo',
    linkify: dialect !== 'jekyll',
    typographer: dialect !== 'plain',
  });
  // The HTML pass takes URLs apart; to do it here too cost a tenth of the time of all Markdown.
  parser.normalizeLink = (url) => parser.utils.lib.mdurl.encode(url);
  parser.linkify.set({ fuzzyLink: false, fuzzyEmail: false });
  // markdown-it's own would also turn 501(c)(3) into 501©(3), which no blog's tool does.
  parser.core.ruler.at('replacements', dashes);
  parser.core.ruler.after('block', 'indented-html', indentedHtml);
  parser.core.ruler.push('task-lists', taskLists);
  parser.renderer.rules.fence = fence;
  // MDX has no indented code: its components indent what they hold.
  if (dialect === 'mdx') parser.disable('code');
  if (syntaxes.includes('abbreviations')) parser.use(abbreviations);
  if (syntaxes.includes('attributes')) {
    parser.use(attributeLists, {
      leftDelimiter: '{:',
      allowedAttributes: ['id', 'class'],
      fenceAttrsOnPre: false,
      // A list that it fails on is a stray one; it would print where it failed.
      errorHandler: () => {},
    });
  }
  if (syntaxes.some((one) => one === 'attributes' || one === 'stray-attributes')) {
    parser.core.ruler.before('linkify', 'stray-attributes', strayAttributes);
  }
  if (syntaxes.includes('definitions')) parser.use(definitionLists);
  if (syntaxes.includes('footnotes')) parser.use(footnotes);
  if (syntaxes.includes('heading-ids')) parser.core.ruler.push('heading-ids', headingIds);
  return parser;
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

/** Dashes and dots as SmartyPants, kramdown and Goldmark all have them. */
function dashes(state: StateCore): void {
  if (!state.md.options.typographer) return;
  for (const token of state.tokens) {
    if (token.type !== 'inline' || !/--|\.\.\./.test(token.content)) continue;
    let links = 0;
    for (const child of token.children ?? []) {
      if (child.type === 'link_open' && child.info === 'auto') links++;
      else if (child.type === 'link_close' && child.info === 'auto') links--;
      else if (child.type === 'text' && links === 0) child.content = dashed(child.content);
    }
  }
}

function dashed(text: string): string {
  return text
    .replace(/-{2,}/g, (run) => (run.length === 2 ? '–' : run.length === 3 ? '—' : run))
    .replace(/\.{3,}/g, (run) => (run.length === 3 ? '…' : run));
}

/** HTML that is indented within an element that is open is never code, for its author sees it so. */
function indentedHtml({ tokens }: StateCore): void {
  let depth = 0;
  for (const token of tokens) {
    if (token.type === 'code_block' && depth > 0 && /^<\/?[a-z]/i.test(token.content)) {
      token.type = 'html_block';
    }
    if (token.type !== 'html_block') continue;
    for (const [, end] of token.content.matchAll(
      /<(\/?)(?:article|aside|center|div|dl|figure|main|ol|section|table|tbody|td|tr|ul)\b/gi,
    )) {
      depth = Math.max(0, depth + (end ? -1 : 1));
    }
  }
}

/** `- [x] done` as GitHub has it; feeds carry no form controls. */
function taskLists({ tokens }: StateCore): void {
  for (let at = 2; at < tokens.length; at++) {
    if (tokens[at]!.type !== 'inline' || tokens[at - 2]!.type !== 'list_item_open') continue;
    const first = tokens[at]!.children?.[0];
    if (first?.type !== 'text') continue;
    first.content = first.content.replace(/^\[([ xX])\](?=\s)/, (_all, mark) =>
      mark === ' ' ? '☐' : '☑',
    );
  }
}

/** Goldmark's and markdown-it-anchor's `## Title {#id .class}`: only headings, so braces in text stay. */
function headingIds({ tokens }: StateCore): void {
  for (let at = 1; at < tokens.length; at++) {
    const opening = tokens[at - 1]!;
    if (opening.type !== 'heading_open') continue;
    const last = tokens[at]!.children?.at(-1);
    if (last?.type !== 'text') continue;
    const text = last.content.trimEnd();
    const start = text.endsWith('}') ? text.lastIndexOf('{') : -1;
    const list = start < 0 ? undefined : /^\{([#.][^{}]*)\}$/.exec(text.slice(start))?.[1];
    if (list === undefined) continue;
    last.content = text.slice(0, start).trimEnd();
    const id = /#([^\s.#]+)/.exec(list)?.[1];
    if (id) opening.attrSet('id', id);
  }
}

/** An attribute list that kramdown would have taken but the plugin did not: never text. */
function strayAttributes({ tokens }: StateCore): void {
  for (const token of tokens) {
    for (const child of token.children ?? []) {
      if (child.type === 'text' && child.content.includes('{:')) {
        child.content = child.content.replace(/\{:{1,2}[^{}]*\}/g, '');
      }
    }
  }
}

/** Code with its language, which may be written `{.python}`, `{python}` or `python:file.py`. */
function fence(tokens: Token[], at: number): string {
  const { info, content } = tokens[at]!;
  const language = /^\s*\{?\s*\.?([\w+#-]+)/.exec(info)?.[1];
  const attribute = language ? ` class="language-${language}"` : '';
  return `<pre><code${attribute}>${codeText(content)}</code></pre>\n`;
}

function codeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

/** kramdown's table of contents, options and comments: none of them is text. */
function withoutKramdownOptions(text: string): string {
  if (!text.includes('{:')) return withMarkdownInHtml(text);
  const shorter = text
    .replace(/^ {0,3}(?:[-*+]|\d{1,9}\.) [^\n]*\n {0,3}\{:\s*\.?toc[^}\n]*\}[^\n]*$/gim, '')
    .replace(/\{::(?:comment|options)[^{}\n]*\/\}|\{::\/?(?:nomarkdown|options)[^{}\n]*\}/g, '')
    .replace(/^ {0,3}\{:\s*\.?(?:toc|no_toc)[^}\n]*\}[^\n]*$/gim, '');
  return withMarkdownInHtml(shorter);
}

/** `<div markdown="1">`: a blank line after the start tag, and before the end tag, lets Markdown in. */
function withMarkdownInHtml(text: string): string {
  if (!/\bmarkdown=/.test(text)) return text;
  const names = new Set<string>();
  const opened = text.replace(
    /<([a-z]\w{0,20})\b([^<>\n]{0,500}?)\smarkdown=["']?(?:1|block|span|true)["']?([^<>\n]{0,500})>/g,
    (_all, name: string, before: string, after: string) => {
      names.add(name);
      return `<${name}${before}${after}>\n\n`;
    },
  );
  return opened.replace(/<\/(\w{1,20})>/g, (tag, name: string) =>
    names.has(name) ? `\n\n${tag}\n\n` : tag,
  );
}
