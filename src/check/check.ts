import { judgeAtom } from './atom.ts';
import { decode } from './encoding.ts';
import { judgeJson } from './json.ts';
import { lineFinder } from './lines.ts';
import { feedsOf } from './markup.ts';
import { judgeNamespaces } from './namespaces.ts';
import { judgeOpml } from './opml.ts';
import { error, type Finding, type Kind, type Report, type Scope, warning } from './report.ts';
import { judgeRss } from './rss.ts';
import { badCharacters } from './texts.ts';
import { type Element, parseXml } from './xml.ts';

/**
 * The judge of feeds: the bytes of any RSS, Atom or JSON feed or OPML list come in, what is wrong
 * with them by their specification goes out, under the names of the W3C feed validator. It refuses
 * to read more than 32 MB, never expands an entity, and asks neither the network nor the clock.
 */
export interface CheckOptions {
  /** URL from which the document came, to compare with the address that the feed gives itself. */
  location?: string;
  /** The response's Content-Type. */
  contentType?: string;
  /** Epoch milliseconds; without it no date is too late. */
  now?: number;
}

export const maxBytes = 32 * 1024 * 1024;
const maxFindings = 1000;

/** Judges a document; never throws, whatever the bytes. */
export function check(bytes: Uint8Array, options: CheckOptions = {}): Report {
  if (bytes.length > maxBytes) {
    const limit = error(
      'ValidatorLimit',
      `${bytes.length} bytes: more than 32 MB is not judged; make the feed smaller`,
    );
    return collect('', options, (scope) => void scope.note(limit, 0, 'limit of this check'));
  }
  const { text = '', faults } = decode(bytes, options.contentType);
  return collect(text, options, (scope) => {
    for (const fault of faults) scope.note(fault, 0, 'XML 1.0 §4.3.3');
    if (faults.some(({ name }) => name === 'UnicodeError' || name === 'UnknownEncoding'))
      return undefined;
    return judge(scope, options.contentType);
  });
}

interface Verdict {
  kind: Kind;
  format: string;
  entries: number;
}

/** Runs a judge and gathers its findings in the order of the document. */
function collect(
  text: string,
  options: CheckOptions,
  run: (scope: Scope) => Verdict | undefined,
): Report {
  const found: (Omit<Finding, 'line' | 'column'> & { offset: number })[] = [];
  const report: Report = { entries: 0, errors: 0, warnings: 0, findings: [] };
  const scope: Scope = {
    text,
    spec: '',
    ...(options.location !== undefined && { location: options.location }),
    ...(options.now !== undefined && { now: options.now }),
    note: (fault, offset, clause) => {
      if (!fault) return;
      report[fault.severity === 'error' ? 'errors' : 'warnings']++;
      if (found.length < maxFindings) found.push({ ...fault, offset, clause });
    },
  };
  Object.assign(report, run(scope));
  const lineOf = lineFinder(text);
  found.sort((a, b) => a.offset - b.offset);
  report.findings = found.map(({ offset, ...finding }) => ({ ...finding, ...lineOf(offset) }));
  return report;
}

function judge(scope: Scope, contentType: string | undefined): Verdict | undefined {
  const start = scope.text.search(/\S/);
  if (start < 0) {
    scope.note(error('SAXError', 'the document is empty'), 0, 'XML 1.0 §2.1');
    return undefined;
  }
  const verdict = /[{[]/.test(scope.text[start]!) ? json(scope) : xml(scope);
  const bad = badCharacters(scope.text);
  if (bad && verdict) scope.note(bad.fault, bad.offset, 'Unicode §23.1');
  if (verdict && contentType) judgeContentType(verdict, contentType, scope);
  return verdict;
}

function json(scope: Scope): Verdict | undefined {
  const verdict = judgeJson(scope);
  return verdict && { kind: 'json', ...verdict };
}

const pageStart = /^\s*(<\?xml[^>]*>\s*)?(<!--((?!-->)[\s\S])*-->\s*)*<(!doctype\s+html|html)\b/i;

function xml(scope: Scope): Verdict | undefined {
  if (pageStart.test(scope.text.slice(0, 4000))) {
    scope.note(pageFault(scope), 0, 'RSS 2.0, RFC 4287');
    return undefined;
  }
  if (!scope.text.trimStart().startsWith('<')) {
    scope.note(
      error('SAXError', 'neither XML nor JSON: a feed begins with < or {'),
      0,
      'XML 1.0 §2.1',
    );
    return undefined;
  }
  const document = parseXml(scope);
  if (!document) return undefined;
  const verdict = judgeRoot(document.root, scope);
  if (verdict) judgeNamespaces(document.bindings, scope);
  return verdict;
}

function pageFault(scope: Scope) {
  const feeds = feedsOf(scope.text, scope.location);
  const where = feeds.length > 0 ? `its feeds are: ${feeds.join(', ')}` : 'it links to no feed';
  return error('UndefinedElement', `this is an HTML page, not a feed; ${where}`);
}

function judgeRoot(root: Element, scope: Scope): Verdict | undefined {
  switch (root.name) {
    case 'rss':
      return { kind: 'rss', ...judgeRss(root, scope) };
    case 'atom:feed':
    case 'atom:entry':
      scope.spec = 'RFC 4287';
      return { kind: 'atom', ...judgeAtom(root, scope) };
    case 'opml':
      return { kind: 'opml', ...judgeOpml(root, scope) };
    default:
      scope.note(unknownRoot(root), root.offset, 'RSS 2.0, RFC 4287, OPML 2.0');
      return undefined;
  }
}

function unknownRoot(root: Element) {
  const local = root.written.replace(/^.*:/, '');
  if (root.name === 'rdf:RDF')
    return error('UndefinedElement', 'RSS 1.0 (RDF) is not judged; publish RSS 2.0 or Atom');
  if (root.namespace === 'http://purl.org/atom/ns#') {
    return error(
      'ObsoleteNamespace',
      'Atom 0.3 is obsolete; write xmlns="http://www.w3.org/2005/Atom" and Atom 1.0',
    );
  }
  if (local === 'feed' || local === 'entry') {
    return error(
      'InvalidNamespace',
      `<${local}> is not in Atom's namespace; write xmlns="http://www.w3.org/2005/Atom"`,
    );
  }
  if (local === 'rss' || local === 'opml') {
    return error(
      'InvalidNamespace',
      `<${root.written}> has a namespace and should have none; remove it`,
    );
  }
  return error(
    'UndefinedElement',
    `<${root.written}> is the root of no feed; a feed begins with <rss>, <feed> or <opml>`,
  );
}

const types: Record<Kind, RegExp> = {
  rss: /^(application\/(rss\+xml|xml)|text\/xml)$/,
  atom: /^(application\/(atom\+xml|xml)|text\/xml)$/,
  json: /^application\/(feed\+json|json)$/,
  opml: /^(text\/(x-opml|xml)|application\/(xml|opml\+xml))$/,
};
const bestTypes: Record<Kind, string> = {
  rss: 'application/rss+xml',
  atom: 'application/atom+xml',
  json: 'application/feed+json',
  opml: 'text/x-opml',
};

function judgeContentType({ kind, format }: Verdict, contentType: string, scope: Scope): void {
  const type = contentType.replace(/;.*$/s, '').trim().toLowerCase();
  if (types[kind].test(type)) return;
  const message = `Content-Type ${type} is not ${format}'s; serve it as ${bestTypes[kind]}`;
  scope.note(warning('UnexpectedContentType', message), 0, 'RFC 9110 §8.3');
}
