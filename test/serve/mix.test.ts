import { parseJsonFeed } from 'feedsmith';
import { describe, expect, test } from 'vitest';
import { check } from '../../src/check/check.ts';
import { archiveOf, nextIn } from './archive.ts';

const blog = await archiveOf(60, (at) => [
  ...(at % 2 === 0 ? ['Docker'] : []),
  ...(at % 3 === 0 ? ['Linux'] : []),
  ...(at % 5 === 0 ? ['ёлка'] : []),
  'all',
]);

const titles = async (path: string) => {
  const response = await blog.get(path);
  expect(response.status).toBe(200);
  return (parseJsonFeed(await response.text()).items ?? []).map(({ title }) => title);
};

describe('a mix', () => {
  test.each([
    ['tags:docker+tags:linux', ['P54', 'P48', 'P42']],
    ['tags:docker,tags:linux', ['P58', 'P57', 'P56']],
    ['tags:docker+!tags:linux', ['P58', 'P56', 'P52']],
    [
      'tags:docker,tags:linux+tags:%D1%91%D0%BB%D0%BA%D0%B0',
      ['P55', 'P50', 'P45'].filter((one) => one !== 'P55').concat('P40'),
    ],
    ['tags:docker+tags:linux+tags:%D1%91%D0%BB%D0%BA%D0%B0', ['P30', 'P0']],
  ])('%s has the newest of what its terms say', async (mix, newest) => {
    expect(await titles(`/mix/${mix}/feed.json`)).toEqual(newest);
  });

  test.each(['rss', 'atom', 'json'])(
    'is a valid feed in %s, with self and next, and no hub',
    async (format) => {
      const path = `/mix/tags:docker+tags:linux/feed.${format}`;
      const response = await blog.get(path);
      const text = await response.text();
      expect(check(Buffer.from(text)).findings).toEqual([]);
      expect(text).toContain(`https://feeds.example${path}`);
      expect(text).not.toContain('hub.example');
      expect(response.headers.get('link')).toBe(`<https://feeds.example${path}>; rel="self"`);
      expect(nextIn(text, format as 'rss')).toMatch(/^\/mix\/tags:docker\+tags:linux\/before\//);
    },
  );

  test('costs a look at each term’s feed, a list of each, and a get for each entry and one more', async () => {
    await blog.get('/mix/tags:docker+tags:linux/feed.json');
    const { state, feeds } = blog.cost();
    expect(state).toMatchObject({ lists: 2, gets: 3, heads: 0, puts: 0 });
    expect(feeds).toMatchObject({ heads: 2, gets: 0, lists: 0, puts: 0 });
  });

  test('has a page for people that leads back to its terms', async () => {
    const response = await blog.get('/mix/tags:docker+!tags:linux/');
    const html = await response.text();
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(html).toContain('<h1 dir="auto">Docker − linux</h1>');
    expect(html).toMatch(
      /filed under <a href="\.\.\/\.\.\/tags\/docker\/">.*Docker.*<\/a>, but not under <a href="\.\.\/\.\.\/tags\/linux\/">/,
    );
    expect(html).toContain('href="https://feeds.example/mix/tags:docker+!tags:linux/feed.atom"');
    expect(html).toContain('P58');
  });

  test('is what the pages of its terms lead to', async () => {
    const html = await (await blog.get('/tags/docker/')).text();
    const [, path] = /<a href="\.\.\/\.\.(\/mix\/[^"]+docker[^"]+)">/.exec(html) ?? [];
    expect((await blog.get(path!)).status).toBe(200);
    // Every post has it, so both together are the term itself.
    expect(html).not.toContain('/mix/tags:all+tags:docker/');
  });

  test('is shown to a browser as its page', async () => {
    for (const path of [
      '/mix/tags:docker+tags:linux/feed.rss',
      '/mix/tags:linux+tags:docker/feed.rss',
    ]) {
      const response = await blog.get(path, { 'sec-fetch-dest': 'document' });
      expect([response.status, response.headers.get('location')]).toEqual([
        302,
        '/mix/tags:docker+tags:linux/',
      ]);
    }
  });

  test.each([
    ['/mix/tags:linux+tags:docker/feed.rss', '/mix/tags:docker+tags:linux/feed.rss'],
    ['/Mix/Tags:Linux+tags:Docker/FEED.ATOM', '/mix/tags:docker+tags:linux/feed.atom'],
    ['/mix/tags:linux+tags:docker', '/mix/tags:docker+tags:linux/'],
    ['/mix/tags:docker+tags:linux', '/mix/tags:docker+tags:linux/'],
    ['/mix/tags%3Alinux%2Btags%3Adocker/', '/mix/tags:docker+tags:linux/'],
    ['/mix/tags:docker/feed.json', '/tags/docker/feed.json'],
    [
      '/mix/tags:all+tags:%D0%81%D0%BB%D0%BA%D0%B0/',
      '/mix/tags:all+tags:%D1%91%D0%BB%D0%BA%D0%B0/',
    ],
  ])('in another spelling, %s, is at %s', async (written, right) => {
    const response = await blog.get(written);
    expect([response.status, response.headers.get('location')]).toEqual([301, right]);
    expect((await blog.get(right)).status).toBe(200);
  });
});

describe('bad input', () => {
  const many = Array.from({ length: 10_000 }, (_, n) => `tags:t${n}`);
  test.each([
    ['nothing', '/mix/', 404],
    ['no feed', '/mix/feed.rss', 404],
    ['no term', '/mix/docker/feed.rss', 404],
    ['only what it is not', '/mix/!tags:docker/feed.rss', 404],
    ['a term that there is not', '/mix/tags:docker+tags:none/feed.rss', 404],
    ['a taxonomy that there is not', '/mix/tags:docker+colours:red/feed.rss', 404],
    ['a place in the index that is no selection', '/mix/ids:0+tags:docker/feed.rss', 404],
    ['five terms', '/mix/tags:docker+tags:linux+tags:all+tags:a+tags:b/feed.rss', 404],
    ['10,000 terms', `/mix/${many.join('+')}/feed.rss`, 414],
    ['as many as fit', `/mix/${many.slice(0, 800).join(',')}/feed.rss`, 404],
    ['one term 900 times', `/mix/${'tags:docker,'.repeat(600)}tags:docker/feed.rss`, 404],
    ['a term of 7 KB', `/mix/tags:docker+tags:${'x'.repeat(7000)}/feed.rss`, 404],
    ['..', '/mix/tags:docker+tags:..%2f..%2fetc/feed.rss', 400],
    ['%00', '/mix/tags:docker+tags:%00/feed.rss', 400],
    ['half an escape', '/mix/tags:docker+tags:%E0%A4/feed.rss', 400],
    ['another file', '/mix/tags:docker+tags:linux/feed.xml', 404],
    ['a mix in it', '/mix/mix:docker+tags:linux/feed.rss', 404],
  ])('with %s is answered, for a few requests', async (_, path, status) => {
    const response = await blog.get(path);
    expect(response.status).toBe(status);
    const { state, feeds } = blog.cost();
    expect(state.lists).toBeLessThanOrEqual(2);
    expect(state.gets + feeds.gets + feeds.heads).toBeLessThanOrEqual(5);
    expect(state.puts + feeds.puts).toBe(0);
  });
});

test('a mix with a term that there is not names the one that was probably meant', async () => {
  const response = await blog.get('/mix/tags:dokcer+tags:linux/feed.atom');
  expect(await response.text()).toContain('Did you mean /tags/docker/feed.atom?');
});

describe('a feed that is not built yet', () => {
  test('is answered from the index as its refresh will write it, and that is asked for', async () => {
    for (const name of ['feed.rss', 'feed.atom', 'feed.json', 'index.html']) {
      const key = `tags/docker/${name}`;
      const { body } = await blog.pipeline.feeds.get(key);
      await blog.pipeline.feeds.delete(key);
      blog.asked.length = 0;
      const response = await blog.get(`/${key.replace('index.html', '')}`);
      expect(response.status).toBe(200);
      expect(Buffer.from(await response.arrayBuffer())).toEqual(Buffer.from(body));
      expect(response.headers.get('cache-control')).toBe('public, max-age=60');
      expect(blog.asked).toEqual(['tags/docker']);
      expect(blog.cost().feeds.puts + blog.cost().state.puts).toBe(0);
      await blog.pipeline.feeds.put(key, body);
    }
  });

  test('is asked for by nobody where there is nothing to build', async () => {
    blog.asked.length = 0;
    for (const path of [
      '/tags/none/feed.rss',
      '/tags/none/',
      '/ids/0/feed.rss',
      '/nothing/docker/feed.rss',
      '/favicon.ico',
    ])
      expect((await blog.get(path)).status).toBe(404);
    expect(blog.asked).toEqual([]);
  });

  test('costs nothing of the state where it is built', async () => {
    await blog.get('/tags/docker/feed.rss');
    const { state } = blog.cost();
    expect(state.lists + state.gets + state.heads).toBe(0);
  });
});
