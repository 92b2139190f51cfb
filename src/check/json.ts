import { rfc3339 } from './dates.ts';
import { isJsonError, type Node, parseJson } from './json-tree.ts';
import { judgeHtml } from './markup.ts';
import { error, type Fault, type Judge, quoted, type Scope, warning } from './report.ts';
import { isRelative, sameUrl, uri } from './uris.ts';
import { anything, language, mediaType, notBlank } from './values.ts';

/** JSON Feed 1.1 and 1, https://www.jsonfeed.org/version/1.1/ */

type ObjectNode = Extract<Node, { kind: 'object' }>;

/** What a field holds, and how that is judged. */
interface Field {
  kind: Node['kind'];
  required?: boolean;
  /** Of a string. */
  judge?: Judge;
  /** Of anything else. */
  rule?: (node: Node, path: string, scope: Scope) => void;
}
type Fields = Record<string, Field>;

const text = (judge: Judge = anything): Field => ({ kind: 'string', judge });
/** An array whose every value is judged by one rule. */
const list = (rule: (node: Node, path: string, scope: Scope) => void): Field => ({
  kind: 'array',
  rule: (node, path, scope) => {
    if (node.kind !== 'array') return;
    for (const [i, one] of node.values.entries()) rule(one, `${path}[${i}]`, scope);
  },
});
const objects =
  (fields: Fields, after?: (node: ObjectNode, path: string, scope: Scope) => void) =>
  (node: Node, path: string, scope: Scope) => {
    if (node.kind === 'object') judgeObject(node, path, fields, scope);
    else note(node, path, wrongKind(node, 'object'), scope);
    if (node.kind === 'object') after?.(node, path, scope);
  };

const size: Field = {
  kind: 'number',
  rule: (node, path, scope) => {
    if (node.kind !== 'number' || node.value >= 0) return;
    note(node, path, error('InvalidNonNegativeInteger', `${node.value} is less than 0`), scope);
  },
};

const author = objects({ name: text(), url: text(uri), avatar: text(uri) }, (node, path, scope) => {
  if (['name', 'url', 'avatar'].some((name) => node.members.has(name))) return;
  note(node, path, error('MissingElement', 'has none of name, url and avatar; add one'), scope);
});
const authors: Fields = { author: { kind: 'object', rule: author }, authors: list(author) };

const attachment = objects({
  url: { ...text(uri), required: true },
  mime_type: { ...text(mediaType('InvalidMIMEType')), required: true },
  title: text(),
  size_in_bytes: size,
  duration_in_seconds: size,
});

const tag = (node: Node, path: string, scope: Scope) => {
  if (node.kind !== 'string') note(node, path, wrongKind(node, 'string'), scope);
  else note(node, path, notBlank(node.value.trim(), scope), scope);
};

const itemFields: Fields = {
  id: { ...text(notBlank), required: true },
  url: text(uri),
  external_url: text(uri),
  title: text(),
  content_html: text(),
  content_text: text(),
  summary: text(),
  image: text(uri),
  banner_image: text(uri),
  date_published: text(rfc3339),
  date_modified: text(rfc3339),
  tags: list(tag),
  language: text(language),
  attachments: list(attachment),
  ...authors,
};

const versions = ['https://jsonfeed.org/version/1', 'https://jsonfeed.org/version/1.1'];
const version: Judge = (value) => {
  if (versions.includes(value)) return undefined;
  return error(
    'InvalidVersion',
    `${quoted(value)} is no version of JSON Feed; write ${versions[1]}`,
  );
};

const feedFields: Fields = {
  version: { ...text(version), required: true },
  title: { ...text(notBlank), required: true },
  home_page_url: text(uri),
  feed_url: text(uri),
  description: text(),
  user_comment: text(),
  next_url: text(uri),
  icon: text(uri),
  favicon: text(uri),
  language: text(language),
  expired: { kind: 'boolean' },
  hubs: list(
    objects({ type: { ...text(notBlank), required: true }, url: { ...text(uri), required: true } }),
  ),
  items: { ...list(objects(itemFields, judgeItem)), required: true },
  ...authors,
};

function judgeObject(node: ObjectNode, path: string, fields: Fields, scope: Scope): void {
  for (const { name, offset } of node.twice) {
    const fault = warning(
      'DuplicateElement',
      'stands twice in one object; readers take the last, or neither',
    );
    note({ ...node, offset }, join(path, name), fault, scope);
  }
  for (const [name, one] of node.members) {
    if (Object.hasOwn(fields, name)) judgeField(one, join(path, name), fields[name]!, scope);
    else if (!name.startsWith('_')) {
      const message =
        'is not defined; check its spelling, or begin the name of an extension with _';
      note(one, join(path, name), warning('UndefinedElement', message), scope);
    }
  }
  for (const [name, field] of Object.entries(fields)) {
    if (!field.required || node.members.has(name)) continue;
    note(node, path, error('MissingElement', `has no ${name}; add it`), scope);
  }
}

function judgeField(node: Node, path: string, field: Field, scope: Scope): void {
  if (node.kind !== field.kind) {
    note(node, path, wrongKind(node, field.kind), scope);
    return;
  }
  if (node.kind === 'string') note(node, path, field.judge?.(node.value, scope), scope);
  field.rule?.(node, path, scope);
}

function wrongKind(node: Node, kind: Node['kind']): Fault {
  if (node.kind === 'null')
    return warning('InvalidValue', `is null; leave it out, or write a ${kind}`);
  const hint = node.kind === 'number' && kind === 'string' ? ': put it in quotes' : '';
  return error('InvalidValue', `is of type ${node.kind} where a ${kind} is asked${hint}`);
}

function judgeItem(item: ObjectNode, path: string, scope: Scope): void {
  if (!item.members.has('content_html') && !item.members.has('content_text')) {
    note(
      item,
      path,
      error('MissingElement', 'has neither content_html nor content_text; add one'),
      scope,
    );
  }
  const html = item.members.get('content_html');
  if (html?.kind !== 'string') return;
  for (const { fault } of judgeHtml(html.value, false))
    note(html, `${path}.content_html`, fault, scope);
}

/** What only the feed as a whole shows. */
function judgeWhole(feed: ObjectNode, items: Node[], scope: Scope): void {
  const at = (name: string) => {
    const node = feed.members.get(name);
    return node?.kind === 'string' ? node : undefined;
  };
  const self = at('feed_url');
  if (!self) {
    note(feed, '', warning('MissingSelf', 'does not say its own address; add feed_url'), scope);
  } else if (scope.location && !isRelative(self.value) && !sameUrl(self.value, scope.location)) {
    const message = `${quoted(self.value)} is not where the feed was found: ${scope.location}`;
    note(self, 'feed_url', warning('SelfDoesntMatchLocation', message), scope);
  }
  const next = at('next_url');
  if (next && next.value === self?.value) {
    note(
      next,
      'next_url',
      error('InvalidValue', 'is the feed itself; leave it out on the last page'),
      scope,
    );
  }
  judgeAuthors([feed, ...items], at('version')?.value, scope);
  judgeIds(items, scope);
}

/** Version 1.1 has `authors` instead of `author`; told once. */
function judgeAuthors(nodes: Node[], written: string | undefined, scope: Scope): void {
  const modern = written !== versions[0];
  for (const node of nodes) {
    if (node.kind !== 'object') continue;
    const old = node.members.get('author');
    const now = node.members.get('authors');
    if (modern && old && !now) {
      note(
        old,
        'author',
        warning('DeprecatedElement', 'is authors since version 1.1; write both, or that alone'),
        scope,
      );
      return;
    }
    if (!modern && now) {
      note(
        now,
        'authors',
        warning('UndefinedElement', `belongs to version 1.1; write version ${versions[1]}`),
        scope,
      );
      return;
    }
  }
}

function judgeIds(items: Node[], scope: Scope): void {
  const seen = new Set<string>();
  for (const [i, item] of items.entries()) {
    const id = item.kind === 'object' ? item.members.get('id') : undefined;
    if (!id || !('value' in id)) continue;
    const key = String(id.value);
    if (seen.has(key)) {
      const fault = error(
        'DuplicateIds',
        `${quoted(key)} stands twice; readers show one of them alone`,
      );
      note(id, `items[${i}].id`, fault, scope);
    }
    seen.add(key);
  }
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function note(
  node: { offset: number },
  path: string,
  fault: Fault | undefined,
  scope: Scope,
): void {
  if (!fault) return;
  const field = path.replace(/\[\d+\]/g, '').replace(/^items(\.|$)/, 'item$1');
  const label = path === '' ? 'the feed' : path;
  const clause = `${scope.spec} §${field === '' ? 'top-level' : (field.split('.').at(-1) ?? field)}`;
  scope.note({ ...fault, message: `${label}: ${fault.message}` }, node.offset, clause);
}

function isFeed(node: ObjectNode): boolean {
  const written = node.members.get('version');
  const named = written?.kind === 'string' && written.value.includes('jsonfeed.org/version');
  return named || node.members.has('items');
}

/** Judges a JSON document; tells its version and the number of its entries, if it is a feed. */
export function judgeJson(scope: Scope): { format: string; entries: number } | undefined {
  scope.spec = 'JSON Feed 1.1';
  const node = parseJson(scope.text);
  if (isJsonError(node)) {
    scope.note(error('JSONError', `not JSON: ${node.why}`), node.offset, 'RFC 8259 §2');
    return undefined;
  }
  if (node.kind !== 'object' || !isFeed(node)) {
    const message = `JSON, but no JSON Feed: it has neither items nor "version": "${versions[1]}"`;
    scope.note(error('UndefinedElement', message), node.offset, 'JSON Feed 1.1 §top-level');
    return undefined;
  }
  const written = node.members.get('version');
  if (written?.kind === 'string' && written.value === versions[0]) scope.spec = 'JSON Feed 1';
  judgeObject(node, '', feedFields, scope);
  const items = node.members.get('items');
  const values = items?.kind === 'array' ? items.values : [];
  judgeWhole(node, values, scope);
  return { format: scope.spec, entries: values.length };
}
