/** The way from a blog's newest entries to its first, as a reader goes it: from feed to page to page by `next`. */
import { parseAtomFeed, parseJsonFeed, parseRssFeed } from 'feedsmith';
import { check } from '../src/check/check.ts';
import { type Format, feedKey, formats, pathOf, site as siteSelection } from '../src/keys.ts';
import { compressor } from '../src/serve/encoding.ts';
import { serve } from '../src/serve/serve.ts';
import type { Built, Fact } from './corpus.ts';

/** The ids of a document's entries, and the address that it calls next. */
interface Seen {
  ids: (string | undefined)[];
  next: string | undefined;
}

const readers: Record<Format, (text: string) => Seen> = {
  rss: (text) => {
    const { items = [], atom } = parseRssFeed(text);
    const next = atom?.links?.find(({ rel }) => rel === 'next')?.href;
    return { ids: items.map(({ guid, link }) => guid?.value ?? link), next };
  },
  atom: (text) => {
    const { entries = [], links } = parseAtomFeed(text);
    return {
      ids: entries.map(({ id }) => id),
      next: links?.find(({ rel }) => rel === 'next')?.href,
    };
  },
  json: (text) => {
    const { items = [], next_url: next } = parseJsonFeed(text);
    return { ids: items.map(({ id }) => id), next };
  },
};

/** Every entry once, newest first, in each format; and every page of them is a valid feed. */
export async function walked(built: Built): Promise<Fact[]> {
  const wanted = [...built.records.values()].flatMap(({ entry }) => entry ?? []);
  // Of a second the index orders by file name, which is no part of an entry.
  const dates = new Map(wanted.map(({ id, published }) => [id, published]));
  const facts: Fact[] = [];
  for (const format of formats) {
    const { ids, pages, faults } = await walk(built, format);
    const seen = ids.map((id) => dates.get(id ?? '') ?? 'no such id');
    const isRight =
      new Set(ids).size === ids.length &&
      ids.length === dates.size &&
      faults === 0 &&
      seen.every((date, at) => at === 0 || date <= seen[at - 1]!);
    const value = `${ids.length} of ${dates.size} on ${pages} pages, each once, newest first`;
    facts.push({
      what: `entries met from the site’s feed on by next, in ${format}`,
      value,
      isRight,
    });
  }
  return facts;
}

async function walk({ site, state, feeds, queue }: Built, format: Format) {
  const shelves = { state, feeds, queue, compress: compressor() };
  const ids: (string | undefined)[] = [];
  let pages = 0;
  let faults = 0;
  let next: string | undefined = site.feeds + pathOf(feedKey(siteSelection, format));
  while (next) {
    const request = new Request(next.replace(site.feeds, 'http://localhost'));
    const text = await (await serve(request, shelves, site)).text();
    const seen: Seen = readers[format](text);
    faults += check(Buffer.from(text)).errors;
    ids.push(...seen.ids);
    next = seen.next;
    pages++;
  }
  return { ids, pages, faults };
}
