import { rfc822, rfc3339 } from './dates.ts';
import {
  type Container,
  child,
  container,
  leaf,
  note,
  optional,
  type Rule,
  required,
} from './elements.ts';
import { categories, obsolete } from './podcast-categories.ts';
import { error, type Judge, quoted, type Scope, warning } from './report.ts';
import { title } from './texts.ts';
import { uri, webAddress } from './uris.ts';
import {
  all,
  anything,
  atMost,
  between,
  email,
  mediaType,
  notBlank,
  oneOf,
  positive,
} from './values.ts';
import type { Element } from './xml.ts';

/** Apple's `itunes:` and the Podcast Namespace's `podcast:` elements. */

/** Apple asks for true or false; the yes, no and clean of its first years are still understood. */
const explicit: Judge = (value) => {
  if (/^(true|false)$/i.test(value)) return undefined;
  const fault = /^(yes|no|clean|explicit)$/i.test(value) ? warning : error;
  return fault('InvalidTrueFalse', `${quoted(value)} is not allowed; write true or false`);
};

const yesNo = oneOf('InvalidYesNo', ['yes', 'no'], true);
const duration: Judge = (value) =>
  /^\d+(:[0-5]?\d){0,2}(\.\d+)?$/.test(value)
    ? undefined
    : error(
        'InvalidDuration',
        `${quoted(value)} is not a duration; write seconds, 12:34 or 1:02:03`,
      );

const category: Rule = (element, scope) => {
  const parent = element.parent?.name === element.name ? element.parent : undefined;
  leafCategory(element, parent?.attributes.get('text'), scope);
  for (const inner of element.children) if (inner.name === element.name) category(inner, scope);
};

function leafCategory(element: Element, parent: string | undefined, scope: Scope): void {
  const text = element.attributes.get('text')?.trim();
  if (text === undefined) {
    note(element, error('MissingAttribute', 'has no attribute text; add it'), scope);
    return;
  }
  const allowed = parent === undefined ? Object.keys(categories) : (categories[parent] ?? []);
  if (allowed.includes(text)) return;
  // What stands in an unknown category is not known either.
  if (parent !== undefined && !Object.hasOwn(categories, parent)) return;
  const fault = obsolete.has(text)
    ? warning(
        'ObsoleteItunesCategory',
        `${quoted(text)} is no category of Apple's since 2019; choose a new one`,
      )
    : error(
        'InvalidItunesCategory',
        `${quoted(text)} is none of Apple's categories${parent ? ` in ${parent}` : ''}; choose one of them`,
      );
  note(element, fault, scope, 'text');
}

const owner: Container = {
  children: {
    'itunes:name': leaf(atMost(255)),
    'itunes:email': leaf(email),
  },
  otherwise: () => undefined,
};

export const itunes: Record<string, Rule> = {
  'itunes:applepodcastsverify': leaf(notBlank),
  'itunes:author': leaf(atMost(255)),
  'itunes:block': leaf(oneOf('InvalidYesNo', ['yes', 'no', 'true', 'false'], true)),
  'itunes:category': category,
  'itunes:complete': leaf(yesNo),
  'itunes:duration': leaf(duration),
  'itunes:episode': leaf(positive),
  'itunes:episodeType': leaf(oneOf('InvalidItunesEpisodeType', ['full', 'trailer', 'bonus'], true)),
  'itunes:explicit': leaf(explicit),
  'itunes:image': leaf(anything, { href: required(webAddress) }),
  'itunes:isClosedCaptioned': leaf(anything),
  'itunes:keywords': leaf((value) =>
    /\s/.test(value) && !value.includes(',')
      ? warning('InvalidKeywords', `${quoted(value)} should be separated by commas`)
      : undefined,
  ),
  'itunes:link': leaf(anything),
  'itunes:name': leaf(atMost(255)),
  'itunes:email': leaf(email),
  'itunes:new-feed-url': leaf(uri),
  'itunes:order': leaf(anything),
  'itunes:owner': (element, scope) => {
    container(owner)(element, scope);
    if (!child(element, 'itunes:email')) {
      note(
        element,
        warning(
          'MissingItunesEmail',
          'has no <itunes:email>; add one, by which directories verify you',
        ),
        scope,
      );
    }
  },
  'itunes:season': leaf(positive),
  'itunes:subtitle': leaf(atMost(255)),
  'itunes:summary': leaf(atMost(4000)),
  'itunes:title': title(),
  'itunes:type': leaf(oneOf('InvalidItunesChannelType', ['episodic', 'serial'], true)),
};

/** What Apple requires of a show, once any `itunes:` element says that the feed is one. */
export function judgeShow(channel: Element, scope: Scope): void {
  const uses = (element: Element) =>
    element.children.some(({ name }) => name.startsWith('itunes:'));
  if (!uses(channel) && !channel.children.some((one) => one.name === 'item' && uses(one))) return;
  for (const name of ['itunes:category', 'itunes:explicit', 'itunes:image']) {
    if (child(channel, name)) continue;
    note(
      channel,
      warning('MissingItunesElement', `has no <${name}>, which Apple Podcasts requires; add one`),
      scope,
    );
  }
  if (!child(channel, 'language') && !channel.attributes.has('xml:lang')) {
    note(
      channel,
      warning('MissingItunesElement', 'has no <language>, which Apple Podcasts requires; add one'),
      scope,
    );
  }
  if (!child(channel, 'itunes:owner')) {
    note(
      channel,
      warning('MissingItunesEmail', 'has no <itunes:owner>; add one with <itunes:email>'),
      scope,
    );
  }
}

const seconds = between('InvalidNPTTime', 0, Number.MAX_SAFE_INTEGER);
const uuid: Judge = (value) =>
  /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(value)
    ? undefined
    : error('InvalidUUID', `${quoted(value)} is not a UUID: 32 hexadecimal digits in 8-4-4-4-12`);
const type = mediaType('InvalidMIMEAttribute');
const number = between('InvalidFloat', 0, Number.MAX_SAFE_INTEGER);

/** https://podcasting2.org/podcast-namespace: elements come often, so an unknown one is let pass. */
export const podcast: Record<string, Rule> = {
  'podcast:alternateEnclosure': (element, scope) => {
    if (!element.attributes.has('type'))
      note(element, error('MissingAttribute', 'has no attribute type; add it'), scope);
    if (!child(element, 'podcast:source'))
      note(element, error('MissingElement', 'has no <podcast:source>; add one'), scope);
    for (const source of element.children) {
      if (source.name === 'podcast:source') leaf(anything, { uri: required(uri) })(source, scope);
    }
  },
  'podcast:chapters': leaf(anything, { url: required(webAddress), type: required(type) }),
  'podcast:contentLink': leaf(anything, { href: required(uri) }),
  'podcast:episode': leaf(number),
  'podcast:funding': leaf(all(notBlank, atMost(128)), { url: required(uri) }),
  'podcast:guid': leaf(uuid),
  'podcast:license': leaf(notBlank, { url: optional(uri) }),
  'podcast:location': leaf(notBlank),
  'podcast:locked': leaf(yesNo, { owner: optional(email) }),
  'podcast:medium': leaf(notBlank),
  'podcast:person': leaf(all(notBlank, atMost(128)), {
    img: optional(webAddress),
    href: optional(uri),
  }),
  'podcast:season': leaf(number),
  'podcast:soundbite': leaf(atMost(128), {
    startTime: required(seconds),
    duration: required(seconds),
  }),
  'podcast:trailer': leaf(notBlank, {
    url: required(webAddress),
    pubdate: required(
      (value, scope) => (rfc3339(value, scope) && rfc822(value, scope)) || undefined,
    ),
    type: optional(type),
  }),
  'podcast:transcript': leaf(anything, { url: required(webAddress), type: required(type) }),
  'podcast:txt': leaf(atMost(4000)),
};

/** Formats that Apple Podcasts plays. */
const formats = new Set(['m4a', 'mp3', 'mov', 'mp4', 'm4v', 'pdf', 'epub']);

/** Warns of an enclosure that Apple Podcasts does not play. */
export function judgeEpisode(item: Element, scope: Scope): void {
  const enclosure = child(item, 'enclosure');
  const url = enclosure?.attributes.get('url') ?? '';
  const extension = /\/[^/?#]+\.(\w{1,5})(?:[?#]|$)/
    .exec(url.replace(/^\w+:\/\/[^/]*/, ''))?.[1]
    ?.toLowerCase();
  if (!enclosure || !extension || formats.has(extension)) return;
  if (!item.children.some(({ name }) => name.startsWith('itunes:'))) return;
  const fault = warning(
    'UnsupportedItunesFormat',
    `.${extension} is not played by Apple Podcasts; use mp3, m4a or mp4`,
  );
  note(enclosure, fault, scope, 'url');
}
