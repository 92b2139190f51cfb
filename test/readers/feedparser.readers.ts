import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Publication, publication } from './publication.ts';
import { type Seen, seen } from './seen.ts';

/** Debian's python3-feedparser, which many aggregators are built on. It reads RSS and Atom. */

let blog: Publication;
beforeAll(async () => {
  blog = await publication();
});
afterAll(() => blog?.close());

interface Read {
  status: number;
  etag: string | null;
  modified: string | null;
  version: string;
  malformed: boolean;
  entries: Seen[];
}

const script = join(import.meta.dirname, 'read-feed.py');

async function read(path: string, ...validators: string[]): Promise<Read> {
  const { stdout } = await promisify(execFile)('/usr/bin/python3', [
    script,
    blog.address + path,
    ...validators,
  ]);
  return JSON.parse(stdout);
}

describe.each([
  ['rss', 'rss20'],
  ['atom', 'atom10'],
])('feedparser finds in %s', (format, version) => {
  test.each(['site', 'tags/rss', 'categories/podcast', 'authors/mara'])(
    'all that the build says of %s',
    async (selection) => {
      const path = `${selection === 'site' ? '' : `/${selection}`}/feed.${format}`;
      const found = await read(path);
      expect(found).toMatchObject({ status: 200, version, malformed: false });
      const expected = (await blog.entries(selection)).map(seen);
      expect(expected.length).toBeGreaterThan(0);
      expect(found.entries).toEqual(expected);
    },
  );

  test('nothing new where it asks again', async () => {
    const { etag, modified } = await read(`/feed.${format}`);
    expect((await read(`/feed.${format}`, etag!, modified!)).status).toBe(304);
    expect((await read(`/feed.${format}`, etag!)).status).toBe(304);
    expect((await read(`/feed.${format}`, '', modified!)).status).toBe(304);
    expect((await read(`/feed.${format}`, '"another"')).status).toBe(200);
  });
});

test('feedparser is never sent to a page', () => {
  const exchanges = blog.taken();
  expect(exchanges.length).toBeGreaterThan(10);
  for (const { path, status, answered } of exchanges) {
    expect([200, 304], path).toContain(status);
    expect(answered['content-type'] ?? '', path).not.toContain('html');
  }
});
