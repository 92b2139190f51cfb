import { describe, expect, test } from 'vitest';
import { drain } from '../../src/publish/local.ts';
import { post, testBlog } from '../blog.ts';

/** A post may be named by others before it is public: its address says what it will be about. */

const linking = (to: string) =>
  post({ layout: 'post', title: 'Links', date: '2024-03-01' }, `[it]({% link ${to} %})`);
const address = 'https://blog.example/surprise/';

describe('a public post that names', () => {
  test.each([
    ['a draft', { draft: true, date: '2024-01-01' }],
    ['one that is not published', { published: false, date: '2024-01-01' }],
    ['one by status', { status: 'private', date: '2024-01-01' }],
    ['one for the future', { date: '2027-01-01' }],
  ])('%s does not tell its address', async (_, matter) => {
    const blog = testBlog();
    await blog.write('a.md', post({ title: 'A', slug: 'surprise', ...matter }));
    await blog.write('b.md', linking('a.md'));
    const run = await blog.run();
    for (const [key, text] of await blog.all()) expect(text, key).not.toContain('surprise');
    expect(run.posts.get('b.md')!.problems).toHaveLength(1);
    // And does as soon as it may.
    await blog.write('a.md', post({ title: 'A', slug: 'surprise', date: '2024-01-01' }));
    await blog.run('a.md');
    expect(await blog.read('/feed.json')).toContain(address);
    await blog.write('a.md', post({ title: 'A', slug: 'surprise', ...matter }));
    await blog.run('a.md');
    expect(await blog.read('/feed.json')).not.toContain('surprise');
  });

  test('one for the future tells it when its time has come', async () => {
    const blog = testBlog();
    await blog.write('a.md', post({ title: 'A', slug: 'surprise', date: '2026-01-02' }));
    await blog.write('b.md', linking('a.md'));
    await blog.run();
    expect(await blog.read('/feed.json')).not.toContain(address);
    const { due } = blog.pipeline.queue;
    expect([...due.keys()]).toEqual(['a.md']);
    blog.clock.now = due.get('a.md')!;
    await blog.pipeline.queue.ingest(['a.md']);
    await drain(blog.pipeline);
    expect(await blog.read('/feed.json')).toContain(address);
  });

  test.each([
    ['one that has ended', { date: '2024-01-01', expiryDate: '2024-02-01' }],
    ['a page', {}],
  ])('%s tells where it was or is', async (_, matter) => {
    const blog = testBlog();
    await blog.write('a.md', post({ title: 'A', permalink: '/surprise/', ...matter }));
    await blog.write('b.md', linking('a.md'));
    await blog.run();
    expect(await blog.read('/feed.json')).toContain(address);
  });
});
