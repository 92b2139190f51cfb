import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { entryKey, handle } from '../../src/keys.ts';
import { messageOf, workIn } from '../../src/publish/messages.ts';
import { selectionIn } from '../../src/publish/sqs.ts';
import { listAll } from '../../src/store/store.ts';
import { post } from '../blog.ts';
import { batchWith, contextWith, failed, testStage } from './stage.ts';

let stage: Awaited<ReturnType<typeof testStage>>;
beforeAll(async () => {
  stage = await testStage();
});
afterAll(() => stage.close());

beforeEach(async () => {
  for (const store of [stage.posts, stage.state, stage.feeds])
    for await (const { key } of listAll(store, '')) await store.delete(key);
  await stage.batch('ingest');
  await stage.batch('refresh');
});

const created = (key: string) => ({
  Records: [{ eventVersion: '2.6', eventName: 'ObjectCreated:Put', s3: { object: { key } } }],
});
const write = (key: string, tags: string[]) =>
  stage.posts.put(key, post({ title: key, date: '2024-03-09', tags }));
/** Tests of one after the other: each needs a window of its own, or its requests are absorbed. */
const tag = () => `t${++tags}`;
let tags = 0;

const refreshOf = (selection: string, group = selection) => {
  const batch = batchWith({ selection });
  Object.assign(batch.Records[0]!, {
    messageId: selection,
    attributes: { MessageGroupId: group, ApproximateReceiveCount: '1' },
  });
  return batch.Records[0]!;
};
const exists = (key: string) =>
  stage.feeds.head(key).then(
    () => true,
    () => false,
  );

describe('ingest', () => {
  test('publishes the posts of S3’s events and asks for their feeds, which refresh writes', async () => {
    const mine = tag();
    await write('2024/hello world.md', [mine]);
    const { ingest, refresh } = stage.functions;
    const batch = batchWith(created('2024/hello+world.md'));
    expect(failed(await ingest(batch, contextWith()))).toEqual([]);
    const asked = await stage.batch('refresh');
    expect(asked.Records.map(({ body }) => selectionIn(body))).toContain(`tags/${mine}`);
    expect(failed(await refresh(asked, contextWith()))).toEqual([]);
    const feed = await stage.feeds.get(`tags/${mine}/feed.atom`);
    expect(new TextDecoder().decode(feed.body)).toContain('https://cdn.example/tags/');
  });

  test.each([
    // Plus and percent signs are for test/s3/ to try: this server decodes them twice.
    ['odd characters', '2024/a b&c=ф🎉.md'],
    ['1,024 bytes', `${'a'.repeat(1021)}.md`],
  ])('publishes a post whose key has %s', async (_what, key) => {
    const mine = tag();
    await stage.posts.put(key, post({ title: 'Odd', date: '2024-03-09', tags: [mine] }));
    const sent = created(encodeURIComponent(key).replaceAll('%20', '+'));
    expect(failed(await stage.functions.ingest(batchWith(sent), contextWith()))).toEqual([]);
    await stage.functions.refresh(await stage.batch('refresh'), contextWith());
    const { body } = await stage.feeds.get(`tags/${mine}/feed.json`);
    expect(JSON.parse(new TextDecoder().decode(body)).items[0].title).toBe('Odd');
  });

  test('fails only the message that cannot be done', async () => {
    await write('a.md', []);
    await stage.state.put(entryKey(handle('b.md')), 'not JSON');
    const batch = batchWith(created('a.md'), created('b.md'), 'nonsense', { posts: ['none.md'] });
    expect(failed(await stage.functions.ingest(batch, contextWith())).sort()).toEqual(['1', '2']);
    await stage.state.head(entryKey(handle('a.md')));
  });

  test('queues what fails of many posts alone, so that the others are done', async () => {
    await write('a.md', []);
    await stage.state.put(entryKey(handle('b.md')), 'not JSON');
    const batch = batchWith(messageOf({ posts: ['a.md', 'b.md'] }));
    expect(failed(await stage.functions.ingest(batch, contextWith()))).toEqual([]);
    const again = await stage.batch('ingest');
    expect(again.Records.map(({ body }) => workIn(body))).toEqual([{ posts: ['b.md'] }]);
  });

  test('begins nothing that it has no time to finish', async () => {
    await write('a.md', []);
    const batch = batchWith(created('a.md'), messageOf({ posts: ['a.md', 'b.md'] }));
    expect(failed(await stage.functions.ingest(batch, contextWith(1000)))).toEqual(['0', '1']);
    expect((await stage.state.list('')).objects).toEqual([]);
    expect((await stage.batch('ingest')).Records).toEqual([]);
  });

  test('of a deleted post takes it out of its feeds', async () => {
    const mine = tag();
    await write('a.md', [mine]);
    await stage.functions.ingest(batchWith(created('a.md')), contextWith());
    await stage.posts.delete('a.md');
    const removed = {
      Records: [{ eventName: 'ObjectRemoved:Delete', s3: { object: { key: 'a.md' } } }],
    };
    expect(failed(await stage.functions.ingest(batchWith(removed), contextWith()))).toEqual([]);
    expect((await stage.state.list('index/')).objects).toEqual([]);
  });

  test('of the site file queues every post and every feed', async () => {
    await stage.posts.put('tidings.yml', 'title: New\n');
    for (const n of [1, 2, 3]) await write(`${n}.md`, []);
    const old = tag();
    await stage.feeds.put(`tags/${old}/feed.rss`, '<rss/>');
    await stage.functions.ingest(batchWith(created('tidings.yml')), contextWith());
    const queued = await stage.batch('ingest');
    const posts = queued.Records.flatMap(({ body }) => workIn(body).posts);
    expect(posts.sort()).toEqual(['1.md', '2.md', '3.md']);
    const asked = await stage.batch('refresh');
    expect(asked.Records.map(({ body }) => selectionIn(body))).toContain(`tags/${old}`);
  });

  test('leaves the rest of a rebuild to a message when time runs out', async () => {
    await stage.posts.put('tidings.yml', 'title: New\n');
    await write('1.md', []);
    // Time for one list: the posts are queued, the rest is left.
    const left = [60_000, 1000];
    const context = contextWith(() => left.shift() ?? 1000);
    expect(
      failed(await stage.functions.ingest(batchWith(created('tidings.yml')), context)),
    ).toEqual([]);
    const work = (await stage.batch('ingest')).Records.map(({ body }) => workIn(body));
    expect(work).toEqual([{ posts: ['1.md'] }, { posts: [], rebuild: { bucket: 'state' } }]);
  });
});

describe('refresh', () => {
  test('of one selection that fails fails all its messages, and no other’s', async () => {
    const [good, bad] = [tag(), tag()];
    await write('a.md', [good]);
    await write('b.md', [bad]);
    await stage.functions.ingest(batchWith(messageOf({ posts: ['a.md', 'b.md'] })), contextWith());
    await stage.state.put(entryKey(handle('b.md')), 'not JSON');
    const Records = [`tags/${bad}`, `tags/${good}`, `tags/${bad}`].map((one) => refreshOf(one));
    Records[2]!.messageId = 'second';
    const response = await stage.functions.refresh({ Records }, contextWith());
    expect(failed(response)).toEqual([`tags/${bad}`, 'second']);
    expect(await exists(`tags/${good}/feed.rss`)).toBe(true);
    expect(await exists(`tags/${bad}/feed.rss`)).toBe(false);
  });

  test('without time left leaves the messages for later', async () => {
    const Records = ['site', 'feeds'].map((one) => refreshOf(one));
    const left = [60_000, 1000];
    const context = contextWith(() => left.shift()!);
    expect(failed(await stage.functions.refresh({ Records }, context))).toEqual(['feeds']);
    expect(await exists('feed.rss')).toBe(true);
    expect(await exists('feeds.opml')).toBe(false);
  });

  test('fails a message that names no selection', async () => {
    expect(failed(await stage.functions.refresh(batchWith('{}', '['), contextWith()))).toHaveLength(
      2,
    );
  });
});

describe('rebuild', () => {
  const called = { invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:rebuild' };
  const context = (remaining: number | (() => number) = 900_000) => ({
    ...contextWith(remaining),
    ...called,
  });
  const sent = async () =>
    (await stage.batch('ingest')).Records.flatMap(({ body }) => workIn(body).posts).sort();
  /** Publishes these posts, with all that follows from it. */
  const publish = async (...posts: string[]) => {
    await stage.functions.ingest(batchWith(messageOf({ posts })), contextWith());
    await stage.functions.refresh(await stage.batch('refresh'), contextWith());
    await stage.batch('ingest');
  };

  test('of everything is one message, on which ingest works', async () => {
    await stage.functions.rebuild({ kind: 'rebuild' }, context());
    const work = (await stage.batch('ingest')).Records.map(({ body }) => workIn(body));
    expect(work).toEqual([{ posts: [], rebuild: {} }]);
  });

  test('of what events missed queues the posts that differ, and no others', async () => {
    const mine = tag();
    for (const key of ['same.md', 'changed.md', 'deleted.md']) await write(key, [mine]);
    await publish('same.md', 'changed.md', 'deleted.md');
    await write('changed.md', []);
    await write('new.md', [mine]);
    await stage.posts.delete('deleted.md');
    await stage.functions.rebuild({ kind: 'sync' }, context());
    expect(await sent()).toEqual(['changed.md', 'deleted.md', 'new.md']);
  });

  test('of what events missed builds everything where it was the settings, also feeds without posts', async () => {
    await write('a.md', []);
    await publish('a.md');
    await stage.posts.put('tidings.yml', 'title: Unheard of\n');
    await stage.functions.rebuild({ kind: 'sync' }, context());
    const work = (await stage.batch('ingest')).Records.map(({ body }) => workIn(body));
    expect(work).toContainEqual({ posts: [], rebuild: {} });
  });

  test('of what events missed removes markers that posts have outgrown', async () => {
    const mine = tag();
    await write('a.md', [mine]);
    await publish('a.md');
    const [{ key } = { key: '' }] = (await stage.state.list(`index/tags/${mine}/`)).objects;
    const stale = key.replace(/\d+$/, '0');
    await stage.state.put(stale, '');
    await stage.functions.rebuild({ kind: 'sync' }, context());
    expect((await stage.state.list(`index/tags/${mine}/`)).objects.map((one) => one.key)).toEqual([
      key,
    ]);
  });

  test('goes on a minute later, in another call, where time ran out', async () => {
    const keys = Array.from({ length: 1500 }, (_, n) => `${n}.md`);
    await Promise.all(keys.map((key) => write(key, [])));
    // Time to look at a thousand, then for nothing more.
    await stage.functions.rebuild({ kind: 'sync' }, context(1000));
    const first = await sent();
    expect(first).toHaveLength(1000);
    const [errand] = stage.scheduled();
    expect(errand!.Target).toMatchObject({ Arn: called.invokedFunctionArn });
    expect(errand!.ScheduleExpression).toMatch(/^at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)$/);
    await stage.functions.rebuild(JSON.parse(errand!.Target!.Input!), context());
    expect([...first, ...(await sent())].sort()).toEqual(keys.sort());
    expect(stage.scheduled()).toEqual([]);
  });

  test('of nothing that it knows throws', async () => {
    const event = { kind: 'all' } as never;
    await expect(stage.functions.rebuild(event, context())).rejects.toThrow(/"kind":"sync"/);
  });
});
