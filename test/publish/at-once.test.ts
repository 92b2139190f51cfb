import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildAtOnce } from '../../src/publish/at-once.ts';
import type { Run } from '../../src/publish/local.ts';
import { MemoryStore } from '../../src/store/memory.ts';
import { listAll, type Store } from '../../src/store/store.ts';
import { post, type TestBlog, testBlog } from '../blog.ts';

const settings = 'url: https://blog.example\nentries: 3\ntaxonomies: { tags: tags, topics: tags }';

async function texts(store: Store): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { key } of listAll(store, ''))
    found[key] = new TextDecoder().decode((await store.get(key)).body);
  return found;
}

/** What a build wrote and told, in no order. */
function outcome({ posts, sharedIds, selections, written, unchanged, failures }: Run) {
  const cause = (all: Run['sharedIds']) => all.map((one) => JSON.stringify(one)).sort();
  return {
    posts: new Map([...posts].map(([key, { status, problems }]) => [key, { status, problems }])),
    shared: cause(sharedIds),
    ...{ selections, written, unchanged, failures },
  };
}

/** Builds into feeds of its own, which begin as they are given. */
async function atOnce(blog: TestBlog, feeds = new MemoryStore(() => 0)) {
  const { posts, site, now } = blog.pipeline;
  const run = await buildAtOnce({ posts, feeds, site, now });
  return { told: outcome(run), feeds };
}

async function same(blog: TestBlog): Promise<void> {
  const run = await blog.run();
  const { told, feeds } = await atOnce(blog);
  expect(told).toEqual(outcome(run));
  expect(await texts(feeds)).toEqual(await texts(blog.pipeline.feeds));
}

const day = fc.integer({ min: 1, max: 9 });
const body = fc.constantFrom(
  'Text.',
  '# A heading\n\nText with ![a picture](a.png).\n\n<!--more-->\n\nMore.',
  '<audio src="a.mp3"></audio>',
  'A note[^1]\n\n[^1]: below.',
  `${'> '.repeat(120)}deep`,
  '{% post_url 2024-03-01-p1 %} and {% post_url nowhere %}',
  '{% if %}',
);
const someone = fc.record(
  {
    title: fc.constantFrom('A', 'B & C'),
    date: fc.constantFrom('2024-03-01', '2024-03-02', '2024-03-02 10:00', '2031-01-01', 'never'),
    tags: fc.uniqueArray(fc.constantFrom('x', 'X', 'y', 'a b')),
    topics: fc.constantFrom('y', 'z'),
    author: fc.constantFrom('Ann', 'Bob'),
    guid: fc.constantFrom('one', 'two'),
    draft: fc.constant(true),
    layout: fc.constant('page'),
    expiryDate: fc.constant('2025-01-01'),
    image: fc.constant({ a: 'no address' }),
  },
  { requiredKeys: [] },
);

test('a build without a state writes and tells what the protocol does', async () => {
  const posts = fc.array(fc.tuple(someone, day, body), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(posts, async (given) => {
      const blog = testBlog(settings);
      for (const [at, [matter, onDay, text]] of given.entries())
        await blog.write(`_posts/2024-03-0${onDay}-p${at}.md`, post(matter, text));
      await same(blog);
    }),
    { numRuns: 150, seed: 1 },
  );
});

test('of a blog that has changed it empties the feeds that nobody is in, and writes only what differs', async () => {
  const blog = testBlog(settings);
  for (let n = 1; n <= 6; n++)
    await blog.write(
      `${n}.md`,
      post({ title: `Post ${n}`, date: `2024-03-0${n}`, tags: ['x', `t${n}`] }),
    );
  const { feeds } = await atOnce(blog);
  expect((await atOnce(blog, feeds)).told).toMatchObject({ written: 0, unchanged: 7 * 4 + 6 });
  await blog.run();
  await blog.remove('2.md');
  await blog.write('1.md', post({ title: 'Post 1', date: '2024-03-09', tags: ['t1'] }));
  await blog.run();
  await atOnce(blog, feeds);
  expect(await texts(feeds)).toEqual(await texts(blog.pipeline.feeds));
});

test('what somebody puts in the place of a feed meanwhile is read, and replaced', async () => {
  const blog = testBlog(settings);
  await blog.write('1.md', post({ title: 'A', date: '2024-03-01', tags: ['x'] }));
  const feeds = new MemoryStore(() => 0);
  const { put } = feeds;
  feeds.put = async (key, ...rest) => {
    feeds.put = put;
    await feeds.put('tags/x/feed.rss', 'Mine');
    await feeds.put('tags/x/index.html', 'Mine');
    return feeds.put(key, ...rest);
  };
  await blog.run();
  expect((await atOnce(blog, feeds)).told.failures).toEqual([]);
  expect(await texts(feeds)).toEqual(await texts(blog.pipeline.feeds));
});

test('knows the feeds of authors, which no setting names', async () => {
  const blog = testBlog('url: https://blog.example\ntaxonomies: { tags: tags }');
  await blog.write('1.md', post({ date: '2024-03-01', tags: ['x'], author: 'Bob' }));
  const { feeds } = await atOnce(blog);
  for (const key of ['authors/bob/feed.json', 'tags/x/feed.json']) await feeds.delete(key);
  expect((await atOnce(blog, feeds)).told).toMatchObject({ written: 2, unchanged: 12 });
  await blog.write('1.md', post({ date: '2024-03-01', tags: ['x'], author: 'Ann' }));
  await atOnce(blog, feeds);
  expect((await texts(feeds))['authors/bob/feed.json']).toMatch(/"items":\[\s*\]/);
});

test('counts a thousand posts and no more', async () => {
  const blog = testBlog(settings);
  for (let n = 0; n < 1005; n++)
    await blog.write(`${n}.md`, post({ date: `${2000 + (n % 20)}-01-01`, tags: ['x'] }, ''));
  await same(blog);
});

test('tells what is wrong in the body of a post that no feed shows', async () => {
  const blog = testBlog(settings);
  const deep = `${'> '.repeat(120)}deep`;
  for (let n = 1; n <= 6; n++)
    await blog.write(
      `${n}.md`,
      post({ title: `Post ${n}`, date: `2024-03-0${n}` }, n < 3 ? deep : 'Text'),
    );
  const { told } = await atOnce(blog);
  expect([...told.posts.values()].flatMap(({ problems }) => problems)).toHaveLength(2);
});
