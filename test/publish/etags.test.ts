import { expect, test } from 'vitest';
import { Conflict } from '../../src/errors.ts';
import { drain, localQueue, queueEverything } from '../../src/publish/local.ts';
import type { Store } from '../../src/store/store.ts';
import { post, testBlog } from '../blog.ts';

/** A bucket encrypted with KMS: an ETag is no digest, and the same bytes put again have another. */
function encrypted(store: Store): Store {
  const tags = new Map<string, string>();
  let puts = 0;
  const etagOf = (key: string) => tags.get(key) ?? `unsealed-${key.length}`;
  return {
    get: async (key) => ({ ...(await store.get(key)), etag: etagOf(key) }),
    head: async (key) => ({ ...(await store.head(key)), etag: etagOf(key) }),
    put: async (key, body, condition, headers) => {
      if (condition && 'update' in condition) {
        await store.head(key);
        if (etagOf(key) !== condition.update) throw new Conflict(`${key} is another`);
        await store.put(key, body, undefined, headers);
      } else await store.put(key, body, condition, headers);
      tags.set(key, `sealed-${++puts}-2`);
      return { etag: etagOf(key) };
    },
    delete: async (key) => {
      await store.delete(key);
      tags.delete(key);
    },
    list: async (prefix, options) => {
      const { objects, more } = await store.list(prefix, options);
      return { objects: objects.map((one) => ({ ...one, etag: etagOf(one.key) })), more };
    },
  };
}

test('buckets whose ETags are no digests give the same feeds, and what is right is left alone', async () => {
  const plain = testBlog();
  const sealed = testBlog();
  const { posts, state, feeds } = sealed.pipeline;
  const pipeline = {
    ...sealed.pipeline,
    posts: encrypted(posts),
    state: encrypted(state),
    feeds: encrypted(feeds),
    queue: localQueue(),
  };
  const build = async () => {
    await plain.run();
    await queueEverything(pipeline);
    const run = await drain(pipeline);
    expect(await sealed.all()).toEqual(await plain.all());
    return run;
  };
  const write = async (key: string, title: string, tags: string[]) => {
    const text = post({ title, date: '2024-03-09', tags });
    await plain.write(key, text);
    await pipeline.posts.put(key, text);
  };
  await write('a.md', 'A', ['x']);
  await write('b.md', 'B', ['x', 'y']);
  await build();
  await write('b.md', 'B2', ['x']);
  await build();
  expect(await build()).toMatchObject({ changed: 0, written: 0, failures: [] });
  // The same bytes again: another ETag, the same feeds.
  await write('b.md', 'B2', ['x']);
  expect(await build()).toMatchObject({ changed: 1, written: 0 });
});
