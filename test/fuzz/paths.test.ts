import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import {
  feedKey,
  formats,
  keyOf,
  mix,
  olderKey,
  pageKey,
  pathOf,
  safe,
  term,
} from '../../src/keys.ts';
import { slug, toTerm } from '../../src/post/term.ts';
import { readSite } from '../../src/site.ts';
import { FilesystemStore } from '../../src/store/filesystem.ts';
import { post, testBlog } from '../blog.ts';
import { evil } from './words.ts';

const part = fc.oneof(
  fc.constantFrom(...evil),
  fc.constantFrom(
    '..',
    '.',
    '/',
    '\\',
    '...',
    '%2e%2e',
    '%2f',
    '..%c0%af',
    '\0',
    'a',
    'CON',
    'NUL',
    'a.',
    'a ',
    '~',
    '-',
    ':',
  ),
  fc.string({ unit: 'binary', maxLength: 5 }),
  fc.string({ unit: 'grapheme', maxLength: 5 }),
);
const name = fc.array(part, { maxLength: 8 }).map((parts) => parts.join(''));

const root = mkdtempSync(join(tmpdir(), 'tidings-paths-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('whatever a term is called', () => {
  test('its feeds lie in the folder of its taxonomy, and their paths lead to them', () => {
    fc.assert(
      fc.property(name, fc.constantFrom('tags', 'categories', 'a-b'), (label, taxonomy) => {
        const found = toTerm(label);
        if (!found) return;
        expect(slug(found.slug)).toBe(found.slug);
        expect(found.slug).not.toMatch(/[/\\\p{Cc}\s]|^\.+$|^$/u);
        expect(Buffer.byteLength(found.slug)).toBeLessThanOrEqual(100);
        const selection = term(taxonomy, found.slug);
        const keys = [...formats.map((one) => feedKey(selection, one)), pageKey(selection)];
        for (const key of keys) {
          expect(safe(key)).toBe(true);
          expect(resolve('/out', key).startsWith(`/out/${taxonomy}/`)).toBe(true);
          expect(keyOf(pathOf(key))).toBe(key);
          // As a browser reads the path.
          expect(new URL(pathOf(key), 'https://x.org').pathname).toBe(pathOf(key));
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe('no path', () => {
  test('of a request names what is outside', () => {
    fc.assert(
      fc.property(name, (path) => {
        const key = keyOf(`/${path}`);
        if (key === undefined) return;
        expect(safe(key)).toBe(true);
        expect(resolve('/out', key).startsWith('/out/')).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  test('of an older page or a mix does, either', () => {
    const place = { published: 0, rank: '0'.repeat(24), handle: '0'.repeat(32) };
    fc.assert(
      fc.property(name, (label) => {
        const of = slug(label);
        for (const key of [
          olderKey(term('tags', of), place, 'rss'),
          feedKey(mix(`tags:${of}+tags:b`), 'rss'),
        ])
          if (safe(key)) expect(resolve('/out', key).startsWith('/out/')).toBe(true);
      }),
    );
  });

  test('that the settings name does', () => {
    fc.assert(
      fc.property(name, name, (taxonomy, path) => {
        try {
          const site = readSite(
            JSON.stringify({ taxonomies: [taxonomy], gone: [path], moved: { [path]: '/a' } }),
          );
          for (const one of Object.values(site.taxonomies)) expect(one).toMatch(/^[a-z\d-]+$/);
          for (const one of [...site.gone, ...Object.keys(site.moved)])
            expect(resolve('/out', keyOf(one)!).startsWith('/out/')).toBe(true);
        } catch (error) {
          expect(error).toHaveProperty('name', 'InvalidSite');
        }
      }),
      { numRuns: 1000 },
    );
  });
});

test('a store of files keeps every key below its folder, or refuses it', async () => {
  const folder = join(root, 'a/b/store');
  const store = new FilesystemStore(folder);
  await fc.assert(
    fc.asyncProperty(name, async (key) => {
      try {
        await store.put(key, 'x');
      } catch {
        return;
      }
      expect(resolve(folder, key).startsWith(`${folder}/`)).toBe(true);
    }),
    { numRuns: 500 },
  );
  expect(readdirSync(root)).toEqual(['a']);
  expect(readdirSync(join(root, 'a'))).toEqual(['b']);
  expect(readdirSync(join(root, 'a/b'))).toEqual(['store']);
});

test('whatever a post calls itself, what is published of it has its place', async () => {
  const blog = testBlog();
  const values = fc.sample(name, { numRuns: 60, seed: 7 });
  for (const [at, value] of values.entries()) {
    const matter = {
      title: value,
      date: '2024-03-09',
      tags: [value],
      categories: value,
      author: value,
    };
    const place = { slug: value, permalink: value, guid: value, url: value };
    await blog.write(`${at}.md`, post({ ...matter, ...place }));
  }
  await blog.run();
  const keys = [...(await blog.all()).keys()];
  expect(keys.length).toBeGreaterThan(100);
  for (const key of keys)
    expect(key).toMatch(
      /^(?:(?:tags|categories|authors)\/[^/\p{Cc}]+\/)?(?:feed\.(?:rss|atom|json)|index\.html|feeds\.(?:opml|json))$/u,
    );
});
