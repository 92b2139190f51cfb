import { type Extension, Feed, type FeedOptions, type Item } from 'feed';
import type { Entry } from '../post/entry.ts';
import type { Site } from '../site.ts';
import type { Channel } from './channel.ts';
import { type Form, formOf, given, once, type Slots, slots } from './slots.ts';
import { subjects } from './subjects.ts';
import { textOf } from './text.ts';
import { clean, uri } from './xml.ts';

/**
 * JSON Feed 1.1. `feed` builds version 1.0; added here are the later version's authors and
 * languages, hubs, `next_url` and attachments.
 */
export const jsonTail = '\n]}\n';

/** The document up to its first item; `updated` is no field of JSON Feed. */
export function jsonHead(channel: Channel, _updated: string, site: Site): string {
  const values = slots();
  const put = (value: unknown) => values.put(stringify(value));
  const options = given({
    title: put(channel.title),
    description: put(channel.description),
    link: put(channel.page),
    feedLinks: { json: put(channel.self.json) },
    image: site.icon && put(uri(site.icon)),
  });
  const added = {
    version: 'https://jsonfeed.org/version/1.1',
    next_url: channel.next?.json,
    language: site.language,
    authors: [{ name: site.title, url: `${site.url}/` }],
    hubs: some(channel.hubs.map((url) => ({ type: 'WebSub', url: uri(url) }))),
  };
  return `${values.fill(headForm({ options, extensions: extensions(added, put) }))}\n`;
}

interface Head {
  options: FeedOptions;
  extensions: Extension[];
}

const headForm = once(({ options, extensions }: Head) => {
  const feed = new Feed(options);
  for (const extension of extensions) feed.addExtension(extension);
  const json = feed.json1();
  return jsonForm(json.slice(0, json.lastIndexOf(']')));
});

/** An entry's item, without the comma that stands between items. */
export function jsonEntry(entry: Entry, site: Site): string {
  const values = slots();
  return values.fill(itemForm(item(entry, values, site)));
}

const itemForm = once((item: Item) => {
  const feed = new Feed({ title: '' });
  feed.addItem(item);
  const json = feed.json1();
  return jsonForm(json.slice(json.indexOf('[') + 1, json.lastIndexOf(']')));
});

/** What `feed` makes of an entry. */
function item(entry: Entry, values: Slots, site: Site): Item {
  const put = (value: unknown) => values.put(stringify(value));
  const summary = textOf(entry.summary);
  return given({
    title: put(entry.title),
    id: put(entry.id),
    link: put(uri(entry.link)),
    date: values.putDate(stringify(entry.updated)),
    published: values.putDate(stringify(entry.published)),
    content: put((site.content === 'full' && entry.content) || entry.summary),
    description: summary && put(summary),
    image: entry.image && put(uri(entry.image)),
    category: some(tags(entry).map((label) => ({ name: put(label) }))),
    extensions: extensions(added(entry), put),
  });
}

/** What `feed` has no fields for, or fills with less. */
function added(entry: Entry): Record<string, unknown> {
  const attachments = entry.enclosures.map(({ url, type, title, length, duration }) => ({
    url: uri(url),
    mime_type: type,
    title: title || undefined,
    size_in_bytes: length,
    duration_in_seconds: duration,
  }));
  return {
    authors: some(entry.authors.map(({ name, uri: url }) => ({ name, url: url && uri(url) }))),
    language: entry.language,
    attachments: some(attachments),
  };
}

/** The labels of every taxonomy but the authors', each once. */
function tags(entry: Entry): string[] {
  return [...new Set(subjects(entry).map(({ label }) => label))];
}

/** A list that is not there is left out; an empty one would say nothing more. */
function some<T>(list: T[]): T[] | undefined {
  return list.length > 0 ? list : undefined;
}

/** `feed`'s way to have any other field; one that it knows takes that one's place. */
function extensions(fields: object, put: (value: unknown) => string): Extension[] {
  return Object.entries(given(fields)).map(([name, value]) => ({
    name,
    // It may be any JSON, whatever the type says.
    objects: put(value) as unknown as Extension['objects'],
  }));
}

function stringify(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(clean(value));
  return JSON.stringify(value, (_, part) => (typeof part === 'string' ? clean(part) : part));
}

/** What `feed` built around stand-ins, on one line. */
function jsonForm(built: string): Form {
  const tidy = built.trim().replace(/\n */g, '').replaceAll('": ', '":');
  return formOf(tidy, /"slot:(\d+)"/);
}
