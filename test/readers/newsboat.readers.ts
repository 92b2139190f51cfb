import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Publication, publication } from './publication.ts';
import { seen } from './seen.ts';

/** Debian's newsboat, a reader as people use it, with its own memory of what it has seen. */

let blog: Publication;
beforeEach(async () => {
  blog = await publication();
});
afterEach(() => blog.close());

/** Somebody who reads with newsboat, and whose files are nowhere but in a folder of the publication's. */
function reader(...paths: string[]) {
  const folder = blog.home;
  const [urls, config, cache] = ['urls', 'config', 'cache.db'].map((name) => join(folder, name));
  writeFileSync(urls!, paths.map((path) => `${blog.address}${path}\n`).join(''));
  writeFileSync(config!, 'use-proxy no\n');
  const newsboat = (...args: string[]) =>
    promisify(execFile)('newsboat', ['-q', '-C', config!, '-u', urls!, '-c', cache!, ...args], {
      env: { HOME: folder, PATH: process.env['PATH'], LANG: 'C.UTF-8' },
      timeout: 30_000,
    });
  return {
    urls: urls!,
    newsboat,
    /** Asks for every feed twice, for newsboat keeps no validators of a feed that it had not known. */
    subscribe: async () => {
      await newsboat('-x', 'reload');
      await newsboat('-x', 'reload');
      return blog.taken().map(({ status, path }) => `${status} ${path}`);
    },
    /** Asks for every feed, and tells what was answered: `200 /feed.rss`. */
    reload: async (): Promise<string[]> => {
      await newsboat('-x', 'reload');
      return blog.taken().map(({ status, path }) => `${status} ${path}`);
    },
    /** What it has, newest first; it keeps an id once, whichever feed it came with. */
    items: (): Item[] => {
      const database = new DatabaseSync(cache!, { readOnly: true });
      const items = database
        .prepare('select * from rss_item order by pubDate desc, id')
        .all() as unknown as Item[];
      database.close();
      return items;
    },
  };
}

interface Item {
  guid: string;
  title: string;
  url: string;
  pubDate: number;
  content: string;
  unread: number;
  enclosure_url: string;
  enclosure_type: string;
}

const short = ({ guid, title, url, pubDate, enclosure_url, enclosure_type }: Item) => ({
  guid,
  title,
  url,
  pubDate,
  enclosure_url,
  enclosure_type,
});

describe.each(['rss', 'atom'])('newsboat, subscribed to %s', (format) => {
  test.each(['site', 'categories/podcast', 'authors/mara'])(
    'has what the build says of %s',
    async (selection) => {
      const path = `${selection === 'site' ? '' : `/${selection}`}/feed.${format}`;
      const { reload, items } = reader(path);
      expect(await reload()).toEqual([`200 ${path}`]);
      const expected = (await blog.entries(selection)).map(seen).map((one) => ({
        guid: one.id,
        title: one.title,
        url: one.link,
        pubDate: one.published,
        enclosure_url: one.enclosures[0]?.url ?? '',
        enclosure_type: one.enclosures[0]?.type ?? '',
      }));
      expect(items().map(short)).toEqual(expected);
    },
  );

  test('gets 304 where it asks again, and nothing changes', async () => {
    const path = `/feed.${format}`;
    const { subscribe, reload, items } = reader(path);
    await subscribe();
    const before = items();
    for (let again = 0; again < 3; again++) expect(await reload()).toEqual([`304 ${path}`]);
    expect(items()).toEqual(before);
  });

  test('sees an edit in its place, and no post twice', async () => {
    const path = `/tags/rss/feed.${format}`;
    const { subscribe, reload, items } = reader(path);
    await subscribe();
    const before = items();
    await blog.edit('_posts/2025-01-14-a-short-history-of-rss.md', (text) =>
      text
        .replace('title: "A short history of RSS', 'title: "A shorter history of RSS')
        .replace('Feeds are older', 'Feeds (edited) are older'),
    );
    expect(await reload()).toEqual([`200 ${path}`]);
    const after = items();
    expect(after.map(({ guid, pubDate }) => [guid, pubDate])).toEqual(
      before.map(({ guid, pubDate }) => [guid, pubDate]),
    );
    const edited = after.filter(({ title }) => title.startsWith('A shorter history'));
    expect(edited).toHaveLength(1);
    expect(edited[0]!.content).toContain('(edited)');
    expect(await reload()).toEqual([`304 ${path}`]);
  });

  test('sees a new post once, and the others as they were', async () => {
    const path = `/feed.${format}`;
    const { subscribe, reload, items } = reader(path);
    await subscribe();
    const before = items().map(short);
    await blog.edit(
      '_posts/2026-03-01-brand-new.md',
      () => '---\ntitle: Brand new\n---\n\nNews.\n',
    );
    expect(await reload()).toEqual([`200 ${path}`]);
    const after = items().map(short);
    expect(after.filter(({ title }) => title === 'Brand new')).toHaveLength(1);
    expect(after.filter(({ title }) => title !== 'Brand new')).toEqual(before);
    expect(await reload()).toEqual([`304 ${path}`]);
  });
});

test('newsboat imports the list of all feeds, and every one is there', async () => {
  const { newsboat, urls, subscribe, reload } = reader();
  mkdirSync(join(blog.home, 'import'), { recursive: true });
  const list = join(blog.home, 'import/feeds.opml');
  // The list names the server; newsboat is to come by way of the recorder.
  const opml = await (await fetch(`${blog.address}/feeds.opml`)).text();
  writeFileSync(list, opml.replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, blog.address));
  blog.taken();
  await newsboat('-i', list);
  expect(existsSync(urls)).toBe(true);
  const subscribed = readFileSync(urls, 'utf8').trim().split('\n');
  expect(subscribed.length).toBeGreaterThan(30);
  const answers = await subscribe();
  expect(answers).toHaveLength(2 * subscribed.length);
  for (const one of answers) expect(one).toMatch(/^200 /);
  for (const one of await reload()) expect(one).toMatch(/^304 /);
});
