import { afterAll, expect, test, vi } from 'vitest';
import { openFolder } from '../../src/cli/blog.ts';
import { folderLooks } from '../../src/cli/folder-looks.ts';
import { type Watching, watch } from '../../src/cli/watch.ts';
import { drain, localQueue, queueEverything } from '../../src/publish/local.ts';
import { MemoryStore } from '../../src/store/memory.ts';
import { post } from '../blog.ts';
import { folderWith, put } from './terminal.ts';

const running: Watching[] = [];
afterAll(async () => {
  for (const one of running.splice(0)) await one.close();
});

const hour = 3_600_000;
const soon = { timeout: 3000, interval: 20 };

/** Watches a folder with a clock that a test may set. */
async function watched(files: Record<string, string>) {
  const clock = { ahead: 0, looks: 0, held: Promise.resolve() };
  const now = () => {
    clock.looks++;
    return Date.now() + clock.ahead;
  };
  const folder = folderWith({ 'tidings.yml': 'url: https://blog.example\n', ...files });
  const blog = await openFolder(folder, {});
  const looks = folderLooks(blog.posts);
  const inForce = await blog.load();
  const pipeline = {
    posts: blog.posts,
    state: new MemoryStore(now),
    feeds: new MemoryStore(now),
    queue: localQueue(),
    site: async () => {
      await clock.held;
      return inForce;
    },
    now,
  };
  await queueEverything(pipeline);
  await drain(pipeline);
  let said = '';
  const err = (text: string) => {
    said += text;
  };
  const watching = watch({ blog, pipeline, looks, reload: async () => {} }, { out: () => {}, err });
  running.push(watching);
  const titles = async () => {
    const { body } = await pipeline.feeds.get('feed.json');
    const { items } = JSON.parse(Buffer.from(body).toString()) as { items: { title: string }[] };
    return items.map(({ title }) => title);
  };
  return { clock, titles, folder, watching, said: () => said };
}

const inAnHour = () => new Date(Date.now() + hour).toISOString();

test.concurrent('a clock that jumps past the date of a scheduled post has it published', async () => {
  const { clock, titles } = await watched({
    'later.md': post({ title: 'Later', date: inAnHour() }),
  });
  expect(await titles()).toEqual([]);
  // A machine that slept: its timers stood still meanwhile.
  clock.ahead = 2 * hour;
  await vi.waitFor(async () => expect(await titles()).toEqual(['Later']), soon);
});

test.concurrent('a clock that was wrong by an hour, and is set back, publishes at the right time', async () => {
  const at = new Date(Date.now() + 1500).toISOString();
  const { clock, titles } = await watched({ 'later.md': post({ title: 'Later', date: at }) });
  clock.ahead = -hour;
  await new Promise((done) => setTimeout(done, 2000));
  expect(await titles()).toEqual([]);
  clock.ahead = 0;
  await vi.waitFor(async () => expect(await titles()).toEqual(['Later']), soon);
});

test.concurrent('a post that expires goes when the clock has jumped past that date', async () => {
  const { clock, titles } = await watched({
    'a.md': post({ title: 'A', date: '2024-03-01', expiryDate: inAnHour() }),
  });
  expect(await titles()).toEqual(['A']);
  clock.ahead = 2 * hour;
  await vi.waitFor(async () => expect(await titles()).toEqual([]), soon);
});

test.concurrent('a watch that is closed while it publishes looks at no clock any more', async () => {
  const { clock, folder, watching } = await watched({
    'later.md': post({ title: 'Later', date: inAnHour() }),
  });
  let goOn = () => {};
  clock.held = new Promise((done) => {
    goOn = done;
  });
  const before = clock.looks;
  put(folder, 'a.md', post({ title: 'A', date: '2024-03-01' }));
  await vi.waitFor(() => expect(clock.looks).toBeGreaterThan(before), soon);
  const closed = watching.close();
  goOn();
  await closed;
  const { looks } = clock;
  await new Promise((done) => setTimeout(done, 1300));
  expect(clock.looks).toBe(looks);
});

test.concurrent('an id that an edited post shares is told, and those of others are not', async () => {
  const dated = (day: number, guid: string) => post({ date: `2024-03-0${day}`, guid });
  const { folder, said } = await watched({
    'a.md': dated(1, 'https://b.example/1'),
    'b.md': dated(2, 'https://b.example/1'),
    'c.md': dated(3, 'https://b.example/2'),
    'd.md': dated(4, 'https://b.example/3'),
  });
  put(folder, 'd.md', dated(4, 'https://b.example/2'));
  await vi.waitFor(() => expect(said()).toContain('is also that of c.md'), soon);
  expect(said()).not.toContain('a.md');
});
