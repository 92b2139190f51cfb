import { type Extension, Feed } from 'feed';
import type { Entry } from '../post/entry.ts';
import type { Site } from '../site.ts';
import type { Channel } from './channel.ts';
import { given } from './slots.ts';
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
  const feed = new Feed(
    given({
      title: channel.title,
      description: channel.description,
      link: channel.page,
      feedLinks: { json: channel.self.json },
      image: site.icon && uri(site.icon),
    }),
  );
  extend(feed, {
    version: 'https://jsonfeed.org/version/1.1',
    next_url: channel.next?.json,
    language: site.language,
    authors: [{ name: site.title, url: `${site.url}/` }],
    hubs: some(site.hubs.map((url) => ({ type: 'WebSub', url: uri(url) }))),
  });
  return stringify(JSON.parse(feed.json1())).replace(/\]\}$/, '\n');
}

/** One item, without the comma that stands between items. */
export function jsonEntry(entry: Entry, site: Site): string {
  const feed = new Feed({ title: '' });
  feed.addItem(
    given({
      title: entry.title,
      id: entry.id,
      link: uri(entry.link),
      date: new Date(entry.updated),
      published: new Date(entry.published),
      content: (site.content === 'full' && entry.content) || entry.summary,
      description: textOf(entry.summary) || undefined,
      image: entry.image && uri(entry.image),
      category: [...new Set(subjects(entry).map(({ label }) => label))].map((name) => ({ name })),
      extensions: extensions(added(entry)),
    }),
  );
  return stringify(JSON.parse(feed.json1()).items[0]);
}

/** What `feed` has no fields for, or fills with less: one author, dates to the millisecond. */
function added(entry: Entry): Record<string, unknown> {
  const attachments = entry.enclosures.map(({ url, type, title, length, duration }) => ({
    url: uri(url),
    mime_type: type,
    title: title || undefined,
    size_in_bytes: length,
    duration_in_seconds: duration,
  }));
  return {
    date_modified: entry.updated,
    date_published: entry.published,
    authors: some(entry.authors.map(({ name, uri: url }) => ({ name, url: url && uri(url) }))),
    language: entry.language,
    attachments: some(attachments),
  };
}

/** JSON Feed leaves out what is not there; an empty list would say nothing more. */
function some<T>(list: T[]): T[] | undefined {
  return list.length > 0 ? list : undefined;
}

/** `feed`'s way to have any other field; one that it knows takes that one's place. */
function extensions(fields: Record<string, unknown>): Extension[] {
  return Object.entries(given(fields)).map(([name, objects]) => ({
    name,
    objects: objects as Extension['objects'],
  }));
}

function extend(feed: Feed, fields: Record<string, unknown>): void {
  for (const extension of extensions(fields)) feed.addExtension(extension);
}

function stringify(value: unknown): string {
  return JSON.stringify(value, (_, part) => (typeof part === 'string' ? clean(part) : part));
}
