import { noteAtomLink } from './atom-links.ts';
import { rfc822 } from './dates.ts';
import {
  type Container,
  child,
  container,
  judgeContainer,
  leaf,
  missing,
  note,
  noteUndefined,
  optional,
  type Rule,
  required,
  textOf,
} from './elements.ts';
import { extension, once } from './extensions.ts';
import { judgeEpisode, judgeShow } from './podcasts.ts';
import { error, type Judge, quoted, type Scope, warning } from './report.ts';
import { html, plain, title } from './texts.ts';
import { uri, webAddress } from './uris.ts';
import { anything, contact, integer, language, mediaType, oneOf, positive } from './values.ts';
import type { Element } from './xml.ts';

/**
 * RSS 2.0, https://www.rssboard.org/rss-specification, with the advice of the RSS Profile as
 * warnings. The 0.9x versions are judged as what they grew into.
 */

const otherwise: Rule = (element, scope) => {
  if (element.name === 'atom:link') noteAtomLink(element, scope);
  else if (/[:}]/.test(element.name)) extension(element, scope);
  else noteUndefined(element, scope);
};

const link = leaf(uri);
const date = leaf(rfc822);

function dimension(name: string, max: number): Rule {
  return leaf((value) => {
    if (/^\d+$/.test(value) && Number(value) >= 1 && Number(value) <= max) return undefined;
    return error(name, `${quoted(value)} is not a number of pixels from 1 to ${max}`);
  });
}

const image: Container = {
  needs: ['url', 'title', 'link'],
  children: {
    url: leaf((value, scope) => uri(value, scope) ?? imageFormat(value)),
    title: title(),
    link,
    width: dimension('InvalidWidth', 144),
    height: dimension('InvalidHeight', 400),
    description: plain(),
  },
  otherwise,
};

function imageFormat(value: string) {
  const extensionOf = /\.(\w+)(?:[?#].*)?$/
    .exec(value.replace(/^\w+:\/\/[^/]*/, ''))?.[1]
    ?.toLowerCase();
  if (!extensionOf || !/^(webp|svg|avif|bmp|ico|tiff?)$/.test(extensionOf)) return undefined;
  return warning(
    'ImageUrlFormat',
    `.${extensionOf} is not shown by every reader; use GIF, JPEG or PNG`,
  );
}

const textInput: Container = {
  needs: ['title', 'description', 'name', 'link'],
  children: { title: title(), description: plain(), name: leaf(), link },
  otherwise,
};

const hour: Judge = (value, scope) => {
  const fault = integer(value, scope);
  if (!fault && value === '24') return warning('UseZeroForMidnight', 'midnight is 0');
  return fault || Number(value) < 0 || Number(value) > 23
    ? error('InvalidHour', `${quoted(value)} is not an hour from 0 to 23`)
    : undefined;
};
const dayNames = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** `skipHours` and `skipDays`: each hour or day once. */
function skips(name: string, judge: Judge, max: number, tooMany: string): Rule {
  return (element, scope) => {
    judgeContainer(element, { many: [name], children: { [name]: leaf(judge) }, otherwise }, scope);
    const values = element.children.map(textOf);
    if (values.length > max)
      note(element, error(tooMany, `has more than ${max} elements; remove some`), scope);
    const twice = element.children.find((_, i) => i < 1000 && values.indexOf(values[i]!) < i);
    if (twice)
      note(
        twice,
        error('DuplicateValue', `${quoted(textOf(twice))} stands twice; remove one`),
        scope,
      );
  };
}

const cloud = leaf(anything, {
  domain: required(),
  port: required((value, scope) =>
    positive(value, scope)
      ? error('InvalidIntegerAttribute', `${quoted(value)} is not a port number`)
      : undefined,
  ),
  path: required(),
  registerProcedure: required(),
  protocol: required(),
});

const enclosure = leaf(anything, {
  url: required(webAddress),
  length: required((value) => {
    if (/^\d+$/.test(value)) return undefined;
    if (value === '-1') return error('UseZeroForUnknown', 'an unknown length is written 0');
    return error(
      'InvalidIntegerAttribute',
      `${quoted(value)} is not a number of bytes; write 0 if it is unknown`,
    );
  }),
  type: required(mediaType('InvalidMIMEAttribute')),
});

const guid: Rule = (element, scope) => {
  const permanent = element.attributes.get('isPermaLink') ?? 'true';
  const isPermaLink = optional(oneOf('InvalidBooleanAttribute', ['true', 'false']));
  leaf((value) => guidFault(value, permanent, scope), { isPermaLink })(element, scope);
};

function guidFault(value: string, permanent: string, scope: Scope) {
  if (value === '') return warning('NotBlank', 'is empty; give it a value that never changes');
  if (permanent === 'false') {
    if (!/^\d{1,8}$/.test(value)) return undefined;
    return warning(
      'NotSufficientlyUnique',
      `${quoted(value)} may be another feed's too; write a URI`,
    );
  }
  if (/^(tag:|urn:uuid:)/i.test(value)) {
    return error(
      'InvalidPermalink',
      `${quoted(value)} is no URL to visit; add isPermaLink="false"`,
    );
  }
  return (
    uri(value, scope) &&
    error('InvalidHttpGUID', `${quoted(value)} is no URL; add isPermaLink="false"`)
  );
}

const item: Container = {
  // A second enclosure is a warning of its own.
  many: ['category', 'enclosure'],
  children: {
    title: title(),
    link,
    description: html,
    author: leaf(contact),
    category: title({ domain: optional() }),
    comments: link,
    enclosure,
    guid,
    pubDate: date,
    source: plain({ url: required(uri) }),
  },
  otherwise,
  once,
};

const channel: Container = {
  needs: ['title', 'link', 'description'],
  many: ['category', 'item'],
  children: {
    title: title(),
    link,
    description: plain(),
    language: leaf(language),
    copyright: plain(),
    managingEditor: leaf(contact),
    webMaster: leaf(contact),
    pubDate: date,
    lastBuildDate: date,
    category: title({ domain: optional() }),
    generator: leaf(),
    docs: link,
    cloud,
    ttl: leaf(positive),
    image: container(image),
    rating: leaf(),
    textInput: (element, scope) => {
      note(element, warning('AvoidTextInput', 'is ignored by readers; remove it'), scope);
      judgeContainer(element, textInput, scope);
    },
    skipHours: skips('hour', hour, 24, 'NotEnoughHoursInTheDay'),
    skipDays: skips('day', oneOf('InvalidDay', dayNames), 7, 'EightDaysAWeek'),
    item: judgeItem,
  },
  otherwise,
  once,
};

/** Core elements and the extensions that say the same. */
const sameMeaning: Record<string, string> = {
  author: 'dc:creator',
  category: 'dc:subject',
  copyright: 'dc:rights',
  generator: 'admin:generatorAgent',
  guid: 'atom:id',
  language: 'dc:language',
  lastBuildDate: 'dcterms:modified',
  managingEditor: 'dc:creator',
  pubDate: 'dc:date',
  source: 'dc:source',
  webMaster: 'dc:publisher',
};

function judgeDoubles(element: Element, name: string, scope: Scope): void {
  const present = new Set(element.children.map((one) => one.name));
  for (const [core, ext] of Object.entries(sameMeaning)) {
    if (!present.has(core) || !present.has(ext)) continue;
    note(
      child(element, ext)!,
      warning(name, `says the same as <${core}>; keep one of them`),
      scope,
    );
  }
}

function judgeItem(element: Element, scope: Scope): void {
  judgeContainer(element, item, scope);
  judgeDoubles(element, 'DuplicateItemSemantics', scope);
  judgeEpisode(element, scope);
  if (!child(element, 'title') && !child(element, 'description')) {
    const fault = error(
      'ItemMustContainTitleOrDescription',
      'has neither <title> nor <description>; add one',
    );
    note(element, fault, scope);
  }
  if (!child(element, 'guid') && scope.spec === 'RSS 2.0') {
    note(
      element,
      warning('MissingGuid', 'has no <guid>, by which readers know it again; add one'),
      scope,
    );
  }
  const second = element.children.filter(({ name }) => name === 'enclosure')[1];
  if (second)
    note(
      second,
      warning('DuplicateEnclosure', 'is the second; most readers take one alone'),
      scope,
    );
  const names = element.children.map(({ name }) => name);
  const content = names.indexOf('content:encoded');
  if (content >= 0 && !names.slice(0, content).includes('description')) {
    const fault = warning(
      'NeedDescriptionBeforeContent',
      'should follow a <description>; add one before it',
    );
    note(element.children[content]!, fault, scope);
  }
}

function judgeChannel(element: Element, scope: Scope): void {
  judgeContainer(element, channel, scope);
  judgeDoubles(element, 'DuplicateSemantics', scope);
  judgeShow(element, scope);
  judgeImage(element, scope);
  judgeSelf(element, scope);
  const entries = element.children.filter(({ name }) => name === 'item');
  judgeGuids(entries, scope);
  const after = element.children.slice(element.children.indexOf(entries[0]!) + 1);
  const late =
    entries[0] &&
    after.find(({ name }) => Object.hasOwn(channel.children, name) && name !== 'item');
  if (late)
    note(late, warning('MisplacedItem', 'stands after an <item>; put the items last'), scope);
  const counted = entries.find((one) => child(one, 'slash:comments'));
  if (counted && !child(element, 'lastBuildDate')) {
    const fault = warning(
      'SlashDate',
      'counts comments of an unknown day; add <lastBuildDate> to the channel',
    );
    note(child(counted, 'slash:comments')!, fault, scope);
  }
}

function judgeGuids(entries: Element[], scope: Scope): void {
  const seen = new Set<string>();
  for (const entry of entries) {
    const id = child(entry, 'guid');
    const value = id && textOf(id);
    if (value && seen.has(value)) {
      note(
        id,
        error('DuplicateValue', `${quoted(value)} stands twice; readers show one of them alone`),
        scope,
      );
    }
    if (value) seen.add(value);
  }
}

function judgeImage(element: Element, scope: Scope): void {
  const picture = child(element, 'image');
  for (const [part, name] of [
    ['link', 'ImageLinkDoesntMatch'],
    ['title', 'ImageTitleDoesntMatch'],
  ] as const) {
    const own = picture && child(picture, part);
    const whole = child(element, part);
    if (!own || !whole || textOf(own) === textOf(whole)) continue;
    note(own, warning(name, `should be the channel's: ${quoted(textOf(whole))}`), scope);
  }
}

function judgeSelf(element: Element, scope: Scope): void {
  if (scope.spec !== 'RSS 2.0') return;
  const self = element.children.some(
    (one) => one.name === 'atom:link' && one.attributes.get('rel') === 'self',
  );
  if (self) return;
  const remedy = 'add <atom:link href="…" rel="self" type="application/rss+xml"/>';
  note(element, warning('MissingAtomSelfLink', `does not say its own address; ${remedy}`), scope);
}

/** Judges an RSS document; tells its version and the number of its entries. */
export function judgeRss(root: Element, scope: Scope): { format: string; entries: number } {
  const version = root.attributes.get('version')?.trim();
  scope.spec = version?.startsWith('0.9') ? `RSS ${version}` : 'RSS 2.0';
  const versionFault: Judge = (value) => {
    if (/^2\.0(\.\d+)?$/.test(value)) return undefined;
    if (/^0\.9[1-4]$/.test(value))
      return warning('ObsoleteVersion', `${value} is superseded; write RSS 2.0`);
    return error('InvalidRSSVersion', `${quoted(value)} is no version of RSS; write 2.0`);
  };
  judgeContainer(
    root,
    {
      attributes: { version: required(versionFault) },
      children: { channel: judgeChannel },
      otherwise,
    },
    scope,
  );
  const one = child(root, 'channel');
  if (!one) note(root, missing('channel'), scope);
  const entries = one?.children.filter(({ name }) => name === 'item').length ?? 0;
  return { format: scope.spec, entries };
}
