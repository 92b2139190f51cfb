import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { entryKey, handle } from '../../src/keys.ts';
import { ingest } from '../../src/publish/ingest.ts';
import { drain, queueEverything } from '../../src/publish/local.ts';
import { compare } from '../../src/publish/sync.ts';
import { type EntryRecord, newRecord } from '../../src/selection/record.ts';
import { type TestBlog, testBlog } from '../blog.ts';
import { folderWith, put, tidings } from '../cli/terminal.ts';
import { contentsOf, livedBlog } from './lived-blog.ts';

/** The format of the state: what it is, that older ones are read, and that newer ones are left alone. */

interface Fixture {
  posts: Record<string, string>;
  state: Record<string, string>;
}

const fixtureOf = (format: number): Fixture =>
  JSON.parse(readFileSync(join(import.meta.dirname, `format-${format}.json`), 'utf8'));
const formats = readdirSync(import.meta.dirname).flatMap((name) =>
  (/^format-(\d+)\.json$/.exec(name) ?? []).slice(1).map(Number),
);
const { format } = newRecord('');

async function blogWith({ posts, state }: Fixture): Promise<TestBlog> {
  const blog = testBlog('url: https://blog.example\nentries: 5\n');
  for (const [key, text] of Object.entries(posts)) await blog.write(key, text);
  for (const [key, text] of Object.entries(state)) await blog.pipeline.state.put(key, text);
  return blog;
}

const recordsIn = (state: Record<string, string>) =>
  Object.entries(state)
    .filter(([key]) => key.startsWith('entries/'))
    .map(([, text]) => JSON.parse(text) as EntryRecord);

test('every format there was has a fixture', () => {
  expect(formats).toEqual(Array.from({ length: format }, (_, at) => at + 1));
});

test.each(formats)('a state of format %i is read, and every feed made from it', async (older) => {
  const blog = await blogWith(fixtureOf(older));
  expect((await compare(blog.pipeline)).broken).toEqual([]);
  const run = await blog.run();
  expect(run.failures).toEqual([]);
  const fresh = await livedBlog();
  const feeds = await fresh.all();
  // That a term was used once is known from its feed alone, which is not part of a state.
  for (const key of feeds.keys()) if (key.startsWith('tags/retired/')) feeds.delete(key);
  expect(await blog.all()).toEqual(feeds);
  expect((await compare(blog.pipeline)).outdated).toEqual([]);
});

describe('a state that is written now', () => {
  test('has the names of its format: else raise the format, and keep a fixture of it', async () => {
    const { pipeline } = await livedBlog();
    const written = await contentsOf(pipeline.state);
    const { state } = fixtureOf(format);
    expect(Object.keys(written)).toEqual(Object.keys(state));
  });

  test('has records with the fields of its format, of the same kinds', async () => {
    const { pipeline } = await livedBlog();
    const kinds = (records: EntryRecord[]) =>
      records.map((record) =>
        Object.entries(record).map(([name, value]) => [name, value === null ? null : typeof value]),
      );
    const written = recordsIn(await contentsOf(pipeline.state));
    expect(kinds(written)).toEqual(kinds(recordsIn(fixtureOf(format).state)));
  });

  test('holds no text of what is not public', async () => {
    const { pipeline } = await livedBlog();
    for (const { status, entry } of recordsIn(await contentsOf(pipeline.state)))
      if (!['live', 'unread'].includes(status)) expect(entry).toBeNull();
  });
});

describe('a record of a newer format', () => {
  const key = '_posts/2024-03-02-p1.md';
  const newer = JSON.stringify({ format: format + 1, whatever: true });
  const message = `${entryKey(handle(key))} in the state has format ${format + 1}, this version reads ${format}`;

  test('is refused with what to do about it, and stays as it is', async () => {
    const blog = await blogWith(fixtureOf(format));
    await blog.run();
    const feeds = await blog.all();
    await blog.pipeline.state.put(entryKey(handle(key)), newer);
    await expect(ingest(key, blog.pipeline)).rejects.toThrow(message);
    await blog.write(key, '---\ntitle: Changed\ntags: [t1]\n---\n');
    await queueEverything(blog.pipeline);
    const { failures } = await drain(blog.pipeline);
    expect(failures.length).toBeGreaterThan(0);
    for (const { error } of failures) expect(error.name).toBe('InvalidState');
    expect(await blog.all()).toEqual(feeds);
    const { body } = await blog.pipeline.state.get(entryKey(handle(key)));
    expect(Buffer.from(body).toString()).toBe(newer);
  });

  test('is told of by a build, which ends with 1', async () => {
    const { posts, state } = fixtureOf(format);
    const [from, kept, out] = [folderWith(posts), folderWith(state), folderWith({})];
    put(kept, entryKey(handle(key)), newer);
    const { status, err } = await tidings('build', from, '--state', kept, '--out', out);
    expect(status).toBe(1);
    expect(err).toContain(message);
    expect(err).toContain('use the version of Tidings that wrote it');
  });
});
