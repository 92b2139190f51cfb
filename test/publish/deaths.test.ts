import { describe, expect, test } from 'vitest';
import { Unavailable } from '../../src/errors.ts';
import { directoryKey, feedKey, markerPrefix, site } from '../../src/keys.ts';
import { ingest } from '../../src/publish/ingest.ts';
import { drain } from '../../src/publish/local.ts';
import type { Pipeline } from '../../src/publish/pipeline.ts';
import { sweep } from '../../src/publish/sweep.ts';
import { compare } from '../../src/publish/sync.ts';
import type { Store } from '../../src/store/store.ts';
import { post, testBlog } from '../blog.ts';

/**
 * Publishers that die, one call later each time: the races that the simulation comes to too
 * seldom, played to every end they can have.
 */

/** A publisher with something to wait for before some of its calls, which makes no call after its last. */
interface Mortal {
  pipeline: Pipeline;
  /** Calls that it still makes. */
  left: number;
}

/** `before` is told of each call, and may let other things happen. */
function mortal(
  living: Pipeline,
  before: (what: string, self: Mortal) => Promise<unknown> | undefined,
): Mortal {
  const self: Mortal = { pipeline: living, left: Number.POSITIVE_INFINITY };
  const call = async <T>(what: string, effect: () => Promise<T>): Promise<T> => {
    await before(what, self);
    if (self.left-- <= 0) throw new Unavailable('died');
    return effect();
  };
  const reached = (store: Store): Store => ({
    get: (key) => call(`get ${key}`, () => store.get(key)),
    head: (key) => call(`head ${key}`, () => store.head(key)),
    list: (prefix, options) => call(`list ${prefix}`, () => store.list(prefix, options)),
    delete: (key) => call(`delete ${key}`, () => store.delete(key)),
    put: (key, body, condition) => call(`put ${key}`, () => store.put(key, body, condition)),
  });
  const { posts, state, queue } = living;
  self.pipeline = {
    ...living,
    posts: reached(posts),
    state: reached(state),
    queue: {
      ...queue,
      refresh: (selections) => call('ask', () => queue.refresh(selections)),
      ingest: (keys) => call('tell', () => queue.ingest(keys)),
    },
  };
  return self;
}

const nth = Array.from({ length: 30 }, (_, calls) => calls);

describe('a publisher that dies', () => {
  test.each(nth)('%i calls after it told of markers too late leaves no wrong count', async (n) => {
    // Two posts in a feed of one entry, so that the older one's marker is counted and no more.
    const blog = testBlog('url: https://blog.example\nentries: 1');
    const inX = markerPrefix('tags/x');
    const { pipeline } = blog;
    await blog.write('new.md', post({ title: 'New', date: '2024-03-02', tags: ['x'] }));
    await blog.run();
    await blog.write('old.md', post({ title: 'Old', date: '2024-03-01', tags: ['x'] }));
    let [isAwake, hasTold] = [false, false];
    const slow = mortal(pipeline, async (what, self) => {
      // While it sleeps, before its marker in x, another takes the post out of x.
      if (what.startsWith(`put ${inX}`) && !isAwake) {
        isAwake = true;
        await blog.write('old.md', post({ title: 'Old', date: '2024-03-01' }));
        await ingest('old.md', pipeline);
      }
      // Its marker is there, and x is refreshed.
      if (what === 'ask' && !hasTold) {
        hasTold = true;
        await pipeline.queue.refresh(['tags/x']);
        await drain(pipeline);
        self.left = n + 1;
      }
    });
    await ingest('old.md', slow.pipeline).catch(() => {});
    expect(hasTold).toBe(true);
    // Its message comes again; the weekly sync follows.
    await blog.run('old.md');
    expect((await compare(pipeline)).outdated).toEqual([]);
    await sweep(pipeline);
    await drain(pipeline);
    const { feeds } = JSON.parse((await blog.read(`/${directoryKey}`))!);
    expect(feeds.find(({ term }: { term?: string }) => term === 'x').count).toBe(1);
    expect((await pipeline.state.list(inX)).objects).toHaveLength(1);
  });

  test.each(nth)('%i calls after its text was undone leaves it in no feed', async (n) => {
    const blog = testBlog();
    const { pipeline } = blog;
    const write = (title: string) => blog.write('a.md', post({ title, date: '2024-03-01' }));
    await write('One');
    await blog.run();
    await write('Two');
    let [isUndone, isShown] = [false, false];
    // A second delivery of the edit's message, whose first found nothing to do any more.
    const late = mortal(pipeline, async (what, self) => {
      if (isUndone && !isShown) {
        isShown = true;
        await pipeline.queue.refresh([site]);
        await drain(pipeline);
        expect(await blog.read('/feed.json')).toContain('Two');
        self.left = n + 1;
      }
      if (what.startsWith('put entries/')) {
        await write('One');
        isUndone = true;
      }
    });
    await ingest('a.md', late.pipeline).catch(() => {});
    expect(isShown).toBe(true);
    blog.clock.now += 180_000;
    await pipeline.queue.ingest([...pipeline.queue.due.keys()]);
    await drain(pipeline);
    expect(await blog.read('/feed.json')).not.toContain('Two');
  });

  test.each(nth)('%i calls after a link of its post changed leaves no old link', async (n) => {
    const blog = testBlog('url: https://blog.example\npermalink: /:slug/');
    const { pipeline } = blog;
    const target = (slug: string) => post({ layout: 'post', date: '2024-03-01', slug });
    await blog.write('_posts/a.md', target('old'));
    const link = 'To {% link _posts/a.md %}.';
    await blog.write(
      '_posts/b.md',
      post({ layout: 'post', date: '2024-03-02', tags: ['y'] }, link),
    );
    await blog.run();
    // A second delivery of the message of b, whose first has acknowledged it; a has moved meanwhile.
    await blog.write('_posts/a.md', target('new'));
    const late = mortal(pipeline, () => undefined);
    late.left = n;
    await ingest('_posts/b.md', late.pipeline).catch(() => {});
    // The move's own message: nobody will come by for b unless this one sends them.
    await blog.run('_posts/a.md');
    const feed = await blog.read(`/${feedKey('tags/y', 'json')}`);
    expect(feed).toContain('To https://blog.example/new/.');
    expect(feed).not.toContain('blog.example/old/');
  });
});
