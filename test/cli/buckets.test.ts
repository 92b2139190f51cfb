import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CreateBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bucketOf, isWithin } from '../../src/cli/buckets.ts';
import { entryKey, handle } from '../../src/keys.ts';
import { workIn } from '../../src/publish/messages.ts';
import { S3Store, s3Client } from '../../src/store/s3.ts';
import { listAll, type Store } from '../../src/store/store.ts';
import { post } from '../blog.ts';
import { fakeCloud, fakeCredentials, receiveAll } from '../cloud.ts';
import { folderWith, put, tidings } from './terminal.ts';

let cloud: Awaited<ReturnType<typeof fakeCloud>>;
let client: S3Client;
beforeAll(async () => {
  cloud = await fakeCloud();
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: fakeCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: fakeCredentials.secretAccessKey,
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL_SQS: cloud.endpoint,
  });
  client = s3Client({ endpoint: cloud.endpoint });
});
afterAll(async () => {
  client.destroy();
  await cloud.close();
});

let buckets = 0;
async function newBucket(objects: Record<string, string> = {}) {
  const bucket = `bucket-${++buckets}`;
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  const store = new S3Store({ client, bucket });
  for (const [key, text] of Object.entries(objects)) await store.put(key, text);
  return { bucket, location: `s3://${bucket}`, store };
}

async function objectsIn(store: Store, prefix = ''): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { key } of listAll(store, prefix))
    found[key.slice(prefix.length)] = Buffer.from((await store.get(key)).body).toString();
  return found;
}

const three = {
  'tidings.yml': 'url: https://blog.example\n',
  'a.md': post({ title: 'A', date: '2024-03-01', tags: ['x'] }),
  '2024/b.md': post({ title: 'B', date: '2024-03-02', tags: ['x', 'y'] }),
  'broken.md': '---\ntitle: [\n---\n',
};
const at = () => ['--endpoint', cloud.endpoint];

describe('build', () => {
  test('writes to a bucket what it writes to a folder', async () => {
    const folder = folderWith(three);
    const out = folderWith({});
    await tidings('build', folder, '--out', out);
    const posts = await newBucket(three);
    const feeds = await newBucket();
    const state = await newBucket();
    const { status, out: said } = await tidings(
      ...['build', posts.location, '--out', feeds.location, '--state', state.location, ...at()],
    );
    expect(status).toBe(0);
    expect(said).toMatch(/posts +3 read: 2 live.* 1 unread/);
    const objects = await objectsIn(feeds.store);
    expect(Object.keys(objects)).toContain('tags/y/feed.atom');
    for (const [key, text] of Object.entries(objects))
      expect(text).toBe(readFileSync(join(out, key), 'utf8'));
    // What was asked for is done, and a second build finds nothing to do.
    expect(await objectsIn(state.store, 'asked/')).toEqual({});
    const again = await tidings(
      ...['build', posts.location, '--out', feeds.location, '--state', state.location, ...at()],
    );
    expect(again.out).toMatch(/feeds +0 written/);
  });

  test('keeps to prefixes, in one bucket', async () => {
    const prefixed = Object.fromEntries(
      Object.entries(three).map(([key, text]) => [`blog/posts/${key}`, text]),
    );
    const { location, store } = await newBucket(prefixed);
    const { status } = await tidings(
      ...['build', `${location}/blog/posts/`, '--out', `${location}/blog/feeds`],
      ...['--state', `${location}/blog/state`, ...at()],
    );
    expect(status).toBe(0);
    expect(Object.keys(await objectsIn(store, 'blog/feeds/'))).toContain('feed.rss');
  });

  test.each([
    [['build', 's3://A_B', '--out', 'x'], /s3:\/\/A_B is no bucket/],
    [['build', 's3://aaa', '--out', 's3://aaa/feeds'], /share a place/],
    [['build', 's3://aaa/posts', '--out', 's3://aaa'], /share a place/],
    [['build', '.', '--out', 's3://bbb', '--state', 's3://bbb/state'], /readers can see/],
    [['build', '.', '--out', 's3://bbb/feeds', '--state', 's3://bbb'], /lies in --state/],
    [['sync', '.', '--state', 'x'], /--out.*--posts-queue/],
    [
      ['sync', '.', '--state', 'x', '--out', 'y', '--posts-queue', 'z', '--feeds-queue', 'z'],
      /either/,
    ],
    [['problems'], /--state/],
    [['problems', '--state', 'no-such'], /no-such holds no state/],
    [['problems', '--state', 'examples'], /examples holds no state/],
    [['problems', '--state', 'README.md'], /README\.md is a file/],
    [['build', '.', '--out', 'README.md'], /README\.md is a file/],
    [['build', '.', '--out', ''], /--out is empty/],
    [['build', '', '--out', 'x'], /an argument is empty/],
    [['serve', '.', '--port', ''], /a port is a whole number/],
    [['build', '.', '--out', 'x', '--site', ''], /--site is empty/],
    [['serve', 's3://aaa'], /is a bucket/],
  ])('%j is refused with status 2 and a reason', async (args, reason) => {
    const { status, err } = await tidings(...args);
    expect([status, err]).toEqual([2, expect.stringMatching(reason)]);
  });

  test('of a bucket that is not there is an error that names it', async () => {
    const { status, err } = await tidings(
      'build',
      's3://no-such',
      '--out',
      folderWith({}),
      ...at(),
    );
    expect(status).toBe(1);
    expect(err).toMatch(/no-such/);
  });
});

test('explain shows a post in a bucket as in a folder', async () => {
  const folder = folderWith(three);
  const { location } = await newBucket(three);
  const here = await tidings('explain', join(folder, '2024/b.md'));
  const there = await tidings('explain', `${location}/2024/b.md`, ...at());
  expect(there).toEqual(here);
  expect(there.out).toMatch(/^post +2024\/b\.md$/m);
  expect((await tidings('explain', `${location}/none.md`, ...at())).status).toBe(2);
});

describe('problems', () => {
  test('are those of the posts as they are now', async () => {
    const folder = folderWith(three);
    const [out, state] = [folderWith({}), folderWith({})];
    await tidings('build', folder, '--out', out, '--state', state);
    const first = await tidings('problems', '--state', state, '--strict');
    expect(first).toMatchObject({ status: 1, err: '1 problem\n' });
    expect(first.out).toMatch(/^broken\.md:\d+: .+\n {4}.+\n$/);
    put(folder, 'broken.md', post({ title: 'Mended', date: '2024-03-03' }));
    await tidings('sync', folder, '--state', state, '--out', out);
    const second = await tidings('problems', '--state', state, '--strict');
    expect(second).toEqual({ status: 0, out: '', err: 'no problems\n' });
  });
});

describe('sync', () => {
  /** A blog that was built, with the state in a folder. */
  async function built() {
    const folder = folderWith(three);
    const [out, state] = [folderWith({}), folderWith({})];
    await tidings('build', folder, '--out', out, '--state', state);
    const record = (key: string) => join(state, entryKey(handle(key)));
    const sync = (...more: string[]) =>
      tidings('sync', folder, '--state', state, '--out', out, ...more);
    return { folder, out, state, record, sync };
  }

  test('finds nothing to do after a build', async () => {
    const { sync } = await built();
    const { status, out } = await sync();
    expect(status).toBe(0);
    expect(out).toMatch(/compared +3 posts: 0 differ/);
    expect(out).toMatch(/feeds +0 written, 0 unchanged/);
  });

  test('publishes what was changed, added and deleted, and no more', async () => {
    const { folder, out, sync } = await built();
    put(folder, 'a.md', post({ title: 'A2', date: '2024-03-01', tags: ['x'] }));
    put(folder, 'c.md', post({ title: 'C', date: '2024-03-03', tags: ['z'] }));
    rmSync(join(folder, '2024/b.md'));
    const run = await sync();
    expect(run.out).toMatch(/compared +4 posts: 3 differ/);
    const fresh = folderWith({});
    await tidings('build', folder, '--out', fresh);
    for (const key of ['feed.rss', 'tags/x/feed.json', 'tags/z/feed.atom', 'feeds.opml'])
      expect(readFileSync(join(out, key), 'utf8')).toBe(readFileSync(join(fresh, key), 'utf8'));
    expect(readFileSync(join(out, 'tags/y/feed.json'), 'utf8')).toMatch(/"items":\s*\[\s*\]/);
    expect((await sync()).out).toMatch(/0 differ/);
  });

  test('publishes everything anew under changed settings, also feeds that have no posts', async () => {
    const { folder, out, sync } = await built();
    put(folder, '2024/b.md', post({ title: 'B', date: '2024-03-02', tags: ['x'] }));
    await sync();
    put(folder, 'tidings.yml', 'url: https://blog.example\ntitle: Another title\n');
    expect((await sync()).out).toMatch(/compared +3 posts: 3 differ/);
    for (const key of ['feed.rss', 'tags/x/feed.rss', 'tags/y/feed.rss'])
      expect(readFileSync(join(out, key), 'utf8')).toContain('Another title');
  });

  test('knows the address of the feeds that a deployed stage has', async () => {
    const { folder, state, out } = await built();
    const feeds = ['--feeds', 'https://cdn.example'];
    await tidings('build', folder, '--state', state, '--out', out, ...feeds);
    expect(readFileSync(join(out, 'feed.rss'), 'utf8')).toContain('https://cdn.example/feed.rss');
    const sync = (...more: string[]) =>
      tidings('sync', folder, '--state', state, '--out', out, ...more);
    expect((await sync(...feeds)).out).toMatch(/0 differ/);
    expect((await sync()).out).toMatch(/3 differ/);
  });

  test('goes on where an earlier one was stopped between a post and its feeds', async () => {
    const { state, out, sync } = await built();
    rmSync(join(out, 'tags/x'), { recursive: true });
    put(state, 'asked/tags/x', '');
    expect((await sync()).out).toMatch(/0 differ/);
    expect(readFileSync(join(out, 'tags/x/feed.rss'), 'utf8')).toContain('<rss');
    expect((await sync()).out).toMatch(/feeds +0 written, 0 unchanged/);
  });

  test.each([
    ['is no JSON', 'not JSON'],
    ['is of a newer format', '{"format":2,"key":"a.md"}'],
  ])('leaves a record that %s as it is, and tells how to mend it', async (_what, text) => {
    const { folder, record, sync } = await built();
    put('/', record('a.md').slice(1), text);
    put(folder, 'c.md', post({ title: 'C', date: '2024-03-03', tags: ['z'] }));
    const { status, err, out } = await sync();
    expect(status).toBe(1);
    expect(err).toMatch(/^a\.md: .*--repair/m);
    expect(out).toMatch(/1 differs, 1 broken record left as found/);
    expect(readFileSync(record('a.md'), 'utf8')).toBe(text);
  });

  test('--repair makes a broken record anew, and nothing of the old one is left', async () => {
    const { folder, out, record, state, sync } = await built();
    put('/', record('a.md').slice(1), 'not JSON');
    put(folder, 'a.md', post({ title: 'A2', date: '2024-03-05', tags: ['new'] }));
    expect((await sync('--repair')).status).toBe(0);
    const fresh = folderWith({});
    await tidings('build', folder, '--out', fresh);
    for (const key of ['feed.rss', 'tags/x/feed.json', 'tags/new/feed.atom', 'feeds.opml'])
      expect(readFileSync(join(out, key), 'utf8')).toBe(readFileSync(join(fresh, key), 'utf8'));
    const { version } = JSON.parse(readFileSync(record('a.md'), 'utf8'));
    // Above every version that there may be a mark of.
    expect(version).toBeGreaterThan(1);
    expect((await tidings('problems', '--state', state)).err).toBe('1 problem\n');
    expect((await sync()).out).toMatch(/0 differ/);
  });

  test('--repair takes a post that is gone out of its feeds', async () => {
    const { folder, out, record, sync } = await built();
    put('/', record('a.md').slice(1), 'not JSON');
    rmSync(join(folder, 'a.md'));
    expect((await sync('--repair')).status).toBe(0);
    expect(readFileSync(join(out, 'feed.json'), 'utf8')).not.toContain('"A"');
    expect((await sync()).out).toMatch(/compared +2 posts: 0 differ\n/);
  });

  test('with a deployed stage only sends to its queues', async () => {
    const { folder, state } = await built();
    put(folder, 'c.md', post({ title: 'C', date: '2024-03-03' }));
    const posts = await cloud.newQueue('sync-posts');
    const feeds = await cloud.newQueue('sync-feeds.fifo', { FifoQueue: 'true' });
    const { status, out } = await tidings(
      ...['sync', folder, '--state', state, '--posts-queue', posts, '--feeds-queue', feeds],
    );
    expect([status, out]).toEqual([0, expect.stringMatching(/queued +1 post\n/)]);
    const messages = await receiveAll(cloud.client, posts);
    expect(messages.map(({ Body }) => workIn(Body!).posts)).toEqual([['c.md']]);
  });
});

describe('a location', () => {
  test.each([
    ['s3://my.bucket-1', 'my.bucket-1', ''],
    ['s3://posts/', 'posts', ''],
    ['s3://posts/a/b//', 'posts', 'a/b/'],
    ['s3://posts/mit Ü+', 'posts', 'mit Ü+/'],
  ])('%s is bucket %s and prefix %j', (location, bucket, prefix) => {
    expect(bucketOf(location)).toEqual({ bucket, prefix });
  });

  test.each([
    ['s3://aaa/b', 's3://aaa', true],
    ['s3://aaa/bc', 's3://aaa/b', false],
    ['s3://aaa', 's3://aab', false],
    ['a/b', 'a', true],
    ['a', 'a', true],
    ['a', 's3://aaa', false],
  ])('%s in %s: %s', (inner, outer, is) => {
    expect(isWithin(inner, outer)).toBe(is);
  });
});
