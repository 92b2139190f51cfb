import { rfc822 } from './dates.ts';
import {
  type Attributes,
  type Container,
  child,
  judgeAttributes,
  judgeContainer,
  leaf,
  note,
  noteUndefined,
  optional,
  type Rule,
  required,
  textOf,
} from './elements.ts';
import { extension } from './extensions.ts';
import { error, type Judge, quoted, type Scope, warning } from './report.ts';
import { uri, webAddress } from './uris.ts';
import { anything, email, integer, language, oneOf } from './values.ts';
import type { Element } from './xml.ts';

/** OPML 2.0, http://opml.org/spec2.opml; 1.x is judged as what it grew into. */

const otherwise: Rule = (element, scope) => {
  if (/[:}]/.test(element.name)) extension(element, scope);
  else noteUndefined(element, scope);
};

const date = leaf(rfc822);
const place = leaf(integer);
const trueFalse = oneOf('InvalidTrueFalse', ['true', 'false']);
const lines: Judge = (value) =>
  /^(\d+(\s*,\s*\d+)*)?$/.test(value)
    ? undefined
    : error(
        'InvalidExpansionState',
        `${quoted(value)} is not a list of line numbers with commas between`,
      );

const head: Container = {
  children: {
    title: leaf(),
    dateCreated: date,
    dateModified: date,
    ownerName: leaf(),
    ownerEmail: leaf(email),
    ownerId: leaf(webAddress),
    docs: leaf(uri),
    expansionState: leaf(lines),
    vertScrollState: place,
    windowTop: place,
    windowLeft: place,
    windowBottom: place,
    windowRight: place,
  },
  otherwise,
};

/** Outlines may bear any attribute; these have a meaning. */
const attributes: Attributes = {
  text: required(),
  created: optional(rfc822),
  htmlUrl: optional((value, scope) => (value === '' ? undefined : uri(value, scope))),
  isBreakpoint: optional(trueFalse),
  isComment: optional(trueFalse),
  // OPML 2.0 §What is a subscription list: "unknown" and empty are in use.
  language: optional((value, scope) =>
    value === '' || value === 'unknown' ? undefined : language(value, scope),
  ),
  url: optional(uri),
  xmlUrl: optional(uri),
  version: optional((value) =>
    /^(RSS\d?|scriptingNews|ATOM\d?|RSS\s?[\d.]+|Atom[\d. ]*|JSON.*)?$/i.test(value)
      ? undefined
      : warning(
          'InvalidOutlineVersion',
          `${quoted(value)} is not known; write RSS, RSS1, RSS2 or scriptingNews`,
        ),
  ),
};

/** Judges an outline, and those in it, one level after the other. */
function judgeOutlines(body: Element, scope: Scope): number {
  let feeds = 0;
  const waiting = [body];
  for (let at = waiting.pop(); at; at = waiting.pop()) {
    for (const inner of at.children) {
      if (inner.name !== 'outline') {
        otherwise(inner, scope);
        continue;
      }
      if (judgeOutline(inner, scope)) feeds++;
      waiting.push(inner);
    }
  }
  return feeds;
}

/** True if the outline is a subscription. */
function judgeOutline(element: Element, scope: Scope): boolean {
  const free = [...element.attributes.keys()].filter((name) => !Object.hasOwn(attributes, name));
  const rest = Object.fromEntries(free.map((name) => [name, optional(anything)]));
  judgeAttributes(element, { ...attributes, ...rest }, scope);
  if (textOf(element) !== '') {
    note(element, error('UnexpectedText', 'contains text; put it in the attribute text'), scope);
  }
  const has = (name: string) => element.attributes.has(name);
  const type = element.attributes.get('type')?.toLowerCase();
  if (type === 'rss') {
    if (!has('xmlUrl'))
      note(
        element,
        error('MissingXmlURL', 'has type="rss" and no xmlUrl; add the address of the feed'),
        scope,
      );
    if (!has('title'))
      note(
        element,
        warning(
          'MissingTitleAttr',
          'has no attribute title; repeat its text, for some readers ask for it',
        ),
        scope,
      );
  } else if ((type === 'link' || type === 'include') && !has('url')) {
    note(element, error('MissingUrlAttr', `has type="${type}" and no url; add it`), scope);
  } else if (type === undefined && has('xmlUrl')) {
    note(element, warning('MissingOutlineType', 'has a feed and no type; add type="rss"'), scope);
  }
  return has('xmlUrl');
}

/** Judges an OPML document; tells its version and the number of its feeds. */
export function judgeOpml(root: Element, scope: Scope): { format: string; entries: number } {
  scope.spec = 'OPML 2.0';
  let entries = 0;
  const version: Judge = (value) => {
    if (value === '2.0') return undefined;
    if (/^1\.[01]$/.test(value))
      return warning('ObsoleteVersion', `${value} is superseded; write 2.0`);
    return error('InvalidOPMLVersion', `${quoted(value)} is no version of OPML; write 2.0`);
  };
  const body: Rule = (element, inner) => {
    entries = judgeOutlines(element, inner);
    if (!child(element, 'outline'))
      note(element, error('MissingElement', 'has no <outline>; add one'), inner);
  };
  const table: Container = {
    attributes: { version: required(version) },
    needs: ['head', 'body'],
    children: { head: (element, inner) => judgeContainer(element, head, inner), body },
    otherwise,
  };
  judgeContainer(root, table, scope);
  const written = root.attributes.get('version')?.trim();
  return { format: `OPML ${/^[12]\.\d$/.test(written ?? '') ? written : '2.0'}`, entries };
}
