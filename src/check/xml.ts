import { type SaxesAttributeNS, SaxesParser, type SaxesTagNS } from 'saxes';
import { type Binding, canonicalName } from './namespaces.ts';
import { error, quoted, type Scope, warning } from './report.ts';

/**
 * XML to a tree whose every element knows its place. `saxes` is strict; entities are never
 * defined, so nothing expands; depth and number of elements are bounded.
 */
export interface Element {
  /** By which rules know it: `title`, `dc:creator`, `{urn:other}thing`. */
  name: string;
  /** As the document writes it. */
  written: string;
  namespace: string;
  /** By canonical name: `href`, `xml:base`. */
  attributes: Map<string, string>;
  children: Element[];
  parent: Element | undefined;
  /** Its own text, without that of its children. */
  text: string;
  /** Offsets: of its `<`, behind its start tag, behind its end tag. */
  offset: number;
  inside: number;
  end: number;
}

export interface XmlDocument {
  root: Element;
  bindings: Binding[];
}

const deepest = 250;
const most = 400_000;
const mostErrors = 1000;

/** The document as a tree; undefined, with the fault noted, if it is not well-formed. */
export function parseXml(scope: Scope): XmlDocument | undefined {
  const parser = new SaxesParser({ xmlns: true });
  const tree: Tree = { ...seed, bindings: [], broken: new Set() };
  const stop = (): never => {
    throw stopped;
  };
  parser.on('error', ({ message }) => {
    const understood = noteXmlError(message, parser.position, tree, scope);
    if (!understood || ++tree.errors >= mostErrors) stop();
  });
  parser.on('xmldecl', ({ version }) => judgeVersion(version, scope));
  parser.on('doctype', (doctype) => {
    tree.external = /^\s*\S+\s+(PUBLIC|SYSTEM)\s/.test(doctype);
    judgeDoctype(doctype, scope);
  });
  parser.on('opentagstart', () => {
    tree.start = scope.text.lastIndexOf('<', parser.position - 1);
  });
  parser.on('opentag', (tag) => {
    if (!open(tree, tag, parser.position, scope)) stop();
  });
  parser.on('text', (text) => write(tree, text));
  parser.on('cdata', (text) => write(tree, text));
  parser.on('closetag', () => close(tree, parser.position));
  try {
    parser.write(scope.text).close();
  } catch (thrown) {
    if (thrown !== stopped) throw thrown;
    return undefined;
  }
  return tree.root && { root: tree.root, bindings: tree.bindings };
}

function judgeVersion(version: string | undefined, scope: Scope): void {
  if (version === '1.0') return;
  const message = 'readers know XML 1.0 alone; write version="1.0"';
  scope.note(error('BadXmlVersion', message), 0, 'XML 1.0 §2.8');
}

const stopped = Symbol('stopped');

/** What has been read so far. */
interface Tree {
  root?: Element;
  current: Element | undefined;
  bindings: Binding[];
  /** Offset of the start tag being read. */
  start: number;
  /** A DTD elsewhere may define entities: XML 1.0 §4.1, WFC: Entity Declared. */
  external: boolean;
  depth: number;
  count: number;
  /** Errors after which reading went on. */
  errors: number;
  /** Behind the last tag: what is wrong is not before it. */
  good: number;
  /** References to nothing, as written: no text to be judged. */
  broken: Set<string>;
  /** Closed last. */
  closed: Element | undefined;
}

const seed = {
  current: undefined,
  closed: undefined,
  start: 0,
  external: false,
  depth: 0,
  count: 0,
  errors: 0,
  good: 0,
};

function write(tree: Tree, text: string): void {
  if (!tree.current) return;
  const clean = (reference: string) =>
    tree.broken.has(reference) ? reference.slice(1, -1) : reference;
  tree.current.text += tree.broken.size === 0 ? text : text.replace(/&[^;\s]{1,40};/g, clean);
}

/** False if a bound is passed. */
function open(tree: Tree, tag: SaxesTagNS, inside: number, scope: Scope): boolean {
  tree.depth++;
  tree.count++;
  if (tree.depth > deepest || tree.count > most) {
    const bound = tree.depth > deepest ? `nested more than ${deepest} deep` : `more than ${most}`;
    const fault = error(
      'ValidatorLimit',
      `elements ${bound}: not judged; make the document smaller`,
    );
    scope.note(fault, tree.start, 'limit of this check');
    return false;
  }
  const element = elementOf(tag, tree.current, tree.start, inside);
  for (const [prefix, uri] of Object.entries(tag.ns)) {
    tree.bindings.push({ prefix, uri, offset: tree.start });
  }
  tree.current?.children.push(element);
  tree.root ??= element;
  tree.current = element;
  tree.good = inside;
  return true;
}

function close(tree: Tree, end: number): void {
  if (!tree.current) return;
  tree.depth--;
  tree.current.end = end;
  tree.closed = tree.current;
  tree.good = end;
  tree.current = tree.current.parent;
}

function elementOf(
  tag: SaxesTagNS,
  parent: Element | undefined,
  offset: number,
  inside: number,
): Element {
  const attributes = new Map<string, string>();
  for (const attribute of Object.values<SaxesAttributeNS>(tag.attributes)) {
    if (attribute.prefix === 'xmlns' || attribute.name === 'xmlns') continue;
    attributes.set(canonicalName(attribute.uri, attribute.local), attribute.value);
  }
  return {
    name: canonicalName(tag.uri, tag.local),
    written: tag.name,
    namespace: tag.uri,
    attributes,
    children: [],
    parent,
    text: '',
    offset,
    inside,
    end: inside,
  };
}

/** Notes an error of the parser's; true if what follows can still be understood. */
function noteXmlError(cause: string, position: number, tree: Tree, scope: Scope): boolean {
  const what = cause.replace(/^(\d+:\d+: )?/, '').replace(/\.$/, '');
  const before = Math.max(0, position - 1);
  if (what.startsWith('unbound namespace prefix')) {
    const prefix = what.slice(what.indexOf('"') + 1, -1);
    const message = `the prefix ${prefix}: is not declared; add xmlns:${prefix}="…" to the root`;
    scope.note(error('MissingNamespace', message), tree.start, 'Namespaces in XML §5');
    return true;
  }
  if (what === 'undefined entity') return noteEntity(before, tree, scope);
  const written = forbidden(scope.text, before);
  if (written && /^(disallowed character|malformed character entity)$/.test(what)) {
    if (written.startsWith('&')) tree.broken.add(written);
    const message = `${written} is a character that XML 1.0 forbids; remove it`;
    scope.note(error('SAXError', message), before, 'XML 1.0 §2.2');
    return true;
  }
  noteFatal(what, before, tree, scope);
  return false;
}

/** Notes the error after which nothing can be understood, where its cause stands. */
function noteFatal(what: string, before: number, tree: Tree, scope: Scope): void {
  if (/must (be|appear) at the start of the document/.test(what)) {
    const message =
      'something stands before the XML declaration; remove blank lines and text before <?xml';
    scope.note(error('WPBlankLine', message), before, 'XML 1.0 §2.8');
    return;
  }
  // The parser notices a bare & only at the next semicolon, which may be pages away.
  const bare = scope.text.slice(tree.good, before).search(/&(?!(#\d+|#x[\da-f]+|[\w:.-]+);)/i);
  if (bare >= 0 && /entity|unclosed|unexpected end/.test(what)) {
    const fault = error('SAXError', 'not well-formed: & begins no entity; write it as &amp;');
    scope.note(fault, tree.good + bare, 'XML 1.0 §4.1');
    return;
  }
  const left = what === 'unexpected close tag' ? tree.closed : tree.current;
  const message = /^un(expected close|closed) tag/.test(what)
    ? `${nameAndLine(left, scope.text)} is not closed`
    : `${what}, in ${nameAndLine(left, scope.text)}`;
  scope.note(error('SAXError', `not well-formed: ${message}`), before, 'XML 1.0 §2.1');
}

function nameAndLine(element: Element | undefined, text: string): string {
  if (!element) return 'the document';
  return `<${element.written}> of line ${text.slice(0, element.offset).split('\n').length}`;
}

function noteEntity(before: number, tree: Tree, scope: Scope): true {
  const start = scope.text.lastIndexOf('&', before);
  const entity = scope.text.slice(start, before + 1);
  const message = `${quoted(entity)} is not defined in XML; write the character itself, or &amp; for &`;
  tree.broken.add(entity);
  const fault = tree.external ? warning : error;
  scope.note(fault('UndefinedNamedEntity', message), start, 'XML 1.0 §4.1');
  return true;
}

/** The forbidden character at an offset, or the reference that ends there, as messages show it. */
function forbidden(text: string, offset: number): string | undefined {
  if (text[offset] === ';') {
    const reference = /&#(x[\da-f]{1,8}|\d{1,8});$/i.exec(
      text.slice(Math.max(0, offset - 20), offset + 1),
    );
    return reference?.[0];
  }
  // After an astral code point the parser stands behind its second half.
  const code = text.charCodeAt(offset);
  const bad = code < 0x20 || code >= 0xfffe || (code >= 0xd800 && code <= 0xdfff);
  return bad ? `U+${code.toString(16).toUpperCase().padStart(4, '0')}` : undefined;
}

const rss091 = /Netscape Communications\/\/DTD RSS 0\.91/;

function judgeDoctype(doctype: string, scope: Scope): void {
  const offset = Math.max(0, scope.text.indexOf('<!DOCTYPE'));
  if (/<!ENTITY/.test(doctype)) {
    const message =
      'the DOCTYPE defines entities, which readers refuse as a security risk; remove it';
    scope.note(error('FatalSecurityRisk', message), offset, 'XML 1.0 §4.2');
  } else if (rss091.test(doctype)) {
    scope.note(
      warning('DeprecatedDTD', 'the DTD of RSS 0.91 is gone; remove the DOCTYPE'),
      offset,
      'RSS 0.91',
    );
  } else {
    scope.note(
      warning('InvalidDoctype', 'feeds have no DOCTYPE; remove it'),
      offset,
      'XML 1.0 §2.8',
    );
  }
}
