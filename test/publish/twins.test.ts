import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { feedKey, term, twinKey, twinned } from '../../src/keys.ts';
import { listAll } from '../../src/store/store.ts';
import { post, testBlog } from '../blog.ts';

const tag = term('tags', 'a');

/** A blog with one post, behind a CDN. */
async function cdnBlog(settings = '') {
  const blog = testBlog(`url: https://b.example\n${settings}`);
  blog.pipeline.hasCdn = true;
  await blog.write('a.md', post({ title: 'One', date: '2024-03-09', tags: ['a'] }));
  await blog.run();
  const stored = (key: string) => blog.pipeline.feeds.get(key);
  return {
    ...blog,
    stored,
    change: (title: string) => blog.write('a.md', post({ title, date: '2024-03-09', tags: ['a'] })),
  };
}

const unzipped = (bytes: Uint8Array) => gunzipSync(bytes).toString();

test('behind a CDN each Atom and JSON feed has a twin in gzip, and nothing else has', async () => {
  const { pipeline, stored } = await cdnBlog();
  const keys: string[] = [];
  for await (const { key } of listAll(pipeline.feeds, '')) keys.push(key);
  const feeds = ['site', tag].flatMap((one) => twinned.map((format) => feedKey(one, format)));
  expect(keys.filter((key) => key.endsWith('.gz'))).toEqual(feeds.map(twinKey).toSorted());
  for (const key of feeds) {
    const twin = await stored(twinKey(key));
    expect(unzipped(twin.body)).toBe((await stored(key)).body.toString());
    expect(twin.headers?.contentEncoding).toBe('gzip');
    expect((await stored(key)).headers?.contentEncoding).toBeUndefined();
  }
});

test('without a CDN there are no twins', async () => {
  const blog = testBlog();
  await blog.write('a.md', post({ title: 'One', date: '2024-03-09' }));
  await blog.run();
  expect([...(await blog.all()).keys()].filter((key) => key.endsWith('.gz'))).toEqual([]);
});

test('a twin changes with its feed, and is left as it is with it', async () => {
  const { run, clock, stored, change } = await cdnBlog();
  const key = twinKey(feedKey(tag, 'atom'));
  const before = await stored(key);
  clock.now += 1000;
  await run();
  expect((await stored(key)).modified).toBe(before.modified);
  await change('Two');
  await run();
  expect(unzipped((await stored(key)).body)).toContain('Two');
});

test('a twin that a slow writer left behind, or that is no gzip, is made anew', async () => {
  const { pipeline, run, stored } = await cdnBlog();
  const key = feedKey(tag, 'json');
  const broken = Buffer.from((await stored(twinKey(key))).body);
  broken.fill(0, 20, 40);
  for (const wrong of [gzipSync('old'), 'no gzip', '', broken]) {
    await pipeline.feeds.put(twinKey(key), wrong, undefined, (await stored(twinKey(key))).headers);
    await run();
    expect(unzipped((await stored(twinKey(key))).body)).toBe((await stored(key)).body.toString());
  }
});

test('a twin of another compressor is as good', async () => {
  const { pipeline, run, stored } = await cdnBlog();
  const key = twinKey(feedKey(tag, 'json'));
  const { headers, body } = await stored(key);
  const other = gzipSync(gunzipSync(body), { level: 1 });
  expect(other.equals(body)).toBe(false);
  await pipeline.feeds.put(key, other, undefined, headers);
  await run();
  expect(other.equals((await stored(key)).body)).toBe(true);
});

test('objects say how long they may be kept: a day at the edge, which is told of changes', async () => {
  const { pipeline, stored } = await cdnBlog('freshness: 600');
  const kept =
    'public, max-age=600, s-maxage=86400, stale-while-revalidate=600, stale-if-error=604800';
  for await (const { key } of listAll(pipeline.feeds, ''))
    expect([key, (await stored(key)).headers?.cacheControl]).toEqual([key, kept]);
});

test('without a CDN they say how long readers may keep them', async () => {
  const blog = testBlog('freshness: 600');
  await blog.write('a.md', post({ title: 'One', date: '2024-03-09' }));
  await blog.run();
  const { headers } = await blog.pipeline.feeds.get('feed.rss');
  expect(headers).toEqual({ cacheControl: 'public, max-age=600' });
});

test('when `invalidate` changes, objects of unchanged feeds say so too', async () => {
  const { pipeline, settings, run, stored } = await cdnBlog();
  const { etag } = await stored(feedKey(tag, 'rss'));
  settings('url: https://b.example\ninvalidate: false');
  await run();
  for await (const { key } of listAll(pipeline.feeds, ''))
    expect([key, (await stored(key)).headers?.cacheControl]).toEqual([
      key,
      'public, max-age=900, s-maxage=900, stale-while-revalidate=900, stale-if-error=604800',
    ]);
  expect((await stored(feedKey(tag, 'rss'))).etag).toBe(etag);
});

test('what the site file rules has no object, for S3 would answer before the rule', async () => {
  const { all, settings, run } = await cdnBlog();
  const keys = async () => [...(await all()).keys()].filter((key) => key.startsWith(tag));
  settings('url: https://b.example\ngone: [/tags/a/feed.atom]\nmoved: { /tags/a: /elsewhere/ }');
  await run();
  expect(await keys()).toEqual(
    ['feed.json', 'feed.json.gz', 'feed.rss'].map((name) => `${tag}/${name}`),
  );
  settings('url: https://b.example');
  await run();
  expect(await keys()).toHaveLength(6);
});
