import { judgeAlternates, judgeHistory, noteAtomLink, relationOf } from './atom-links.ts';
import { judgeContent, text } from './atom-texts.ts';
import { rfc3339 } from './dates.ts';
import {
  type Container,
  child,
  judgeContainer,
  leaf,
  note,
  noteUndefined,
  optional,
  type Rule,
  required,
  textOf,
} from './elements.ts';
import { extension, once } from './extensions.ts';
import { markupIn } from './markup.ts';
import { error, type Judge, quoted, type Scope, warning } from './report.ts';
import { canonical, iri, iriReference } from './uris.ts';
import { all, anything, email, notBlank } from './values.ts';
import type { Element } from './xml.ts';

/** Atom 1.0, RFC 4287: feed documents and entry documents. */

const otherwise: Rule = (element, scope) => {
  // RFC 4287 §6.3: foreign markup is free, but what has no namespace is surely a slip.
  if (element.namespace === '' || element.name.startsWith('atom:')) {
    noteUndefined(element, scope);
  } else extension(element, scope);
};

/** RFC 4287 §2: white space around an id, a date or an IRI is part of it. */
function exact(judge: Judge): Rule {
  return (element, scope) => {
    leaf(judge)(element, scope);
    if (element.text !== element.text.trim()) {
      note(
        element,
        error('UnexpectedWhitespace', 'has white space around its value; remove it'),
        scope,
      );
    }
  };
}

const date = exact(rfc3339);
const id = exact(all(iri, canonical));
const picture = exact(all(notBlank, iriReference));

const person: Container = {
  needs: ['atom:name'],
  children: {
    'atom:name': leaf(notBlank),
    'atom:uri': leaf(all(notBlank, iriReference)),
    'atom:email': leaf(email),
  },
  otherwise,
};
const author: Rule = (element, scope) => judgeContainer(element, person, scope);

const attributeNotBlank: Judge = (value) =>
  value === '' ? warning('AttrNotBlank', 'is empty; give it a value or leave it out') : undefined;
const label: Judge = (value) => {
  const markup = markupIn(value);
  return markup
    ? warning('ContainsHTML', `contains ${markup}, which is plain text here`)
    : attributeNotBlank(value, undefined!);
};

const category: Rule = (element, scope) => {
  const table = {
    term: required(attributeNotBlank),
    scheme: optional(iri),
    label: optional(label),
  };
  // RFC 4287 §4.2.2: its content has no meaning.
  leaf(anything, table)({ ...element, children: [], text: '' }, scope);
};

const generator = leaf(notBlank, {
  uri: optional(iriReference),
  version: optional(attributeNotBlank),
});

const metadata: Record<string, Rule> = {
  'atom:author': author,
  'atom:category': category,
  'atom:contributor': author,
  'atom:generator': generator,
  'atom:icon': picture,
  'atom:id': id,
  'atom:link': noteAtomLink,
  'atom:logo': picture,
  'atom:rights': text,
  'atom:subtitle': text,
  'atom:title': text,
  'atom:updated': date,
};
const many = ['atom:author', 'atom:category', 'atom:contributor', 'atom:link', 'atom:entry'];

const entry: Container = {
  needs: ['atom:id', 'atom:title', 'atom:updated'],
  many,
  children: {
    'atom:author': author,
    'atom:category': category,
    'atom:content': judgeContent,
    'atom:contributor': author,
    'atom:id': id,
    'atom:link': noteAtomLink,
    'atom:published': date,
    'atom:rights': text,
    'atom:source': judgeSource,
    'atom:summary': text,
    'atom:title': text,
    'atom:updated': date,
  },
  otherwise,
  once,
};

function judgeSource(source: Element, scope: Scope): void {
  judgeContainer(source, { many, children: metadata, otherwise, once }, scope);
  for (const name of ['atom:id', 'atom:title', 'atom:updated']) {
    if (child(source, name)) continue;
    note(
      source,
      warning('MissingSourceElement', `has no <${name.slice(5)}> of the feed it came from; add it`),
      scope,
    );
  }
}

const feed: Container = {
  needs: ['atom:id', 'atom:title', 'atom:updated'],
  many,
  children: { ...metadata, 'atom:entry': judgeEntry },
  otherwise,
  once,
};

function judgeEntry(element: Element, scope: Scope): void {
  judgeContainer(element, entry, scope);
  judgeAlternates(element, scope);
  judgeSubstance(element, scope);
}

/** RFC 4287 §4.2.1: an entry's author is its own, its source's or its feed's. */
function judgeAuthor(element: Element, scope: Scope): void {
  const source = child(element, 'atom:source');
  if (child(element, 'atom:author') || (source && child(source, 'atom:author'))) return;
  note(
    element,
    error('MissingElement', 'has no <author>, nor has its feed; add one to either'),
    scope,
  );
}

/** RFC 4287 §4.1.2: an entry needs something to read, or a place to read it. */
function judgeSubstance(element: Element, scope: Scope): void {
  const content = child(element, 'atom:content');
  if (child(element, 'atom:summary')) {
    if (!content) judgeAlternate(element, scope);
    return;
  }
  if (!content) {
    judgeAlternate(element, scope);
    note(
      element,
      warning('MissingTextualContent', 'has neither <content> nor <summary>; add one'),
      scope,
    );
  } else if (content.attributes.has('src') || isBinary(content.attributes.get('type') ?? 'text')) {
    note(
      element,
      error('MissingSummary', 'has content elsewhere or in base64, but no <summary>; add one'),
      scope,
    );
  }
}

function judgeAlternate(element: Element, scope: Scope): void {
  const links = element.children.filter(({ name }) => name === 'atom:link');
  if (links.some((link) => relationOf(link) === 'alternate')) return;
  const message = 'has neither <content> nor <link rel="alternate">; add one';
  note(element, error('MissingContentOrAlternate', message), scope);
}

/** A media type that RFC 4287 §4.1.3.3 has in base64. */
export function isBinary(type: string): boolean {
  return type.includes('/') && !/^text\/|[+/]xml\s*(;|$)/i.test(type);
}

function judgeFeed(root: Element, scope: Scope): number {
  judgeContainer(root, feed, scope);
  judgeAlternates(root, scope);
  judgeHistory(root, scope);
  const entries = root.children.filter(({ name }) => name === 'atom:entry');
  if (!child(root, 'atom:author')) {
    for (const one of entries) judgeAuthor(one, scope);
    if (entries.length === 0)
      note(root, error('MissingElement', 'has no <author>; add one'), scope);
  }
  const links = root.children.filter(({ name }) => name === 'atom:link');
  if (!links.some((link) => relationOf(link) === 'self')) {
    const message =
      'does not say its own address; add <link rel="self" type="application/atom+xml" href="…"/>';
    note(root, warning('MissingSelf', message), scope);
  }
  const after = root.children.slice(root.children.indexOf(entries[0]!) + 1);
  const late = entries[0] && after.find(({ name }) => Object.hasOwn(metadata, name));
  if (late)
    note(
      late,
      warning('MisplacedMetadata', 'stands after an <entry>; put the entries last'),
      scope,
    );
  judgeIds(entries, scope);
  judgeDates(entries, scope);
  return entries.length;
}

/** RFC 4287 §4.1.1: an id may come again only as a later state of the entry. */
function judgeIds(entries: Element[], scope: Scope): void {
  const seen = new Map<string, Set<string>>();
  for (const one of entries) {
    const own = child(one, 'atom:id');
    const key = own && textOf(own);
    if (!key) continue;
    const updated = updatedOf(one);
    const states = seen.get(key);
    if (states?.has(updated)) {
      const message = `${quoted(key)} stands twice with one <updated>; give each entry its own id`;
      note(own, error('DuplicateIds', message), scope);
    } else if (states) {
      const message = `${quoted(key)} stands twice; readers show its newest state alone`;
      note(own, warning('DuplicateEntries', message), scope);
    }
    seen.set(key, (states ?? new Set()).add(updated));
  }
}

/** The W3C validator's advice, told once: entries of one instant have no order. */
function judgeDates(entries: Element[], scope: Scope): void {
  const seen = new Map<string, string>();
  for (const one of entries) {
    const when = child(one, 'atom:updated');
    const id = child(one, 'atom:id');
    if (!when || !id) continue;
    const other = seen.get(textOf(when));
    if (other !== undefined && other !== textOf(id)) {
      const message = `${quoted(textOf(when))} is another entry's too; readers sort by it`;
      note(when, warning('DuplicateUpdated', message), scope);
      return;
    }
    seen.set(textOf(when), textOf(id));
  }
}

function updatedOf(one: Element): string {
  const when = child(one, 'atom:updated');
  return when ? textOf(when) : '';
}

/** Judges an Atom document; tells the number of its entries. */
export function judgeAtom(root: Element, scope: Scope): { format: string; entries: number } {
  if (root.name === 'atom:feed') return { format: 'Atom 1.0', entries: judgeFeed(root, scope) };
  judgeEntry(root, scope);
  judgeAuthor(root, scope);
  return { format: 'Atom 1.0 entry', entries: 1 };
}
