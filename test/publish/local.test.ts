import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { handle } from '../../src/keys.ts';
import { readRecord } from '../../src/selection/record.ts';
import { post, testBlog } from '../blog.ts';

const titles = (json: string | undefined) =>
  JSON.parse(json ?? '{"items":[]}').items.map(({ title }: { title: string }) => title);

describe('a folder of posts', () => {
  test('becomes feeds of the site and of each of its terms, in three formats with pages, and the directory', async () => {
    const blog = testBlog();
    await blog.write(
      'hello.md',
      post({
        title: 'Hello',
        date: '2024-03-09',
        tags: ['C++'],
        categories: 'News',
        author: 'Ann',
      }),
    );
    const run = await blog.run();
    expect([...(await blog.all()).keys()]).toEqual([
      'authors/ann/feed.atom',
      'authors/ann/feed.json',
      'authors/ann/feed.rss',
      'authors/ann/index.html',
      'categories/news/feed.atom',
      'categories/news/feed.json',
      'categories/news/feed.rss',
      'categories/news/index.html',
      'feed.atom',
      'feed.json',
      'feed.rss',
      'feeds.json',
      'feeds.opml',
      'index.html',
      'tags/c-plus-plus/feed.atom',
      'tags/c-plus-plus/feed.json',
      'tags/c-plus-plus/feed.rss',
      'tags/c-plus-plus/index.html',
    ]);
    expect(run).toMatchObject({
      changed: 1,
      selections: 5,
      written: 18,
      unchanged: 0,
      failures: [],
    });
  });

  test('with no posts has an empty feed of the site', async () => {
    const blog = testBlog();
    await blog.run();
    expect(titles(await blog.read('/feed.json'))).toEqual([]);
    expect(await blog.read('/')).toContain('<html');
  });

  test('has as many entries in a feed as the site file says, newest first', async () => {
    const blog = testBlog('url: https://blog.example\nentries: 3');
    for (let day = 1; day <= 9; day++)
      await blog.write(`${day}.md`, post({ title: `Day ${day}`, date: `2024-03-0${day}` }));
    await blog.run();
    expect(titles(await blog.read('/feed.json'))).toEqual(['Day 9', 'Day 8', 'Day 7']);
  });

  test('built again is left as it is, to the last ETag and time', async () => {
    const blog = testBlog();
    await blog.write('a.md', post({ title: 'A', date: '2024-03-09', tags: 'x' }));
    await blog.run();
    const before = await blog.pipeline.feeds.head('tags/x/feed.rss');
    blog.clock.now += 86_400_000;
    expect(await blog.run()).toMatchObject({ changed: 0, written: 0 });
    expect(await blog.pipeline.feeds.head('tags/x/feed.rss')).toEqual(before);
  });

  test('gives the same bytes in any order of writing', async () => {
    const posts = Array.from({ length: 12 }, (_, n) => ({
      key: `2024/post-${n}.md`,
      // Several of one instant, several spellings of one tag.
      text: post({
        title: `Post ${n}`,
        date: `2024-03-0${1 + (n % 4)}`,
        tags: [n % 2 ? 'A b' : 'a-B', `t${n % 3}`],
      }),
    }));
    const build = async (order: typeof posts) => {
      const blog = testBlog('url: https://blog.example\nentries: 5');
      for (const { key, text } of order) {
        await blog.write(key, text);
        await blog.run(key);
      }
      await blog.run();
      return blog.all();
    };
    const expected = await build(posts);
    const shuffled = fc.shuffledSubarray(posts, { minLength: posts.length });
    await fc.assert(
      fc.asyncProperty(shuffled, async (order) => {
        expect(await build(order)).toEqual(expected);
      }),
      { numRuns: 15, seed: 1 },
    );
  });
});

describe('a change', () => {
  test('of a post refreshes its own feeds and no others', async () => {
    const blog = testBlog();
    await blog.write('a.md', post({ title: 'A', date: '2024-03-09', tags: ['x', 'y'] }));
    await blog.write('b.md', post({ title: 'B', date: '2024-03-08', tags: ['z'] }));
    await blog.run();
    await blog.write('a.md', post({ title: 'A2', date: '2024-03-09', tags: ['x', 'y'] }));
    // The site, x and y; and the page of all feeds, which shows the newest posts.
    expect(await blog.run('a.md')).toMatchObject({ changed: 1, selections: 4, written: 12 });
    expect(titles(await blog.read('/feed.json'))).toEqual(['A2', 'B']);
    expect(await blog.read('/')).toContain('<bdi>A2</bdi>');
  });

  test('of a post that is not among the newest leaves the list of all feeds as it is', async () => {
    const blog = testBlog();
    const old = (title: string) => post({ title, date: '2024-03-01', tags: ['x', 'y'] });
    await blog.write('a.md', old('A'));
    for (let at = 1; at <= 5; at++)
      await blog.write(`${at}.md`, post({ title: `N${at}`, date: `2024-04-0${at}` }));
    await blog.run();
    await blog.write('a.md', old('A2'));
    // The site, x and y.
    expect(await blog.run('a.md')).toMatchObject({ changed: 1, selections: 3, written: 11 });
    const shown = [...(await blog.read('/'))!.matchAll(/<summary><bdi>(.*?)<\/bdi>/g)];
    expect(shown.map(([, title]) => title)).toEqual(['N5', 'N4', 'N3', 'N2', 'N1']);
  });

  test('of tags leaves the lost tag an empty feed and takes it from the directory', async () => {
    const blog = testBlog();
    await blog.write('a.md', post({ title: 'A', date: '2024-03-09', tags: ['old'] }));
    await blog.run();
    await blog.write('a.md', post({ title: 'A', date: '2024-03-09', tags: ['new'] }));
    await blog.run('a.md');
    expect(titles(await blog.read('/tags/old/feed.json'))).toEqual([]);
    expect(await blog.read('/feeds.opml')).not.toContain('tags/old');
    expect(await blog.read('/feeds.opml')).toContain('tags/new');
  });

  test.each([
    ['deleted', undefined],
    ['made a draft', post({ title: 'A', date: '2024-03-09', draft: true })],
    ['made a page', post({ title: 'A', layout: 'page' })],
  ])('that has a post %s takes it out of every feed', async (_what, text) => {
    const blog = testBlog();
    await blog.write('a.md', post({ title: 'A', date: '2024-03-09', tags: ['x'] }));
    await blog.write('b.md', post({ title: 'B', date: '2024-03-08' }));
    await blog.run();
    if (text === undefined) await blog.remove('a.md');
    else await blog.write('a.md', text);
    await blog.run('a.md');
    expect(titles(await blog.read('/feed.json'))).toEqual(['B']);
    expect(titles(await blog.read('/tags/x/feed.json'))).toEqual([]);
  });

  test('of a term that nobody uses gives the feed that any site with that term would have', async () => {
    const one = testBlog();
    await one.write('a.md', post({ title: 'A', date: '2024-03-09', tags: ['Old Tag'] }));
    await one.run();
    await one.remove('a.md');
    await one.run('a.md');
    const two = testBlog();
    await two.write('b.md', post({ title: 'B', date: '2020-01-01', tags: ['OLD tag'] }));
    await two.run();
    await two.remove('b.md');
    await two.run('b.md');
    for (const format of ['rss', 'atom', 'json'])
      expect(await one.read(`/tags/old-tag/feed.${format}`)).toBe(
        await two.read(`/tags/old-tag/feed.${format}`),
      );
  });

  test('that makes a post unreadable is a problem, and what was published stays', async () => {
    const blog = testBlog();
    await blog.write('a.md', post({ title: 'A', date: '2024-03-09', tags: ['x'] }));
    await blog.run();
    await blog.write('a.md', '---\ntitle: [\n---\n');
    const run = await blog.run('a.md');
    expect(run.posts.get('a.md')).toMatchObject({
      status: 'unread',
      problems: [{ key: 'a.md', unread: true }],
    });
    expect(titles(await blog.read('/feed.json'))).toEqual(['A']);
    await blog.write('a.md', post({ title: 'A again', date: '2024-03-09' }));
    await blog.run('a.md');
    expect(titles(await blog.read('/feed.json'))).toEqual(['A again']);
    expect(titles(await blog.read('/tags/x/feed.json'))).toEqual([]);
  });

  test('of the site file renders everything anew', async () => {
    const blog = testBlog();
    await blog.write('a.md', post({ title: 'A', date: '2024-03-09', tags: ['x'] }));
    await blog.run();
    blog.settings('url: https://other.example\ntitle: Other');
    await blog.run();
    expect(await blog.read('/tags/x/feed.rss')).toContain('https://other.example/');
    expect(await blog.read('/tags/x/feed.rss')).not.toContain('blog.example');
    expect(await blog.read('/')).toContain('Other');
  });

  test('of a post’s address reaches the posts that link to it', async () => {
    const blog = testBlog('url: https://blog.example\npermalink: /:year/:slug/');
    await blog.write('_posts/2024-03-08-a.md', post({ layout: 'post', title: 'A', slug: 'one' }));
    await blog.write(
      '_posts/2024-03-09-b.md',
      post({ layout: 'post', title: 'B' }, 'See [A]({% post_url 2024-03-08-a %}).'),
    );
    await blog.run();
    expect(await blog.read('/feed.json')).toContain('https://blog.example/2024/one/');
    await blog.write('_posts/2024-03-08-a.md', post({ layout: 'post', title: 'A', slug: 'two' }));
    await blog.run('_posts/2024-03-08-a.md');
    const feed = JSON.parse((await blog.read('/feed.json'))!);
    expect(feed.items[0].content_html).toContain('https://blog.example/2024/two/');
  });

  test('that brings a post others link to already mends their links', async () => {
    const blog = testBlog('url: https://blog.example\npermalink: /:year/:slug/');
    await blog.write(
      '_posts/2024-03-09-b.md',
      post({ layout: 'post', title: 'B' }, 'See [A]({% post_url 2024-03-08-a %}).'),
    );
    const first = await blog.run();
    expect(first.posts.get('_posts/2024-03-09-b.md')?.problems).toHaveLength(1);
    await blog.write('_posts/2024-03-08-a.md', post({ layout: 'post', title: 'A', slug: 'one' }));
    const second = await blog.run('_posts/2024-03-08-a.md');
    expect(second.posts.get('_posts/2024-03-09-b.md')?.problems).toEqual([]);
    expect(await blog.read('/feed.json')).toContain('https://blog.example/2024/one/');
  });
});

describe('time', () => {
  test('brings a scheduled post when it is due, and takes an expired one', async () => {
    const blog = testBlog();
    const text = post({ title: 'A', date: '2026-02-01', expiryDate: '2026-03-01', tags: ['x'] });
    await blog.write('a.md', text);
    const run = await blog.run();
    expect(run.posts.get('a.md')?.status).toBe('scheduled');
    expect(await blog.read('/tags/x/feed.json')).toBeUndefined();
    expect(blog.pipeline.queue.due.get('a.md')).toBe(Date.UTC(2026, 1, 1));
    blog.clock.now = Date.UTC(2026, 1, 1);
    await blog.run('a.md');
    expect(titles(await blog.read('/tags/x/feed.json'))).toEqual(['A']);
    expect(blog.pipeline.queue.due.get('a.md')).toBe(Date.UTC(2026, 2, 1));
    blog.clock.now = Date.UTC(2026, 2, 1);
    expect((await blog.run('a.md')).posts.get('a.md')?.status).toBe('expired');
    expect(titles(await blog.read('/tags/x/feed.json'))).toEqual([]);
  });
});

describe('one id in two posts', () => {
  test('stays with the one published first', async () => {
    const blog = testBlog();
    await blog.write('new.md', post({ title: 'New', date: '2024-03-09', guid: 'urn:x:1' }));
    await blog.write('old.md', post({ title: 'Old', date: '2024-03-01', guid: 'urn:x:1' }));
    const run = await blog.run();
    expect(titles(await blog.read('/feed.json'))).toEqual(['Old']);
    expect(run.sharedIds).toMatchObject([
      { key: 'new.md', cause: expect.stringContaining('old.md') },
    ]);
  });
});

describe('one number as the id of two posts', () => {
  test('is found too, though it becomes a tag: URI', async () => {
    const blog = testBlog();
    await blog.write('new.md', post({ title: 'New', date: '2024-03-09', id: 42 }));
    await blog.write('old.md', post({ title: 'Old', date: '2024-03-01', id: 42 }));
    const run = await blog.run();
    expect(run.sharedIds).toMatchObject([{ key: 'new.md' }]);
    // Of the two, and not of posts whose id is their own key's.
    expect((await blog.pipeline.state.list('index/ids/')).objects).toHaveLength(2);
  });
});

describe('several publishers at once', () => {
  test('of one post agree on one version of it', async () => {
    const blog = testBlog();
    const { ingest } = await import('../../src/publish/ingest.ts');
    await blog.write('a.md', post({ title: 'A', date: '2024-03-09', tags: ['x'] }));
    await Promise.all(Array.from({ length: 8 }, () => ingest('a.md', blog.pipeline)));
    await blog.write('a.md', post({ title: 'B', date: '2024-03-09', tags: ['y'] }));
    await Promise.all(Array.from({ length: 8 }, () => ingest('a.md', blog.pipeline)));
    await blog.run();
    expect((await readRecord(blog.pipeline.state, handle('a.md')))?.record).toMatchObject({
      settled: true,
      older: [],
    });
    expect((await blog.pipeline.state.list('index/')).objects).toHaveLength(2);
    expect(titles(await blog.read('/feed.json'))).toEqual(['B']);
  });
});
