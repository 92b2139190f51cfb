import { describe, expect, test } from 'vitest';
import { drain } from '../../src/publish/local.ts';
import { rebuild } from '../../src/publish/rebuild.ts';
import { compare } from '../../src/publish/sync.ts';
import { listAll, type Store } from '../../src/store/store.ts';
import { post, type TestBlog } from '../blog.ts';
import { contentsOf, livedBlog } from '../state/lived-blog.ts';

/** What is lost and what is built anew from what is left: docs/recovery.md. */

/** A blog with a past, whose posts can all be read. */
async function wellBlog(): Promise<TestBlog> {
  const blog = await livedBlog();
  await blog.write('broken.md', post({ title: 'Well', date: '2024-03-02', tags: ['kept'] }));
  await blog.run();
  return blog;
}

async function wipe(store: Store): Promise<void> {
  for await (const { key } of listAll(store, '')) await store.delete(key);
}

/** That a term was ever used only its feed remembers. */
const isRetired = ([key]: [string, string]) => key.startsWith('tags/retired/');

/** As a deployed stage does it. */
async function rebuildStage({ pipeline }: TestBlog): Promise<void> {
  const queue = { ...pipeline.queue, rebuild: async () => {} };
  await rebuild({}, { ...pipeline, queue }, () => true);
  await drain(pipeline);
}

const ways: [string, (blog: TestBlog) => Promise<unknown>][] = [
  ['a build', (blog) => blog.run()],
  ['the rebuild of a stage', rebuildStage],
];

describe.each(ways)('after %s', (_, build) => {
  test('the posts alone have brought back every feed', async () => {
    const blog = await wellBlog();
    const before = await blog.all();
    expect(before.size).toBeGreaterThan(25);
    await wipe(blog.pipeline.state);
    await wipe(blog.pipeline.feeds);
    await build(blog);
    // That a term was ever used only the feeds remember.
    const known = [...before].filter((one) => !isRetired(one));
    expect([...(await blog.all())]).toEqual(known);
    expect(before.size - known.length).toBe(4);
    expect(await compare(blog.pipeline)).toMatchObject({ outdated: [], broken: [] });
  });

  test('a state that was lost is there again, and no feed was written', async () => {
    const blog = await wellBlog();
    const before = await blog.all();
    const times = new Map<string, number>();
    const { feeds } = blog.pipeline;
    for await (const { key } of listAll(feeds, ''))
      times.set(key, (await feeds.head(key)).modified);
    await wipe(blog.pipeline.state);
    blog.clock.now += 60_000;
    await build(blog);
    expect(await blog.all()).toEqual(before);
    for await (const { key } of listAll(feeds, ''))
      expect((await feeds.head(key)).modified, key).toBe(times.get(key));
  });

  test('feeds that were lost are there again', async () => {
    const blog = await wellBlog();
    const before = [...(await blog.all())].filter((one) => !isRetired(one));
    await wipe(blog.pipeline.feeds);
    await build(blog);
    expect([...(await blog.all())]).toEqual(before);
  });

  test('a feed that was lost is there again, and those of terms out of use stay', async () => {
    const blog = await wellBlog();
    const before = await blog.all();
    await blog.pipeline.feeds.delete('tags/t1/feed.atom');
    await wipe(blog.pipeline.state);
    await build(blog);
    expect(await blog.all()).toEqual(before);
  });
});

describe('posts that were lost, and copied back from a backup', () => {
  /** Loses every post as S3 tells of it, and brings them back. */
  async function lostAndFound() {
    const blog = await wellBlog();
    const { posts } = blog.pipeline;
    const [before, backup] = [await blog.all(), await contentsOf(posts)];
    await wipe(posts);
    await blog.run(...Object.keys(backup));
    expect(JSON.parse((await blog.read('/feed.json'))!).items).toEqual([]);
    for (const [key, text] of Object.entries(backup)) await posts.put(key, text);
    return { blog, before, keys: Object.keys(backup) };
  }

  test('are published by the events of the copying', async () => {
    const { blog, before, keys } = await lostAndFound();
    await blog.run(...keys);
    expect(await blog.all()).toEqual(before);
    expect(await compare(blog.pipeline)).toMatchObject({ outdated: [], broken: [] });
  });

  test('are published by a rebuild where events were missed', async () => {
    const { blog, before, keys } = await lostAndFound();
    await blog.run(...keys.slice(0, keys.length / 2));
    await rebuildStage(blog);
    expect(await blog.all()).toEqual(before);
  });

  test('with nothing else left are published by a rebuild', async () => {
    const { blog, before } = await lostAndFound();
    await wipe(blog.pipeline.state);
    await wipe(blog.pipeline.feeds);
    await rebuildStage(blog);
    expect([...(await blog.all())]).toEqual([...before].filter((one) => !isRetired(one)));
  });
});

test('what was published of a post that cannot be read any more is lost with the state', async () => {
  const blog = await livedBlog();
  expect(await blog.read('/tags/kept/feed.json')).toContain('Was well');
  await wipe(blog.pipeline.state);
  const { posts } = await blog.run();
  expect(posts.get('broken.md')).toMatchObject({ status: 'unread', problems: [{ unread: true }] });
  expect(await blog.read('/tags/kept/feed.json')).not.toContain('Was well');
});
