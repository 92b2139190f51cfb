import { type Attributes, leaf, note, type Rule, textOf } from './elements.ts';
import { judgeHtml, markupIn } from './markup.ts';
import { error, type Fault, type Scope, warning } from './report.ts';
import { anything } from './values.ts';
import type { Element } from './xml.ts';

/** Rules about elements that hold text: plain, or HTML. */

/** Plain text of RSS, where some readers show markup as it stands and others obey it. */
export function plain(attributes: Attributes = {}): Rule {
  return (element, scope) => {
    leaf(anything, attributes)(element, scope);
    notePlain(element, scope);
  };
}

/** Plain text that must not be empty. */
export function title(attributes: Attributes = {}): Rule {
  return (element, scope) => {
    plain(attributes)(element, scope);
    noteBlank(element, scope);
  };
}

export function noteBlank(element: Element, scope: Scope): void {
  if (textOf(element) === '' && element.children.length === 0) {
    note(element, warning('NotBlank', 'is empty; give it a value or leave it out'), scope);
  }
}

export function notePlain(element: Element, scope: Scope, name = 'ContainsHTML'): void {
  const value = textOf(element);
  const markup = markupIn(value);
  const raw = scope.text.slice(element.inside, element.end);
  // RSS Profile: a hexadecimal reference tells readers that the character itself is meant.
  const meant = /&#x(26|3c);/i.test(raw);
  if (markup && (markup.startsWith('<') || !meant)) {
    note(
      element,
      warning(name, `contains ${markup}, which is plain text here; remove the markup`),
      scope,
    );
  } else if (scope.spec === 'RSS 2.0' && !meant && /<[/a-z]/i.test(value)) {
    const remedy =
      'write < as &#x3C; and & as &#x26; in plain text, so that no reader takes it for markup';
    note(element, warning('CharacterData', remedy), scope);
  }
}

/** HTML of RSS: in `<description>` and `<content:encoded>`. */
export const html: Rule = (element, scope) => {
  leaf()(element, scope);
  noteHtml(element, scope, false);
};

/** Judges an element's text as HTML; each fault on its own line. */
export function noteHtml(element: Element, scope: Scope, hasBase: boolean): void {
  for (const { fault, offset } of judgeHtml(element.text, hasBase)) {
    note({ ...element, offset: lineOffset(element, offset, scope.text) }, fault, scope);
  }
}

/** Where an offset in an element's text stands in the document: exact as to the line. */
function lineOffset(element: Element, offset: number, text: string): number {
  const breaks = element.text.slice(0, offset).split('\n').length - 1;
  let at = element.offset;
  if (breaks === 0) return at;
  at = element.inside - 1;
  for (let i = 0; i < breaks; i++) {
    const next = text.indexOf('\n', at + 1);
    // A line break written as &#10; is none in the document.
    if (next < 0 || next >= element.end) return element.offset;
    at = next;
  }
  return at + 1;
}

/** U+0080 to U+009F are Windows-1252 read as Latin-1, U+FFFD a byte that was lost. */
export function badCharacters(text: string): { fault: Fault; offset: number } | undefined {
  const found = /[\x80-\x9f\ufffd]|&#(12[89]|1[34]\d|15\d|65533|x0*([89][\da-f]|fffd));/i.exec(
    text,
  );
  if (!found) return undefined;
  const code = found[0].startsWith('&')
    ? found[0]
    : `U+${found[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
  const fault = warning(
    'BadCharacters',
    `${code} is a character lost in a conversion; write the one that was meant`,
  );
  return { fault, offset: found.index };
}

/** Elements that are empty by definition. */
export const empty: Rule = (element, scope) => {
  if (textOf(element) !== '')
    note(element, error('UnexpectedText', 'must be empty; remove the text'), scope);
};
