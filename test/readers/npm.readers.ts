import { decodeHTML } from 'entities';
import { parseFeed, parseOpml } from 'feedsmith';
import Parser from 'rss-parser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Publication, publication } from './publication.ts';
import { type Seen, seconds, seen } from './seen.ts';

/** Two parsers that programs in JavaScript use. */

let blog: Publication;
beforeAll(async () => {
  blog = await publication();
});
afterAll(() => blog?.close());

const text = async (path: string) => (await fetch(blog.address + path)).text();
const selections = ['site', 'tags/json-feed', 'categories/podcast', 'authors/mara'];
const pathOf = (selection: string) => (selection === 'site' ? '' : `/${selection}`);

/** What feedsmith finds in a feed of any format. */
async function byFeedsmith(path: string): Promise<Partial<Seen>[]> {
  const { format, feed } = parseFeed(await text(path));
  switch (format) {
    case 'rss':
      return (feed.items ?? []).map((one) => ({
        id: one.guid!.value!,
        link: one.link!,
        title: one.title!,
        published: seconds(one.pubDate),
        categories: one.categories?.map(({ name }) => name!) ?? [],
        enclosures:
          one.enclosures?.map(({ url, type, length }) => ({
            url: url!,
            type: type!,
            length: length!,
          })) ?? [],
      }));
    case 'atom':
      return (feed.entries ?? []).map((one) => ({
        id: one.id!,
        // RFC 4287 §3.1: as HTML, which is how feedsmith leaves it.
        title: decodeHTML(one.title!.value),
        link: one.links!.find(({ rel }) => rel === undefined || rel === 'alternate')!.href!,
        published: seconds(one.published),
        categories: one.categories?.map(({ label, term }) => label ?? term!) ?? [],
        enclosures: (one.links ?? [])
          .filter(({ rel }) => rel === 'enclosure')
          .map(({ href, type, length = 0 }) => ({ url: href!, type: type!, length })),
      }));
    case 'json':
      return (feed.items ?? []).map((one) => ({
        id: one.id!,
        link: one.url!,
        title: one.title!,
        published: seconds(one.date_published),
        categories: one.tags ?? [],
        enclosures:
          one.attachments?.map(({ url, mime_type, size_in_bytes = 0 }) => ({
            url: url!,
            type: mime_type!,
            length: size_in_bytes,
          })) ?? [],
      }));
    default:
      throw new Error(`${path} is ${format}`);
  }
}

describe.each(['rss', 'atom', 'json'])('feedsmith finds in %s', (format) => {
  test.each(selections)('all that the build says of %s', async (selection) => {
    const expected = (await blog.entries(selection)).map(seen);
    expect(expected.length).toBeGreaterThan(0);
    expect(await byFeedsmith(`${pathOf(selection)}/feed.${format}`)).toEqual(expected);
  });
});

describe.each(['rss', 'atom'])('rss-parser finds in %s', (format) => {
  test.each(selections)('all that the build says of %s', async (selection) => {
    const { items } = await new Parser().parseURL(
      `${blog.address}${pathOf(selection)}/feed.${format}`,
    );
    const found = items.map((one) => ({
      id: one.guid ?? (one as { id?: string }).id,
      link: one.link,
      // It gives the HTML that Atom declares as if it were text.
      title: format === 'atom' ? decodeHTML(one.title!) : one.title,
      published: seconds(one.isoDate),
    }));
    const expected = (await blog.entries(selection))
      .map(seen)
      .map(({ id, link, title, published }) => ({ id, link, title, published }));
    expect(found).toEqual(expected);
  });
});

test('feedsmith finds every feed in the list for import, and each is there', async () => {
  const { body } = parseOpml(await text('/feeds.opml'));
  const addresses = (body?.outlines ?? []).flatMap(({ xmlUrl, outlines }) =>
    [xmlUrl, ...(outlines ?? []).map((one) => one.xmlUrl)].filter((one) => one !== undefined),
  );
  expect(addresses.length).toBeGreaterThan(30);
  for (const address of addresses)
    expect((await fetch(blog.address + new URL(address).pathname)).status, address).toBe(200);
});
