import { describe, expect, test } from 'vitest';
import { drain } from '../../src/publish/local.ts';
import { rebuild } from '../../src/publish/rebuild.ts';
import { compare } from '../../src/publish/sync.ts';
import { listAll, type Store } from '../../src/store/store.ts';
import { post, type TestBlog, testBlog } from '../blog.ts';

/** What is lost and what is built anew from what is left: docs/recovery.md. */

const settings = 'url: https://blog.example\nentries: 5\nlegacy: [jekyll]\n';

/** A blog with a past: edits, deletions, a term that nobody uses any more, links, and what is not public. */
async function livedBlog(): Promise<TestBlog> {
  const blog = testBlog(settings);
  for (let at = 1; at <= 20; at++)
    await blog.write(
      `_posts/2024-03-0${1 + (at % 9)}-p${at}.md`,
      post({ title: `P${at}`, tags: [`t${at % 4}`, 'all'] }, `Text ${at}.`),
    );
  await blog.write('retired.md', post({ title: 'R', date: '2024-03-02', tags: ['retired'] }));
  await blog.write('draft.md', post({ title: 'D', date: '2024-03-02', draft: true }));
  await blog.write('later.md', post({ title: 'L', date: '2027-01-01' }));
  await blog.write('over.md', post({ title: 'O', date: '2024-01-01', expiryDate: '2024-02-01' }));
  await blog.run();
  await blog.remove('retired.md');
  await blog.remove('_posts/2024-03-03-p2.md');
  await blog.write(
    'link.md',
    post(
      { layout: 'post', title: 'Link', date: '2024-03-20', guid: 'urn:x:1' },
      '[x]({% post_url 2024-03-04-p3 %})',
    ),
  );
  await blog.run();
  return blog;
}

async function wipe(store: Store): Promise<void> {
  for await (const { key } of listAll(store, '')) await store.delete(key);
}

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
    const blog = await livedBlog();
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
    const blog = await livedBlog();
    const before = await blog.all();
    const times = new Map<string, number>();
    for await (const { key, modified } of listAll(blog.pipeline.feeds, ''))
      times.set(key, modified);
    await wipe(blog.pipeline.state);
    blog.clock.now += 60_000;
    await build(blog);
    expect(await blog.all()).toEqual(before);
    for await (const { key, modified } of listAll(blog.pipeline.feeds, ''))
      expect(modified, key).toBe(times.get(key));
  });

  test('feeds that were lost are there again', async () => {
    const blog = await livedBlog();
    const before = [...(await blog.all())].filter((one) => !isRetired(one));
    await wipe(blog.pipeline.feeds);
    await build(blog);
    expect([...(await blog.all())]).toEqual(before);
  });

  test('a feed that was lost is there again, and those of terms out of use stay', async () => {
    const blog = await livedBlog();
    const before = await blog.all();
    await blog.pipeline.feeds.delete('tags/t1/feed.atom');
    await wipe(blog.pipeline.state);
    await build(blog);
    expect(await blog.all()).toEqual(before);
  });
});
