import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { post } from '../../blog.ts';
import { readTemplate } from '../template.ts';
import { type Publication, publication } from './publication.ts';
import { type Rig, startRig } from './rig.ts';

/** A bucket that was there before, and a domain: the posts come by EventBridge. */

const folder = inject('packages').full;

let rig: Rig;
let blog: Publication;
beforeAll(async () => {
  rig = await startRig({ folder, template: readTemplate(folder), existing: ['my-blog'] });
  blog = publication(rig);
});
afterAll(() => rig.close());

test('a change in it is heard of, also of a name that no URL bears as it is', async () => {
  expect(blog.bucket.posts).toBe('my-blog');
  await blog.write('tidings.yml', 'url: https://blog.example\ntitle: Ours\n');
  await blog.write('2026/a + b ü%.md', post({ title: 'Heard', date: '2026-01-01' }));
  await blog.write(
    '2026/LOUD.MD',
    post({ title: 'Loud', date: '2026-01-02', tags: ['one', 'two'] }),
  );
  await rig.s3.put('my-blog', 'pictures/cat.jpg', 'no post');
  await blog.publish();
  expect(await blog.feed('feed.rss')).toContain('Heard');
  expect(await blog.feed('feed.rss')).toContain('https://feeds.example.org/feed.rss');
  await blog.remove('2026/a + b ü%.md');
  await blog.publish();
  expect(await blog.feed('feed.rss')).not.toContain('Heard');
  expect(await blog.differences()).toEqual([]);
  expect(rig.functions.failures).toEqual([]);
});

test('readers are answered under the domain', async () => {
  const path = '/mix/tags:one+tags:two/feed.rss';
  const mix = await rig.get(path);
  expect(mix).toMatchObject({ status: 200, from: 'function' });
  expect(mix.body.toString()).toContain(`https://feeds.example.org${path}`);
});
