import { describe, expect, test } from 'vitest';
import { entryKey, handle, markPrefixes, parseMark } from '../../src/keys.ts';
import { ingest } from '../../src/publish/ingest.ts';
import { keptQueue } from '../../src/publish/kept.ts';
import { drain } from '../../src/publish/local.ts';
import { sweep } from '../../src/publish/sweep.ts';
import { compare, repair } from '../../src/publish/sync.ts';
import { marksOf, readRecord, writeRecord } from '../../src/selection/record.ts';
import { listAll } from '../../src/store/store.ts';
import { post, testBlog } from '../blog.ts';

async function builtBlog() {
  const blog = testBlog();
  await blog.write('a.md', post({ title: 'A', date: '2024-03-01', tags: ['x'] }));
  await blog.write('b.md', post({ title: 'B', date: '2024-03-02', tags: ['x', 'y'] }));
  await blog.write('later.md', post({ title: 'Later', date: '2026-02-01' }));
  await blog.run();
  return blog;
}

const recordOf = async (blog: Awaited<ReturnType<typeof builtBlog>>, key: string) =>
  (await readRecord(blog.pipeline.state, handle(key)))!;

describe('compare', () => {
  test('finds nothing after a build', async () => {
    const { pipeline } = await builtBlog();
    const { compared, outdated, broken, settled } = await compare(pipeline);
    expect({ compared, outdated, broken }).toEqual({ compared: 3, outdated: [], broken: [] });
    expect(settled.get(handle('a.md'))).toBe(1);
  });

  test('finds nothing to do about a post that is gone when the settings change', async () => {
    const blog = await builtBlog();
    await blog.remove('a.md');
    await blog.run('a.md');
    blog.settings('url: https://blog.example\ntitle: Other');
    // As in the cloud, where a rebuild lists the posts that there are.
    await blog.run('b.md', 'later.md');
    expect((await compare(blog.pipeline)).outdated).toEqual([]);
  });

  test('tells how far it is', async () => {
    const { pipeline } = await builtBlog();
    const said: string[] = [];
    await compare(pipeline, (done, total) => said.push(`${done}/${total}`));
    expect(said).toEqual(['1/3', '2/3', '3/3']);
  });

  test.each<[string, (blog: Awaited<ReturnType<typeof builtBlog>>) => Promise<void> | void]>([
    ['changed', (blog) => blog.write('a.md', post({ title: 'A2', date: '2024-03-01' }))],
    ['deleted', (blog) => blog.remove('a.md')],
    [
      'ingested by a publisher that died before it was settled',
      async (blog) => {
        const { record, etag } = await recordOf(blog, 'a.md');
        const unsettled = { ...record, version: 2, settled: false };
        await writeRecord(blog.pipeline.state, unsettled, { update: etag });
      },
    ],
    ['never seen', (blog) => blog.pipeline.state.delete(entryKey(handle('a.md')))],
  ])('finds a post that was %s', async (_what, act) => {
    const blog = await builtBlog();
    await act(blog);
    expect((await compare(blog.pipeline)).outdated).toEqual(['a.md']);
  });

  test('finds a post whose date has come', async () => {
    const blog = await builtBlog();
    blog.clock.now = Date.UTC(2026, 1, 1);
    expect((await compare(blog.pipeline)).outdated).toEqual(['later.md']);
  });

  test('finds every post when the settings have changed', async () => {
    const blog = await builtBlog();
    blog.settings('url: https://other.example');
    expect((await compare(blog.pipeline)).outdated.sort()).toEqual(['a.md', 'b.md', 'later.md']);
  });
});

describe('a broken record', () => {
  test('fails its post alone and is left as it is', async () => {
    const blog = await builtBlog();
    const key = entryKey(handle('a.md'));
    const { etag } = await blog.pipeline.state.head(key);
    await blog.pipeline.state.put(key, '{"format": 99}', { update: etag });
    await blog.write('b.md', post({ title: 'B2', date: '2024-03-02', tags: ['z'] }));
    const run = await blog.run('a.md', 'b.md');
    expect(run.failures[0]).toMatchObject({ what: 'a.md', error: { name: 'InvalidState' } });
    expect(await blog.read('/tags/z/feed.json')).toContain('B2');
    const { body } = await blog.pipeline.state.get(key);
    expect(Buffer.from(body).toString()).toBe('{"format": 99}');
  });

  test('is made anew above every version that has left a mark, and takes them all away', async () => {
    const blog = await builtBlog();
    const { state, queue } = blog.pipeline;
    // A mark that a slow publisher of a later version left.
    const { record } = await recordOf(blog, 'b.md');
    for (const mark of marksOf({ ...record, version: 7 })) await state.put(mark, '');
    await state.put(entryKey(handle('b.md')), 'broken');
    await repair((await compare(blog.pipeline)).broken, { state, queue });
    await drain(blog.pipeline);
    const mended = await recordOf(blog, 'b.md');
    expect(mended.record).toMatchObject({ version: 8, settled: true, older: [] });
    const marks: string[] = [];
    for (const prefix of markPrefixes)
      for await (const { key } of listAll(state, prefix))
        if (parseMark(key)?.handle === handle('b.md')) marks.push(key);
    expect(marks.sort()).toEqual(marksOf(mended.record).sort());
  });
});

test.each(['a.md', 'b.md'])('every mark of %s tells whose it is', async (key) => {
  const record = {
    ...(await recordOf(await builtBlog(), key)).record,
    version: 12,
    references: [{ name: 'x', candidates: ['x.md'], post: null, link: null }],
    problems: [{ key, cause: 'x', remedy: 'y' }],
  };
  const marks = marksOf(record);
  expect(marks.length).toBeGreaterThan(3);
  for (const mark of marks)
    expect(parseMark(mark)).toMatchObject({ handle: handle(key), version: 12 });
});

test('sweep with the versions of settled records reads only what may be outgrown', async () => {
  const blog = await builtBlog();
  const { state, queue } = blog.pipeline;
  const { record } = await recordOf(blog, 'a.md');
  const [stale] = marksOf({ ...record, version: 0 });
  await state.put(stale!, '');
  const { settled } = await compare(blog.pipeline);
  expect(await sweep({ state, queue }, settled)).toEqual({ removed: 1 });
  expect((await state.list(stale!)).objects).toEqual([]);
});

test('refresh requests of a process that dies are taken up by the next', async () => {
  const blog = await builtBlog();
  const { state } = blog.pipeline;
  await blog.write('a.md', post({ title: 'A2', date: '2024-03-01', tags: ['x', 'new'] }));
  await ingest('a.md', { ...blog.pipeline, queue: await keptQueue(state) });
  // The record is settled: nothing but the kept requests tells that feeds are to be refreshed.
  expect((await compare(blog.pipeline)).outdated).toEqual([]);
  const queue = await keptQueue(state);
  expect([...queue.selections].sort()).toEqual(['site', 'tags/new', 'tags/x']);
  await drain({ ...blog.pipeline, queue });
  expect(await blog.read('/tags/new/feed.json')).toContain('A2');
  expect((await keptQueue(state)).selections.size).toBe(0);
});
