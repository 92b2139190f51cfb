import { Feed, type FeedOptions, type Item } from 'feed';
import { pageKey, pathOf, term } from '../keys.ts';
import type { Author, Enclosure, Entry } from '../post/entry.ts';
import type { Site } from '../site.ts';
import type { Channel } from './channel.ts';
import { episodeElements, namespaces, showElements } from './podcast.ts';
import { given, once, type Slots, slots } from './slots.ts';
import { type Subject, subjects } from './subjects.ts';
import {
  cdata,
  element,
  escaped,
  lines,
  openTag,
  quoted,
  rssText,
  uri,
  within,
  xmlForm,
} from './xml.ts';

/**
 * RSS 2.0. `feed` builds the channel and each item; added here are the namespaces, more links than
 * `self`, authors who have no address, further media, and what a podcast has.
 */
export const rssTail = '</channel>\n</rss>\n';

/** The document up to its first item. */
export function rssHead(channel: Channel, updated: string, site: Site): string {
  const { put, putDate, fill } = slots();
  const head = headForm(
    given({
      title: put(rssText(channel.title)),
      description: put(rssText(channel.description)),
      link: put(escaped(uri(channel.page))),
      feed: put(quoted(uri(channel.self.rss))),
      language: site.language && put(escaped(site.language)),
      copyright: site.rights && put(rssText(site.rights)),
      image: site.icon && put(escaped(uri(site.icon))),
      updated: putDate(new Date(updated).toUTCString()),
      ttl: Math.max(1, Math.round(site.freshness / 60)),
      generator: 'Tidings',
      docs: 'https://www.rssboard.org/rss-specification',
    }),
  );
  const added = lines([...links(channel), ...showElements(channel, site)]);
  return fill(head).replace(/<rss [^>]*>/, () => root(site)) + added;
}

const headForm = once((options: FeedOptions) => {
  const xml = new Feed(options).rss2();
  return xmlForm(xml.slice(0, xml.lastIndexOf('</channel>')));
});

/** An entry's item, with its final newline. */
export function rssEntry(entry: Entry, site: Site): string {
  const values = slots();
  const built = values.fill(itemForm(item(entry, values, site)));
  return `<item>\n${built}${lines(addedElements(entry, site))}</item>\n`;
}

const itemForm = once((item: Item) => {
  const feed = new Feed({ title: '' });
  feed.addItem(item);
  return xmlForm(within(feed.rss2(), 'item'));
});

/** What `feed` makes of an entry. */
function item(entry: Entry, { put, putDate }: Slots, site: Site): Item {
  const { description, content } = bodies(entry, site);
  const contact = contactOf(entry.authors);
  const [enclosure] = entry.enclosures;
  return given({
    title: put(rssText(entry.title)),
    link: put(escaped(uri(entry.link))),
    // Without an id `feed` makes the link a permanent one.
    id: entry.id === entry.link ? undefined : put(escaped(entry.id)),
    date: putDate(new Date(entry.published).toUTCString()),
    description: description && put(cdata(description)),
    content: content && put(cdata(content)),
    author: contact && [{ name: put(rssText(contact.name)), email: put(escaped(contact.email)) }],
    category: subjects(entry).map((subject) => ({
      name: put(rssText(subject.label)),
      domain: put(quoted(pageOf(subject, site))),
    })),
    enclosure: enclosure && {
      url: put(quoted(uri(enclosure.url))),
      // RSS 2.0 requires a length; zero says that it is not known. It stands in the document as it is.
      length: put(String(enclosure.length ?? 0)) as unknown as number,
      type: put(quoted(enclosure.type)),
    },
  });
}

/** What `feed` has no elements for. */
function addedElements(entry: Entry, site: Site): string[] {
  return [
    ...(contactOf(entry.authors) ? [] : creators(entry.authors)),
    ...(entry.language ? [element('dc:language', {}, escaped(entry.language))] : []),
    ...media(entry),
    ...(site.podcast ? episodeElements(entry) : []),
  ];
}

/** The same for every feed of a site, whatever its entries use. */
function root(site: Site): string {
  return openTag('rss', {
    version: '2.0',
    'xmlns:atom': 'http://www.w3.org/2005/Atom',
    'xmlns:content': 'http://purl.org/rss/1.0/modules/content/',
    'xmlns:dc': 'http://purl.org/dc/elements/1.1/',
    'xmlns:media': 'http://search.yahoo.com/mrss/',
    ...(site.podcast ? namespaces : {}),
  });
}

function links({ hubs, next, first }: Channel): string[] {
  const type = 'application/rss+xml';
  const pages = Object.entries(given({ next: next?.rss, first: first?.rss }));
  return [
    ...hubs.map((hub) => element('atom:link', { href: uri(hub), rel: 'hub' })),
    ...pages.map(([rel, address]) => element('atom:link', { href: uri(address), rel, type })),
  ];
}

/** Full content goes into `content:encoded`, but only beside a description: alone it is the description. */
function bodies(entry: Entry, site: Site): { description?: string; content?: string } {
  if (site.content === 'summary' || !entry.content) {
    return entry.summary ? { description: entry.summary } : {};
  }
  if (!entry.summary) return { description: entry.content };
  return { description: entry.summary, content: entry.content };
}

/** The page of a term: the `domain` that tells a tag from a category. */
function pageOf({ taxonomy, slug }: Subject, site: Site): string {
  return site.feeds + pathOf(pageKey(term(taxonomy, slug)));
}

/**
 * The author whom `<author>` names: it needs an address, may stand once, and not beside a
 * `dc:creator`. In all other cases every author is a `dc:creator`.
 */
function contactOf(authors: readonly Author[]): { name: string; email: string } | undefined {
  const [author] = authors;
  if (authors.length !== 1 || !author?.email) return undefined;
  return { name: author.name, email: author.email };
}

function creators(authors: readonly Author[]): string[] {
  return authors.map(({ name }) => element('dc:creator', {}, rssText(name)));
}

/** The enclosures after the first, for RSS 2.0 allows one (Media RSS any number), and the lead image. */
function media(entry: Entry): string[] {
  const all = entry.enclosures.slice(1).map(mediaContent);
  if (entry.image) all.push(element('media:thumbnail', { url: uri(entry.image) }));
  return all;
}

function mediaContent({ url, type, length, duration, title }: Enclosure): string {
  const inner = title ? element('media:title', { type: 'plain' }, rssText(title)) : '';
  return element('media:content', { url: uri(url), type, fileSize: length, duration }, inner);
}
