import { rfc3339 } from './dates.ts';
import { type Attributes, judgeAttributes, note, optional, required, textOf } from './elements.ts';
import { error, quoted, type Scope, warning } from './report.ts';
import { iriReference, isRelative, sameUrl } from './uris.ts';
import { anything, language, mediaType, nonNegative } from './values.ts';
import type { Element } from './xml.ts';

/** Atom's links, in Atom and in RSS: RFC 4287 §4.2.7, RFC 5005, RFC 4685. */

/** Registered relations that feeds use, https://www.iana.org/assignments/link-relations */
const relations = new Set(
  (
    'about alternate amphtml archives author bookmark canonical chapter collection contents copyright current ' +
    'describedby disclosure edit edit-form edit-media enclosure first glossary help hub icon index item last ' +
    'latest-version license me memento monitor next next-archive original payment prev prev-archive preview ' +
    'previous privacy-policy profile related replies search section self service shortlink start stylesheet ' +
    'subsection tag terms-of-service up version-history via webmention working-copy'
  ).split(' '),
);
const paging = new Set('current first last next next-archive prev-archive previous'.split(' '));

const attributes: Attributes = {
  href: required(iriReference),
  rel: optional((value) => {
    if (value === '') return warning('AttrNotBlank', 'is empty; write a relation or leave it out');
    if (relations.has(value.toLowerCase()) || !isRelative(value)) return undefined;
    return warning(
      'UnregisteredAtomLinkRel',
      `${quoted(value)} is not registered with IANA; write its full URI`,
    );
  }),
  type: optional(mediaType('InvalidMIMEType')),
  hreflang: optional(language),
  title: optional((value) =>
    value === '' ? warning('AttrNotBlank', 'is empty; give it a value or leave it out') : undefined,
  ),
  length: optional(nonNegative),
  'thr:count': optional(nonNegative),
  'thr:updated': optional(rfc3339),
};

/** The relation of a link; `alternate` if it names none. */
export function relationOf(link: Element): string {
  const rel = link.attributes.get('rel')?.trim() ?? 'alternate';
  return rel.replace('http://www.iana.org/assignments/relation/', '');
}

/** Judges one link of a feed, an entry or an RSS channel. */
export function noteAtomLink(link: Element, scope: Scope): void {
  const foreign = [...link.attributes.keys()].filter(
    (name) => /[:}]/.test(name) && !Object.hasOwn(attributes, name),
  );
  const table = Object.fromEntries(foreign.map((name) => [name, optional(anything)]));
  judgeAttributes(link, { ...attributes, ...table }, scope);
  if (textOf(link) !== '') note(link, warning('AtomLinkNotEmpty', 'should be empty'), scope);
  const rel = relationOf(link);
  const parent = link.parent!.name;
  if (paging.has(rel) && (parent === 'atom:entry' || parent === 'item')) {
    note(
      link,
      warning('FeedHistoryRelInEntry', `${quoted(rel)} is a relation of feeds, not of entries`),
      scope,
      'rel',
    );
  }
  if (rel === 'self' && (parent === 'atom:feed' || parent === 'channel')) noteSelf(link, scope);
}

const feedTypes = /^application\/(atom|rss|rdf)\+xml\b/i;

function noteSelf(link: Element, scope: Scope): void {
  const type = link.attributes.get('type')?.trim();
  if (type && !feedTypes.test(type)) {
    note(
      link,
      warning(
        'SelfNotAtom',
        `${quoted(type)} is no type of a feed; write application/atom+xml or application/rss+xml`,
      ),
      scope,
      'type',
    );
  }
  const href = link.attributes.get('href')?.trim();
  if (!href) return;
  const base = baseOf(link);
  if (isRelative(href) && !base) {
    note(
      link,
      warning(
        'RelativeSelf',
        `${quoted(href)} is relative; a copy of the feed cannot tell whence it came`,
      ),
      scope,
      'href',
    );
  } else if (scope.location && URL.canParse(href, base)) {
    noteLocation(link, new URL(href, base).href, scope);
  }
}

function noteLocation(link: Element, self: string, scope: Scope): void {
  if (sameUrl(self, scope.location!)) return;
  const message = `${quoted(self)} is not where the feed was found: ${scope.location}`;
  note(link, warning('SelfDoesntMatchLocation', message), scope, 'href');
}

/** `xml:base` in force at an element, if any. */
export function baseOf(element: Element): string | undefined {
  let base: string | undefined;
  for (let at: Element | undefined = element; at; at = at.parent) {
    const own = at.attributes.get('xml:base')?.trim();
    if (own === undefined) continue;
    base = base !== undefined && URL.canParse(base, own) ? new URL(base, own).href : (base ?? own);
  }
  return base;
}

/** RFC 4287 §4.1.1: no two alternates of one type and language. */
export function judgeAlternates(parent: Element, scope: Scope): void {
  const seen = new Set<string>();
  for (const link of parent.children) {
    if (link.name !== 'atom:link' || relationOf(link) !== 'alternate') continue;
    const key = `${link.attributes.get('type') ?? ''} ${link.attributes.get('hreflang') ?? ''}`;
    if (seen.has(key)) {
      const message =
        'is a second alternate of the same type and hreflang; tell them apart, or remove one';
      note(link, error('DuplicateAtomLink', message), scope);
    }
    seen.add(key);
  }
}

/** RFC 5005: complete feeds (§2) have no pages; archives (§4) link to what is current. */
export function judgeHistory(feed: Element, scope: Scope): void {
  const links = feed.children.filter(({ name }) => name === 'atom:link');
  const find = (rel: string) => links.find((link) => relationOf(link) === rel);
  const names = new Set(feed.children.map(({ name }) => name));
  if (names.has('fh:complete')) {
    const page = links.find(
      (link) => paging.has(relationOf(link)) && relationOf(link) !== 'current',
    );
    if (page)
      note(
        page,
        error(
          'FeedRelInCompleteFeed',
          'a complete feed (fh:complete) has no pages; remove the link',
        ),
        scope,
        'rel',
      );
    const current = find('current');
    const self = find('self')?.attributes.get('href');
    if (current && self && current.attributes.get('href') !== self) {
      note(
        current,
        error('CurrentNotSelfInCompleteFeed', 'is not the link rel="self" of a complete feed'),
        scope,
        'href',
      );
    }
  }
  if (names.has('fh:archive') && !find('current')) {
    note(
      feed,
      warning('MissingCurrentInArchive', 'is an archive without a link rel="current"; add one'),
      scope,
    );
  }
}
