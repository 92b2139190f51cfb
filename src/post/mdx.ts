import { escapeAttribute } from './attributes.ts';
import { changeProse } from './code.ts';

/**
 * MDX without a JavaScript engine: imports and exports go, component tags go and their text stays,
 * expressions go unless they are plain strings. Code is left alone.
 */

/** The body as Markdown. */
export function renderMdx(body: string): string {
  const prose = body.includes('import') || body.includes('export') ? withoutModules(body) : body;
  return /[<{]/.test(prose) ? changeProse(prose, withoutJsx) : prose;
}

const statement =
  /^(?:import\s+(?:["']|[\w*{][^\n]*\bfrom\s*["']|(?:\w+\s*,\s*)?\{[^"'\n]*$)|export\s+(?:(?:const|let|var|default|function|async|class|type|interface)\b|[{*]))/;

/** ESM stands in blocks of its own, which end at a blank line once their brackets are closed. */
function withoutModules(body: string): string {
  const kept: string[] = [];
  let fence: string | undefined;
  let inModule = false;
  let depth = 0;
  for (const line of body.split('\n')) {
    const mark = /^[ \t>]*(`{3,}|~{3,})/.exec(line)?.[1];
    if (!inModule && mark && (fence === undefined || mark.startsWith(fence))) {
      fence = fence === undefined ? mark : undefined;
    }
    const fresh = kept.length === 0 || kept.at(-1)!.trim() === '';
    if (fence === undefined && !inModule && fresh && statement.test(line)) inModule = true;
    if (!inModule) {
      kept.push(line);
      continue;
    }
    depth += (line.match(/[({[]/g)?.length ?? 0) - (line.match(/[)}\]]/g)?.length ?? 0);
    if (depth <= 0 && (line.trim() === '' || /;\s*$/.test(line))) {
      inModule = false;
      depth = 0;
      // The line counts as blank: another statement may follow.
      kept.push('');
    }
  }
  return kept.join('\n');
}

/** Prose without component tags, comments and expressions. One scan from left to right. */
function withoutJsx(prose: string): string {
  const special = /[<{\\]/g;
  // Once no end is found, none is left: looking again would make the scan quadratic.
  const ended = { '<': false, '{': false, '\\': true };
  let out = '';
  let at = 0;
  for (;;) {
    special.lastIndex = at;
    const start = special.exec(prose)?.index;
    if (start === undefined) return out + prose.slice(at);
    out += prose.slice(at, start);
    const mark = prose[start] as keyof typeof ended;
    const end = ended[mark]
      ? undefined
      : mark === '{'
        ? endOfBraces(prose, start)
        : endOfTag(prose, start);
    ended[mark] ||= end === undefined;
    if (end === undefined || end === start) {
      at = start + (mark === '\\' ? 2 : 1);
      out += prose.slice(start, at);
    } else {
      const text = prose.slice(start, end);
      out += mark === '{' ? expression(text.slice(1, -1)) : tag(text);
      at = end;
    }
  }
}

/** The place after the brace that closes the one at `start`; undefined when none does. */
function endOfBraces(text: string, start: number): number | undefined {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    if (text[at] === '{') depth++;
    else if (text[at] === '}' && --depth === 0) return at + 1;
  }
  return undefined;
}

/** The place after the tag at `start`; `start` itself when there is no tag, undefined when it has no end. */
function endOfTag(text: string, start: number): number | undefined {
  const name = /\/?(?:[A-Za-z][\w.:-]*)?(?=[\s/>])/y;
  name.lastIndex = start + 1;
  if (!name.test(text)) return start;
  for (let at = name.lastIndex; at < text.length; at++) {
    const character = text[at]!;
    if (character === '>') return at + 1;
    if (character === '<') return start;
    if (character === '"' || character === "'") at = text.indexOf(character, at + 1);
    else if (character === '{') at = (endOfBraces(text, at) ?? 0) - 1;
    if (at < 0) return undefined;
  }
  return undefined;
}

/** A component's tag goes; of an element's, the attributes are put as HTML has them. */
function tag(text: string): string {
  const name = /^<\/?([A-Za-z][\w.:-]*)?/.exec(text)?.[1] ?? '';
  if (!/^(?:[A-Z]|$)|\./.test(name))
    return /[{]|className=|htmlFor=/.test(text) ? asHtml(text) : text;
  const attributes = attributesOf(text);
  const { id, src, url, alt = '' } = attributes;
  if (/^(?:Image|Img|Figure|Picture|Zoom)/.test(name) && src) {
    return `<img src="${escapeAttribute(src)}" alt="${escapeAttribute(alt)}">`;
  }
  const video = id ?? url;
  if (/^(?:YouTube|LiteYouTube)/i.test(name) && video) {
    const page = /^https?:/.test(video) ? video : `https://www.youtube.com/watch?v=${video}`;
    return `<a href="${escapeAttribute(page)}">${escapeAttribute(page)}</a>`;
  }
  return '';
}

function asHtml(text: string): string {
  const head = /^<\/?[\w.:-]*/.exec(text)![0];
  let html = head;
  for (const [name, value] of Object.entries(attributesOf(text))) {
    const known = name === 'className' ? 'class' : name === 'htmlFor' ? 'for' : name;
    html += ` ${known}="${escapeAttribute(value)}"`;
  }
  return `${html}${/\/>$/.test(text) ? ' /' : ''}>`;
}

/** The attributes whose values are strings. */
function attributesOf(text: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  const pattern = /([A-Za-z_:][\w:.-]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|(\{)))?/g;
  pattern.lastIndex = /^<\/?[\w.:-]*/.exec(text)![0].length;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const [, name = '', double, single, brace] = match;
    if (brace) {
      const end = endOfBraces(text, pattern.lastIndex - 1) ?? text.length;
      const value = stringValue(text.slice(pattern.lastIndex, end - 1).trim());
      if (value !== undefined) attributes[name] = value;
      pattern.lastIndex = end;
    } else attributes[name] = double ?? single ?? '';
  }
  return attributes;
}

function expression(code: string): string {
  const text = code.trim();
  const comment = /^\/\*([\s\S]*)\*\/$/.exec(text)?.[1];
  if (comment !== undefined)
    return /^\s*(?:truncate|more|excerpt)\s*$/.test(comment) ? `<!--${comment.trim()}-->` : '';
  return stringValue(text) ?? '';
}

/** The value of an expression that is only a string. */
function stringValue(code: string): string | undefined {
  return /^(["'`])((?:(?!\1)[^\\$]|\\.|\$(?!\{))*)\1$/s.exec(code)?.[2]?.replace(/\\(.)/gs, '$1');
}
