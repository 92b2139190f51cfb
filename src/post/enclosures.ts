import { xmlText } from './characters.ts';
import type { Enclosure, Episode } from './entry.ts';
import {
  type Field,
  flagOf,
  ignore,
  isObject,
  member,
  present,
  type Reading,
  textOf,
  wholeOf,
} from './fields.ts';
import { mediaType } from './media-type.ts';
import { resolver } from './urls.ts';

/** Media that front matter names: enclosures, what players show of an episode, the lead image. */

const most = 100;

/** The enclosures that the front matter names; relative URLs are resolved against the post's link. */
export function enclosuresOf(reading: Reading, link: string): Enclosure[] {
  const found: Enclosure[] = [];
  for (const field of present(reading, ['enclosure', 'enclosures', 'audio', 'podcast', 'file'])) {
    if (flagOf(field.value) !== undefined) continue;
    const values = Array.isArray(field.value) ? field.value.slice(0, most) : [field.value];
    for (const value of values) {
      const enclosure = enclosureOf(value, link);
      if (!enclosure) ignore(reading, field, 'is no media file', 'Give the URL of the file.');
      else if (!found.some(({ url }) => url === enclosure.url)) found.push(enclosure);
    }
    if (found.length > 0) reading.sources['enclosures'] ??= field.name;
  }
  return found;
}

/** Length and duration of a medium, where they are known. */
export type Measures = Pick<Enclosure, 'length' | 'duration'>;

/** What the front matter has of them beside the first enclosure. */
export function measuresOf(reading: Reading): Measures {
  const [length] = present(reading, ['length', 'filesize', 'file_size', 'enclosure_length']);
  const [duration] = present(reading, ['duration', 'itunes_duration', 'itunes:duration']);
  return measured(length?.value, duration?.value);
}

/** The enclosures, the first with these measures where it has none of its own. */
export function withMeasures(measures: Measures, enclosures: Enclosure[]): Enclosure[] {
  const [first, ...others] = enclosures;
  return first ? [{ ...measures, ...first }, ...others] : [];
}

function enclosureOf(value: unknown, link: string): Enclosure | undefined {
  if (isObject(value)) return fromObject(value, link);
  // WordPress keeps `url\nlength\ntype` in one field.
  const [url = '', length, type] = (textOf(value) ?? '').split(/\s+/);
  if (!/^https?:|^\/|^[^:]*\.\w{2,4}(?:[?#]|$)/i.test(url)) return undefined;
  return made(url, { length, type, link });
}

function fromObject(value: Record<string, unknown>, link: string): Enclosure | undefined {
  const names = ['url', 'src', 'href', 'file', 'path', 'mp3', 'm4a', 'ogg', 'mp4', 'audio'];
  const url = textOf(member(value, names));
  if (url === undefined) return undefined;
  return made(url, {
    link,
    length: member(value, ['length', 'size', 'bytes', 'filesize']),
    duration: member(value, ['duration']),
    type: member(value, ['type', 'mime', 'mime_type']),
    title: member(value, ['title']),
  });
}

interface Details {
  link: string;
  length?: unknown;
  duration?: unknown;
  type?: unknown;
  title?: unknown;
}

function made(written: string, { link, length, duration, type, title }: Details) {
  const url = resolver(link).resource(written);
  if (url === undefined) return undefined;
  const mime = textOf(type)?.toLowerCase();
  const given = mime !== undefined && /^[\w.+-]+\/[\w.+-]+$/.test(mime) ? mime : undefined;
  const name = xmlText(textOf(title) ?? '');
  const enclosure: Enclosure = {
    url,
    type: given ?? mediaType(url) ?? 'application/octet-stream',
    ...measured(length, duration),
  };
  return name === '' ? enclosure : { ...enclosure, title: name };
}

function measured(length: unknown, duration: unknown): Measures {
  const bytes = wholeOf(length);
  const seconds = secondsOf(duration);
  return {
    ...(bytes === undefined || bytes === 0 ? {} : { length: bytes }),
    ...(seconds === undefined ? {} : { duration: seconds }),
  };
}

/** Seconds of `1:02:03`, `62:03` or `3723`. */
export function secondsOf(value: unknown): number | undefined {
  const text = textOf(value);
  if (text === undefined || !/^\d{1,6}(?::\d{1,2}){0,2}(?:\.\d+)?$/.test(text)) return undefined;
  return Math.floor(text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0));
}

/** What players show of an episode; undefined if the post tells nothing of the kind. */
export function episodeOf(reading: Reading, link: string): Episode | undefined {
  const number = numbered(reading, ['episode', 'episode_number', 'itunes_episode']);
  const season = numbered(reading, ['season', 'itunes_season']);
  const [kind] = present(reading, ['episode_type', 'episodetype', 'itunes_episode_type']);
  const type = textOf(kind?.value)?.toLowerCase();
  const [rating] = present(reading, ['explicit', 'itunes_explicit']);
  const explicit = textOf(rating?.value)?.toLowerCase() === 'clean' ? false : flagOf(rating?.value);
  const transcript = urlField(reading, 'transcript', link);
  const chapters = urlField(reading, 'chapters', link);
  const episode: Episode = {
    ...(number === undefined ? {} : { number }),
    ...(season === undefined ? {} : { season }),
    ...(type !== undefined && /^(?:full|trailer|bonus)$/.test(type) ? { type } : {}),
    ...(explicit === undefined ? {} : { explicit }),
    ...(transcript === undefined ? {} : { transcript }),
    ...(chapters === undefined ? {} : { chapters }),
  };
  return Object.keys(episode).length > 0 ? episode : undefined;
}

/** A field, or the same inside `podcast:`, as a number; its text (`episode: Pilot`) is no fault. */
function numbered(reading: Reading, names: string[]): number | undefined {
  const [podcast] = present(reading, ['podcast']);
  const inside = isObject(podcast?.value) ? member(podcast.value, names) : undefined;
  return wholeOf(present(reading, names)[0]?.value ?? inside);
}

function urlField(reading: Reading, name: string, link: string): string | undefined {
  const [field] = present(reading, [name]);
  const text = textOf(isObject(field?.value) ? member(field.value, ['url', 'src']) : field?.value);
  // A transcript may also be the text itself, chapters a list: neither is an address.
  return text === undefined || /\s/.test(text) ? undefined : resolver(link).resource(text);
}

const images = [
  'image',
  'cover',
  'coverimage',
  'cover_image',
  'heroimage',
  'feature_image',
  'thumbnail',
];

/** The lead image that the front matter names. */
export function imageOf(reading: Reading, link: string): string | undefined {
  for (const field of present(reading, images)) {
    if (flagOf(field.value) !== undefined) continue;
    const url = imageUrl(field, link);
    if (url === undefined) ignore(reading, field, 'is no image', 'Give the URL of the image.');
    else {
      reading.sources['image'] = field.name;
      return url;
    }
  }
  return undefined;
}

function imageUrl({ value }: Field, link: string): string | undefined {
  const one = Array.isArray(value) ? value[0] : value;
  const names = ['path', 'url', 'src', 'feature', 'image', 'thumbnail'];
  const text = textOf(isObject(one) ? member(one, names) : one);
  return text === undefined || text.includes('{{') ? undefined : resolver(link).resource(text);
}
