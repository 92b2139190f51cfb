import { atom } from './namespaces.ts';
import { error, type Fault, type Judge, type Scope, warning } from './report.ts';
import { anything } from './values.ts';
import type { Element } from './xml.ts';

/**
 * Rules about elements, as tables: which attributes and children one may and must have, and how
 * each is judged. RSS, Atom, OPML and the extensions are such tables.
 */
export type Rule = (element: Element, scope: Scope) => void;

export interface AttributeRule {
  judge: Judge;
  required?: boolean;
}

/** Attributes by canonical name. */
export type Attributes = Record<string, AttributeRule>;

export const optional = (judge: Judge = anything): AttributeRule => ({ judge });
export const required = (judge: Judge = anything): AttributeRule => ({ judge, required: true });

/** An element with children of its own. */
export interface Container {
  attributes?: Attributes;
  /** Children that must be there. */
  needs?: readonly string[];
  /** Children that may be there more than once. */
  many?: readonly string[];
  children: Record<string, Rule>;
  /** The rule of a child that `children` does not have, and those of them that may stand but once. */
  otherwise: Rule;
  once?: ReadonlySet<string>;
}

/** The text of an element, trimmed. */
export function textOf(element: Element): string {
  return element.text.trim();
}

export function child(element: Element, name: string): Element | undefined {
  return element.children.find((one) => one.name === name);
}

/** Notes a fault of an element's, or of one of its attributes. */
export function note(
  element: Element,
  fault: Fault | undefined,
  scope: Scope,
  attribute?: string,
): void {
  if (!fault) return;
  const label = attribute ? `<${element.written}> ${attribute}` : `<${element.written}>`;
  const offset = attribute ? attributeOffset(element, attribute, scope) : element.offset;
  scope.note(
    { ...fault, message: `${label}: ${fault.message}` },
    offset,
    clauseOf(element.name, scope),
  );
}

function attributeOffset(element: Element, attribute: string, scope: Scope): number {
  // A hostile tag of many attributes would be searched for each of them.
  if (element.inside - element.offset > 20_000) return element.offset;
  const tag = scope.text.slice(element.offset, element.inside);
  const at = tag.search(
    new RegExp(`\\s(\\w+:)?${attribute.replace(/^.*[:}]/, '').replace(/\W/g, '\\$&')}\\s*=`),
  );
  return element.offset + (at < 0 ? 0 : at + 1);
}

/** An element that holds nothing but a value. */
export function leaf(judge: Judge = anything, attributes: Attributes = {}): Rule {
  return (element, scope) => {
    judgeAttributes(element, attributes, scope);
    const inner = element.children[0];
    if (inner) noteUndefined(inner, scope, 'escape markup or wrap it in <![CDATA[…]]>');
    else note(element, judge(textOf(element), scope), scope);
  };
}

/** An element that holds other elements. */
export function container(table: Container): Rule {
  return (element, scope) => judgeContainer(element, table, scope);
}

export function judgeContainer(element: Element, table: Container, scope: Scope): void {
  judgeAttributes(element, table.attributes ?? {}, scope);
  if (textOf(element) !== '') {
    note(element, error('UnexpectedText', 'contains text beside its elements; remove it'), scope);
  }
  const seen = new Set<string>();
  for (const inner of element.children) {
    const own = Object.hasOwn(table.children, inner.name);
    const single = own ? !table.many?.includes(inner.name) : table.once?.has(inner.name);
    if (single && seen.has(inner.name)) {
      note(
        inner,
        error('DuplicateElement', `stands twice in <${element.written}>; keep one`),
        scope,
      );
    }
    seen.add(inner.name);
    (own ? table.children[inner.name]! : table.otherwise)(inner, scope);
  }
  for (const name of table.needs ?? []) {
    if (!seen.has(name)) note(element, missing(name), scope);
  }
}

/** A child that must be there. */
export function missing(name: string): Fault {
  return error('MissingElement', `has no <${name.replace(/^atom:/, '')}>; add one`);
}

export function judgeAttributes(element: Element, table: Attributes, scope: Scope): void {
  for (const [name, { judge, required: must }] of Object.entries(table)) {
    const value = element.attributes.get(name);
    if (value !== undefined) note(element, judge(value.trim(), scope), scope, name);
    else if (must) note(element, missingAttribute(element, name), scope);
  }
  for (const name of element.attributes.keys()) {
    if (!Object.hasOwn(table, name)) note(element, unexpected(name, element), scope, name);
  }
}

function missingAttribute(element: Element, name: string): Fault {
  const fault = element.name === 'atom:link' ? 'MissingHref' : 'MissingAttribute';
  return error(fault, `has no attribute ${name}; add it`);
}

/** Extensions and attributes of a namespace are free, but RSS 2.0 knew no extension by attributes. */
function unexpected(name: string, element: Element): Fault | undefined {
  if (name.startsWith('xml:') || (element.namespace !== '' && element.namespace !== atom))
    return undefined;
  if (!/[:}]/.test(name))
    return error(
      'UnexpectedAttribute',
      'is not defined here; check its spelling and case, or remove it',
    );
  if (element.namespace !== '') return undefined;
  return warning(
    'UseOfExtensionAttr',
    'extends RSS by an attribute, which not every reader expects',
  );
}

/** Notes an element that is not defined where it stands. */
export function noteUndefined(
  element: Element,
  scope: Scope,
  remedy = 'check its spelling and place, or remove it',
): void {
  const parent = element.parent!;
  const message = `<${element.written}>: is not defined in <${parent.written}>; ${remedy}`;
  scope.note(error('UndefinedElement', message), element.offset, clauseOf(parent.name, scope));
}

/** RFC 4287's sections of elements; anything else is found by its name. */
const atomSections: Record<string, string> = {
  feed: '4.1.1',
  entry: '4.1.2',
  content: '4.1.3',
  author: '4.2.1',
  category: '4.2.2',
  contributor: '4.2.3',
  generator: '4.2.4',
  icon: '4.2.5',
  id: '4.2.6',
  link: '4.2.7',
  logo: '4.2.8',
  published: '4.2.9',
  rights: '4.2.10',
  source: '4.2.11',
  subtitle: '4.2.12',
  summary: '4.2.13',
  title: '4.2.14',
  updated: '4.2.15',
  name: '3.2.1',
  uri: '3.2.2',
  email: '3.2.3',
};

const specs: Record<string, string> = {
  itunes: 'Apple Podcasts',
  podcast: 'Podcast Namespace',
  media: 'Media RSS',
  content: 'RSS 1.0 content module',
  sy: 'RSS 1.0 syndication module',
  slash: 'RSS 1.0 slash module',
  dc: 'Dublin Core',
  dcterms: 'Dublin Core',
  fh: 'RFC 5005',
  thr: 'RFC 4685',
  wfw: 'CommentAPI',
};

/** The clause that defines an element: `RSS 2.0 §guid`, `RFC 4287 §4.2.6`, `Apple Podcasts §itunes:image`. */
export function clauseOf(name: string, scope: Scope): string {
  const cut = name.lastIndexOf(':');
  if (cut < 0) return `${scope.spec} §${name}`;
  const prefix = name.slice(0, cut);
  if (prefix !== 'atom') return `${specs[prefix] ?? prefix} §${name}`;
  const section = atomSections[name.slice(cut + 1)];
  return section ? `RFC 4287 §${section}` : 'RFC 4287 §6';
}
