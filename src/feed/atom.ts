import { Feed, type FeedOptions, type Item } from 'feed';
import type { Author, Entry } from '../post/entry.ts';
import type { Site } from '../site.ts';
import type { Channel } from './channel.ts';
import { given, once, type Slots, slots } from './slots.ts';
import { subjects } from './subjects.ts';
import {
  cdata,
  clean,
  element,
  escaped,
  lines,
  openTag,
  quoted,
  uri,
  within,
  xmlForm,
} from './xml.ts';

/**
 * Atom 1.0 (RFC 4287). `feed` builds the head and each entry; added here are languages, hubs and
 * pages, enclosures with the types they have, and thumbnails.
 */
export const atomTail = '</feed>\n';

/** The document up to its first entry. */
export function atomHead(channel: Channel, updated: string, site: Site): string {
  const { put, putDate, fill } = slots();
  const icon = site.icon && put(escaped(uri(site.icon)));
  const head = headForm(
    given({
      id: put(escaped(channel.id)),
      title: put(escaped(channel.title)),
      description: put(escaped(channel.description)),
      updated: putDate(updated),
      // RFC 4287 §4.1.1: an entry without an author has its feed's.
      author: { name: put(escaped(site.title)), link: put(escaped(uri(`${site.url}/`))) },
      link: put(quoted(uri(channel.page))),
      feed: put(quoted(uri(channel.self.atom))),
      image: icon,
      favicon: icon,
      copyright: site.rights && put(escaped(site.rights)),
      generator: 'Tidings',
    }),
  );
  return fill(head).replace(/<feed [^>]*>/, () => root(site)) + lines(links(channel));
}

const headForm = once((options: FeedOptions) => {
  const xml = new Feed(options).atom1();
  return xmlForm(xml.slice(0, xml.lastIndexOf('</feed>')));
});

/** An entry's element, with its final newline. */
export function atomEntry(entry: Entry, site: Site): string {
  const values = slots();
  const built = values.fill(entryForm(item(entry, values, site)));
  const open = openTag('entry', { 'xml:lang': entry.language });
  return `${open}\n${built}${lines(media(entry))}</entry>\n`;
}

const entryForm = once((entry: Item) => {
  const feed = new Feed({ title: '' });
  feed.addItem(entry);
  return xmlForm(within(feed.atom1(), 'entry').replace('<link ', '<link rel="alternate" '));
});

/** What `feed` makes of an entry. */
function item(entry: Entry, { put, putDate }: Slots, site: Site): Item {
  const { summary, content } = bodies(entry, site);
  return given({
    // `feed` declares titles to be HTML, so the text is escaped once for that and once for XML.
    title: put(escaped(escaped(entry.title))),
    id: put(escaped(idOf(entry, site))),
    link: put(quoted(uri(entry.link))),
    date: putDate(entry.updated),
    published: putDate(entry.published),
    description: summary && put(cdata(summary)),
    content: content && put(cdata(content)),
    author: entry.authors.map((author) => person(author, put)),
    category: subjects(entry).map(({ taxonomy, slug, label }) => ({
      term: put(quoted(slug)),
      // It tells a tag from a category, and need not lead anywhere.
      scheme: put(quoted(`${site.feeds}/${encodeURIComponent(taxonomy)}/`)),
      name: put(quoted(label)),
    })),
  });
}

function root(site: Site): string {
  return openTag('feed', {
    xmlns: 'http://www.w3.org/2005/Atom',
    'xmlns:media': 'http://search.yahoo.com/mrss/',
    'xml:lang': site.language,
  });
}

function links({ hubs, next, first }: Channel): string[] {
  const type = 'application/atom+xml';
  const pages = Object.entries(given({ next: next?.atom, first: first?.atom }));
  return [
    ...hubs.map((hub) => element('link', { rel: 'hub', href: uri(hub) })),
    ...pages.map(([rel, address]) => element('link', { rel, href: uri(address), type })),
  ];
}

/** An entry with neither summary nor content says its title again: validators warn of silence. */
function bodies(entry: Entry, site: Site): { summary: string; content: string } {
  const content = site.content === 'full' ? entry.content : '';
  return { summary: entry.summary || (content ? '' : escaped(entry.title)), content };
}

// RFC 4287 §4.2.6: an id is an IRI. A guid that is none, such as `42`, becomes part of a tag URI;
// no id made of a key begins with a question mark.
function idOf({ id }: Entry, site: Site): string {
  if (/^[a-z][a-z\d+.-]*:[^\s<>"{}|\\^`]+$/i.test(id)) return id;
  return `tag:${site.authority},${site.since}:?guid=${encodeURIComponent(clean(id))}`;
}

function person({ name, email, uri: page }: Author, put: Slots['put']) {
  return given({
    name: put(escaped(name)),
    email: email && put(escaped(email)),
    link: page && put(escaped(uri(page))),
  });
}

function media(entry: Entry): string[] {
  const all = entry.enclosures.map(({ url, type, length, title }) =>
    element('link', {
      rel: 'enclosure',
      href: uri(url),
      type,
      length,
      title: title || undefined,
    }),
  );
  if (entry.image) all.push(element('media:thumbnail', { url: uri(entry.image) }));
  return all;
}
