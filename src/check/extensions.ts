import { rfc3339, w3cDate } from './dates.ts';
import { type Attributes, leaf, note, optional, type Rule, required } from './elements.ts';
import { itunes, podcast } from './podcasts.ts';
import { type Judge, warning } from './report.ts';
import { empty, html, plain } from './texts.ts';
import { iriReference, uri, webAddress } from './uris.ts';
import {
  anything,
  between,
  integer,
  language,
  mediaType,
  nonNegative,
  notBlank,
  oneOf,
  positive,
} from './values.ts';

/** Elements of other namespaces, in any feed: what each may hold. */

const text = leaf(anything);
const latitude = between('InvalidLatitude', -90, 90);
const longitude = between('InvalidLongitude', -180, 180);
const trueFalse = oneOf('InvalidTrueFalse', ['true', 'false']);
const type = mediaType('InvalidMIMEAttribute');
const periods = oneOf('InvalidUpdatePeriod', ['hourly', 'daily', 'weekly', 'monthly', 'yearly']);

const coordinates: Judge = (value) => {
  const [first = '', second = '', ...more] = value.split(/[\s,]+/);
  const fault = latitude(first, undefined!) ?? longitude(second, undefined!);
  return more.length === 0 ? fault : undefined;
};

const media: Attributes = {
  url: optional(webAddress),
  type: optional(type),
  fileSize: optional(nonNegative),
  medium: optional(
    oneOf('InvalidMediaMedium', ['image', 'audio', 'video', 'document', 'executable']),
  ),
  isDefault: optional(trueFalse),
  expression: optional(oneOf('InvalidMediaExpression', ['sample', 'full', 'nonstop'])),
  height: optional(nonNegative),
  width: optional(nonNegative),
};

/** Judges an element of Media RSS, and what stands in it. */
function holder(attributes: Attributes): Rule {
  return (element, scope) => {
    for (const [name, { judge, required: must }] of Object.entries(attributes)) {
      const value = element.attributes.get(name);
      if (value !== undefined) note(element, judge(value.trim(), scope), scope, name);
      else if (must)
        note(element, warning('MissingAttribute', `has no attribute ${name}; add it`), scope);
    }
    for (const inner of element.children)
      if (inner.name.startsWith('media:')) extension(inner, scope);
  };
}

const textType: Attributes = { type: optional(oneOf('InvalidMediaTextType', ['plain', 'html'])) };

const table: Record<string, Rule> = {
  ...itunes,
  ...podcast,
  'content:encoded': html,
  'dc:date': leaf(w3cDate),
  'dc:language': leaf(language),
  'dc:rights': plain(),
  'dcterms:created': leaf(w3cDate),
  'dcterms:issued': leaf(w3cDate),
  'dcterms:modified': leaf(w3cDate),
  'slash:comments': leaf(nonNegative),
  'slash:department': text,
  'slash:hit_parade': text,
  'slash:section': text,
  'sy:updateBase': leaf(w3cDate),
  'sy:updateFrequency': leaf(positive),
  'sy:updatePeriod': leaf(periods),
  'wfw:comment': leaf(uri),
  'wfw:commentRss': leaf(uri),
  'wfw:commentRSS': (element, scope) => {
    note(element, warning('CommentRSS', 'is written <wfw:commentRss>'), scope);
    leaf(uri)(element, scope);
  },
  'thr:total': leaf(nonNegative),
  'thr:in-reply-to': leaf(anything, {
    ref: required(uri),
    href: optional(iriReference),
    type: optional(type),
    source: optional(uri),
  }),
  'fh:archive': empty,
  'fh:complete': empty,
  'geo:lat': leaf(latitude),
  'geo:long': leaf(longitude),
  'georss:point': leaf(coordinates),
  'creativeCommons:license': leaf(uri),
  'feedburner:origLink': leaf(uri),
  'feedburner:origEnclosureLink': leaf(uri),
  'at:deleted-entry': (element, scope) =>
    holder({ ref: required(notBlank), when: required(rfc3339) })(element, scope),
  'media:adult': text,
  'media:category': leaf(notBlank),
  'media:community': holder({}),
  'media:content': holder(media),
  'media:copyright': text,
  'media:credit': leaf(notBlank),
  'media:description': leaf(anything, textType),
  'media:group': holder({}),
  'media:hash': text,
  'media:keywords': text,
  'media:player': holder({ url: required(uri) }),
  'media:rating': leaf(notBlank),
  'media:restriction': leaf(anything, {
    relationship: required(oneOf('InvalidMediaRestrictionRel', ['allow', 'deny'])),
  }),
  'media:statistics': holder({ views: optional(integer) }),
  'media:thumbnail': holder({
    url: required(uri),
    height: optional(nonNegative),
    width: optional(nonNegative),
  }),
  'media:title': leaf(anything, textType),
};

/** Extensions that may stand but once in their parent. */
export const once: ReadonlySet<string> = new Set([
  ...Object.keys(itunes).filter((name) => name !== 'itunes:category'),
  ...['content:encoded', 'dc:date', 'dc:language', 'dc:rights', 'dc:title', 'dc:description'],
  ...['slash:comments', 'slash:section', 'sy:updateBase', 'sy:updateFrequency', 'sy:updatePeriod'],
  ...['wfw:comment', 'wfw:commentRss', 'thr:total', 'fh:archive', 'fh:complete', 'media:title'],
  ...[
    'podcast:guid',
    'podcast:locked',
    'podcast:medium',
    'podcast:chapters',
    'podcast:season',
    'podcast:episode',
  ],
]);

/** Namespaces whose elements are all in the table or in this list. */
const closed = /^(itunes|content|slash|sy|wfw|thr|fh):/;
const alsoDefined = new Set(['content:items', 'thr:children']);

/** The rule of an element of any namespace; one that nobody knows is let pass. */
export const extension: Rule = (element, scope) => {
  if (Object.hasOwn(table, element.name)) table[element.name]!(element, scope);
  else if (closed.test(element.name) && !alsoDefined.has(element.name)) {
    note(
      element,
      warning('UndefinedElement', 'is not defined in its namespace; check its spelling'),
      scope,
    );
  }
};
