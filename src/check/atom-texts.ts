import { baseOf } from './atom-links.ts';
import { judgeAttributes, note, noteUndefined, optional, type Rule, textOf } from './elements.ts';
import { tagFaults } from './markup.ts';
import { error, quoted, type Scope, warning } from './report.ts';
import { noteBlank, noteHtml, notePlain } from './texts.ts';
import { iriReference } from './uris.ts';
import { anything, mediaType } from './values.ts';
import type { Element } from './xml.ts';

/** Atom's text constructs (RFC 4287 §3.1) and content (§4.1.3). */

/** `<title>`, `<summary>`, `<rights>`, `<subtitle>`. */
export const text: Rule = (element, scope) => {
  const type = element.attributes.get('type')?.trim() ?? 'text';
  judgeAttributes(element, { type: optional(anything), ...foreign(element) }, scope);
  if (!['text', 'html', 'xhtml'].includes(type)) {
    note(
      element,
      error('InvalidTextType', `${quoted(type)} is not allowed; write text, html or xhtml`),
      scope,
      'type',
    );
    return;
  }
  judgeTyped(element, type, scope);
  noteBlank(element, scope);
};

export const judgeContent: Rule = (element, scope) => {
  const type = element.attributes.get('type')?.trim();
  const src = element.attributes.has('src');
  judgeAttributes(
    element,
    { type: optional(anything), src: optional(iriReference), ...foreign(element) },
    scope,
  );
  if (src) judgeRemote(element, type, scope);
  else if (type === undefined || ['text', 'html', 'xhtml'].includes(type)) {
    judgeTyped(element, type ?? 'text', scope);
    noteBlank(element, scope);
  } else judgeMedia(element, type, scope);
};

function foreign(element: Element) {
  const names = [...element.attributes.keys()].filter((name) => /[:}]/.test(name));
  return Object.fromEntries(names.map((name) => [name, optional(anything)]));
}

function judgeTyped(element: Element, type: string, scope: Scope): void {
  if (type === 'xhtml') {
    judgeXhtml(element, scope);
    return;
  }
  const inner = element.children[0];
  if (inner) {
    noteUndefined(inner, scope, 'escape the markup, or write type="xhtml" and a <div>');
  } else if (type === 'html') noteHtml(element, scope, baseOf(element) !== undefined);
  else notePlain(element, scope, 'ContainsUndeclaredHTML');
}

/** RFC 4287 §3.1.1.3: one `div` of XHTML, and nothing beside it. */
function judgeXhtml(element: Element, scope: Scope): void {
  const [div, second] = element.children;
  if (div?.name !== 'xhtml:div' || second || textOf(element) !== '') {
    const message =
      'must hold one <div xmlns="http://www.w3.org/1999/xhtml"> and nothing else; wrap what it holds';
    note(element, error('MissingXhtmlDiv', message), scope);
    return;
  }
  const waiting = [div];
  const hasBase = baseOf(element) !== undefined;
  const told = new Set<string>();
  for (let at = waiting.pop(); at; at = waiting.pop()) {
    waiting.push(...at.children);
    if (!at.name.startsWith('xhtml:')) continue;
    for (const fault of tagFaults(
      at.name.slice('xhtml:'.length),
      Object.fromEntries(at.attributes),
      hasBase,
    )) {
      if (told.has(fault.name)) continue;
      told.add(fault.name);
      note({ ...element, offset: at.offset }, fault, scope);
    }
  }
}

/** RFC 4287 §4.1.3.2: content elsewhere. */
function judgeRemote(element: Element, type: string | undefined, scope: Scope): void {
  if (textOf(element) !== '' || element.children.length > 0) {
    note(
      element,
      error('UnexpectedText', 'must be empty, for src says where its content is'),
      scope,
    );
  }
  if (type === undefined)
    note(element, warning('MissingTypeAttr', 'has no attribute type; add it'), scope);
  else note(element, mediaType('InvalidMIMEType')(type, scope), scope, 'type');
}

/** RFC 4287 §4.1.3.3: content of a media type. */
function judgeMedia(element: Element, type: string, scope: Scope): void {
  const fault = /^(multipart|message)\//i.test(type)
    ? error('InvalidMIMEType', `${quoted(type)} is a composite type, which is not allowed`)
    : mediaType('InvalidMIMEType')(type, scope);
  note(element, fault, scope, 'type');
  if (fault || /[+/]xml\s*(;|$)/i.test(type)) return;
  const inner = element.children[0];
  if (inner) noteUndefined(inner, scope, 'only a type of XML may hold elements');
  else if (!/^text\//i.test(type) && !/^[a-z\d+/\s]*={0,2}\s*$/i.test(element.text)) {
    note(element, error('NotBase64', `is not base64, which ${type} asks for`), scope);
  }
}
