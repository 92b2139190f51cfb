import { beforeEach, expect, test } from 'vitest';
import { Unavailable } from '../../src/errors.ts';
import { lastSiteKey, siteFileKey, siteProblemKey } from '../../src/keys.ts';
import { notedSites, type Settings, settingsIn } from '../../src/publish/site-in-force.ts';
import { MemoryStore } from '../../src/store/memory.ts';
import type { Store } from '../../src/store/store.ts';

let posts: MemoryStore;
let state: MemoryStore;
let settings: Settings;
beforeEach(() => {
  posts = new MemoryStore(() => 0);
  state = new MemoryStore(() => 0);
  settings = settingsIn({ posts, state });
});

const write = (title: string) => posts.put(siteFileKey, `title: ${title}\n`);
const title = async (of = settings) => (await of.inForce()).site.title;
const problem = async () =>
  state.get(siteProblemKey).then(
    ({ body }) => JSON.parse(new TextDecoder().decode(body)),
    () => undefined,
  );

test('the file is read anew each time', async () => {
  await write('One');
  expect(await title()).toBe('One');
  await write('Two');
  expect(await title()).toBe('Two');
});

test('the same file is the same object, read from the posts alone', async () => {
  await write('One');
  const first = await settings.inForce();
  await state.delete(lastSiteKey);
  expect(await settings.inForce()).toBe(first);
  expect((await state.list('')).objects).toEqual([]);
});

test('without a file the defaults are in force', async () => {
  expect((await settings.inForce()).site.url).toBe('https://example.com');
  expect(await problem()).toBeUndefined();
});

test('the address of the feeds is the deployment’s, unless the file names one', async () => {
  const deployed = settingsIn({ posts, state }, { feeds: 'https://cdn.example' });
  expect((await deployed.inForce()).site.feeds).toBe('https://cdn.example');
  await posts.put(siteFileKey, 'feeds: https://feeds.example');
  expect((await deployed.inForce()).site.feeds).toBe('https://feeds.example');
});

test.each([
  ['an invalid file', () => posts.put(siteFileKey, 'titel: Two\n'), /titel/],
  ['a file that is no YAML', () => posts.put(siteFileKey, 'title: [\n'), /./],
  ['a file that has vanished', () => posts.delete(siteFileKey), /vanished/],
])('%s is a problem, and the last valid one stays in force', async (_what, spoil, cause) => {
  await write('One');
  await title();
  await spoil();
  expect(await title()).toBe('One');
  // Also for a publisher that never saw it valid.
  expect(await title(settingsIn({ posts, state }))).toBe('One');
  expect(await problem()).toMatchObject({ key: siteFileKey, cause: expect.stringMatching(cause) });
  expect((await settings.note()).problem).toBeDefined();

  await write('Three');
  expect(await title()).toBe('Three');
  expect(await problem()).toBeUndefined();
});

test('an invalid file where there never was a valid one publishes nothing', async () => {
  await posts.put(siteFileKey, 'titel: One\n');
  await expect(settings.inForce()).rejects.toThrow(Unavailable);
  await expect(settings.inForce()).rejects.toThrow(/titel/);
});

test('the file of before, put back, is noted again though this publisher knows it', async () => {
  await write('One');
  await title();
  await write('Two');
  await title(settingsIn({ posts, state }));
  await write('One');
  await settings.note();
  await posts.put(siteFileKey, '[');
  expect(await title()).toBe('One');
});

test('a publisher that read an older file never notes it over a newer one', async () => {
  await write('One');
  await title();
  await write('Two');
  // Between its read of the posts and its put, another notes a third.
  let isFirst = true;
  const slow: Store = Object.assign(Object.create(state), {
    put: async (...args: Parameters<Store['put']>) => {
      if (isFirst) {
        isFirst = false;
        await write('Three');
        await title(settingsIn({ posts, state }));
      }
      return state.put(...args);
    },
    get: (key: string) => state.get(key),
    delete: (key: string) => state.delete(key),
  });
  expect(await title(settingsIn({ posts, state: slow }))).toBe('Three');
  await posts.put(siteFileKey, '[');
  expect(await title()).toBe('Three');
});

test('who answers readers reads the last valid settings once a minute', async () => {
  const clock = { now: 0 };
  const noted = notedSites(state, () => clock.now);
  expect((await noted()).url).toBe('https://example.com');
  await write('One');
  await title();
  expect((await noted()).title).not.toBe('One');
  clock.now = 60_000;
  const one = await noted();
  expect(one.title).toBe('One');
  // The same object until they change, for feeds are rendered once for each.
  clock.now = 120_000;
  expect(await noted()).toBe(one);
  await posts.put(siteFileKey, '[');
  await title();
  clock.now = 180_000;
  expect(await noted()).toBe(one);
  expect((await noted('https://cdn.example')).feeds).toBe('https://cdn.example');
});
