import { describe, expect, test } from 'vitest';
import { post, testBlog } from '../blog.ts';

interface Item {
  id: string;
  title: string;
}

async function itemsOf(blog: ReturnType<typeof testBlog>, path = '/feed.json'): Promise<Item[]> {
  return JSON.parse((await blog.read(path))!).items.map(({ id, title }: Item) => ({ id, title }));
}

const own = (name: string) => `tag:blog.example,2000-01-01:${name}`;
const victim = post({ title: 'Victim', date: '2024-03-05', tags: ['a'] });

describe('an id that is made of the key of another post', () => {
  test.each(['guid', 'id', 'UUID'])(
    'cannot be taken by %s, however old the post says it is',
    async (field) => {
      const blog = testBlog();
      const forged = {
        title: 'Forger',
        date: '1990-01-01',
        tags: ['a'],
        [field]: own('news/victim'),
      };
      await blog.write('forger.md', post(forged));
      await blog.write('news/victim.md', victim);
      const run = await blog.run();
      for (const path of ['/feed.json', '/tags/a/feed.json'])
        expect(await itemsOf(blog, path)).toEqual([
          { title: 'Victim', id: own('news/victim') },
          { title: 'Forger', id: own('forger') },
        ]);
      const { problems } = run.posts.get('forger.md')!;
      expect(problems).toMatchObject([
        { key: 'forger.md', line: 5, cause: expect.stringContaining('another post, news/victim') },
      ]);
    },
  );

  test('is given back when that post appears, and free again when it is gone', async () => {
    const blog = testBlog();
    await blog.write('renamed.md', post({ title: 'A', date: '2024-01-01', guid: own('old') }));
    await blog.run();
    expect(await itemsOf(blog)).toEqual([{ title: 'A', id: own('old') }]);
    await blog.write('old/index.md', victim);
    await blog.run('old/index.md');
    expect(await itemsOf(blog)).toEqual([
      { title: 'Victim', id: own('old') },
      { title: 'A', id: own('renamed') },
    ]);
    await blog.remove('old/index.md');
    await blog.run('old/index.md');
    expect(await itemsOf(blog)).toEqual([{ title: 'A', id: own('old') }]);
  });

  test('is not made of any other text', async () => {
    const blog = testBlog();
    await blog.write('victim.md', victim);
    const texts = [
      'victim',
      'victim.md',
      `${own('victim')}#`,
      own('victim').toUpperCase(),
      own('%76ictim'),
      own('./victim'),
    ];
    for (const [at, guid] of texts.entries())
      await blog.write(`forger-${at}.md`, post({ title: 'Forger', date: '1990-01-01', guid }));
    await blog.run();
    const items = await itemsOf(blog);
    expect(items).toHaveLength(texts.length + 1);
    expect(items.filter(({ id }) => id === own('victim'))).toEqual([
      { title: 'Victim', id: own('victim') },
    ]);
  });
});

test('of posts that give one id, the one published first keeps it in every feed, and a problem names both', async () => {
  const blog = testBlog();
  const guid = 'https://blog.example/?p=1';
  for (const [key, date] of [
    ['a.md', '2024-03-02'],
    ['b.md', '2024-03-01'],
    ['c.md', '2024-03-03'],
  ] as const)
    await blog.write(key, post({ title: key, date, guid, tags: ['x'] }));
  const run = await blog.run();
  for (const path of ['/feed.json', '/tags/x/feed.json'])
    expect(await itemsOf(blog, path)).toEqual([{ title: 'b.md', id: guid }]);
  expect(
    run.sharedIds.map(({ key, cause }) => [key, /that of (\S+),/.exec(cause)?.[1]]).sort(),
  ).toEqual([
    ['a.md', 'b.md'],
    ['c.md', 'b.md'],
  ]);
  await blog.remove('b.md');
  await blog.run('b.md');
  expect(await itemsOf(blog)).toEqual([{ title: 'a.md', id: guid }]);
});
