import { renameSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openFolder } from '../../src/cli/blog.ts';
import { Gone } from '../../src/errors.ts';
import { drain, localQueue, queueEverything } from '../../src/publish/local.ts';
import { MemoryStore } from '../../src/store/memory.ts';
import { post } from '../blog.ts';
import { folderWith } from '../cli/terminal.ts';

test('what waited when the folder of posts went is done when it is back', async () => {
  const names = Array.from({ length: 30 }, (_, nth) => `p${nth}.md`);
  const posts = names.map((title) => [title, post({ title, date: '2024-03-01', tags: ['x'] })]);
  const folder = folderWith({ 'tidings.yml': 'entries: 30\n', ...Object.fromEntries(posts) });
  const blog = await openFolder(folder, {});
  const inForce = await blog.load();
  const pipeline = {
    ...{ posts: blog.posts, queue: localQueue(), site: async () => inForce, now: Date.now },
    ...{ state: new MemoryStore(Date.now), feeds: new MemoryStore(Date.now) },
  };
  await queueEverything(pipeline);
  const onProgress = ({ done }: { done: number }) => {
    if (done === 10) renameSync(folder, `${folder}-away`);
  };
  await expect(drain(pipeline, { onProgress })).rejects.toThrow(Gone);
  renameSync(`${folder}-away`, folder);
  await drain(pipeline);
  const { items } = JSON.parse(
    Buffer.from((await pipeline.feeds.get('tags/x/feed.json')).body).toString(),
  );
  expect(items.map(({ title }: { title: string }) => title).sort()).toEqual(names.sort());
});
