import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { InvalidPost } from '../../src/errors.ts';
import { isPost } from '../../src/keys.ts';
import { parseHere } from '../../src/publish/parse-here.ts';
import { parserThread } from '../../src/publish/parser.ts';
import { readSite } from '../../src/site.ts';

const folder = 'examples/posts';
const site = readSite(readFileSync(join(folder, 'tidings.yml'), 'utf8'));
const stored = (body: Uint8Array) => ({ body, etag: '', size: body.length, modified: 0 });
const posts = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter(isPost)
  .map((key) => ({ key, post: stored(readFileSync(join(folder, key))) }));
const here = () => Promise.all(posts.map(({ key, post }) => parseHere(key, post, site, new Map())));

test('the other thread makes of posts what this one does', async () => {
  const thread = parserThread();
  const there = posts.map(({ key, post }) => thread.parse(key, post, site, new Map()));
  expect(posts.length).toBeGreaterThan(10);
  expect(await Promise.all(there)).toEqual(await here());
  thread.close();
});

test('it is told of changed settings', async () => {
  const thread = parserThread();
  const { key, post } = posts[0]!;
  await thread.parse(key, post, site, new Map());
  const moved = readSite('url: https://moved.example');
  expect(await thread.parse(key, post, moved, new Map())).toEqual(
    await parseHere(key, post, moved, new Map()),
  );
  thread.close();
});

test('a post that cannot be read is the same error with line and remedy', async () => {
  const thread = parserThread();
  const broken = stored(Buffer.from('---\ntitle: [\n---\n'));
  const fault = await thread.parse('a.md', broken, site, new Map()).catch((error) => error);
  const same = await parseHere('a.md', broken, site, new Map()).catch((error) => error);
  expect(fault).toBeInstanceOf(InvalidPost);
  expect([fault.message, fault.line, fault.remedy]).toEqual([same.message, same.line, same.remedy]);
  thread.close();
});

test('posts that are with a thread that ends, or come later, are parsed here', async () => {
  const thread = parserThread();
  const there = posts.map(({ key, post }) => thread.parse(key, post, site, new Map()));
  thread.close();
  const later = thread.parse(posts[0]!.key, posts[0]!.post, site, new Map());
  expect(await Promise.all(there)).toEqual(await here());
  expect(await later).toEqual((await here())[0]);
});
