import { join } from 'node:path';
import { expect, test } from 'vitest';
import { post } from '../blog.ts';
import { folderWith, tidings } from './terminal.ts';

const site = 'url: https://blog.example\npermalink: /:year/:slug/\n';
const folder = folderWith({
  'tidings.yml': site,
  '_posts/2024-03-08-a.md': post({ layout: 'post', title: 'A' }),
  '_posts/2024-03-09-b.md': post(
    { layout: 'post', title: 'B *really*', tags: ['C++'], Author: 'Ann', updated: 'soon' },
    'See [A]({% post_url 2024-03-08-a %}) and [none]({% post_url 2020-01-01-none %}).',
  ),
  'broken.md': '---\ntitle: [\n---\n',
  'about.md': post({ title: 'About' }),
});

test('explains each field, what gave it, and the feeds it will be in', async () => {
  const { status, out } = await tidings('explain', join(folder, '_posts/2024-03-09-b.md'));
  expect(status).toBe(0);
  for (const line of [
    /^post +_posts\/2024-03-09-b\.md$/m,
    /^dialect +jekyll$/m,
    /^status +live$/m,
    /^title +B really +← title$/m,
    /^published +2024-03-09T00:00:00Z +← .*file name/m,
    /^authors +Ann.*← [Aa]uthor$/m,
    /^tags +C\+\+ \(c-plus-plus\) +← tags$/m,
    /^link +https:\/\/blog\.example\/2024\/b\//m,
    /^id +tag:blog\.example,2000-01-01:_posts\/2024-03-09-b/m,
    /^feed +https:\/\/blog\.example\/tags\/c-plus-plus\/feed\.atom$/m,
    /^links to +2024-03-08-a → https:\/\/blog\.example\/2024\/a\/$/m,
    /^links to +2020-01-01-none → no such post$/m,
    /2024-03-09-b\.md:\d+: .*soon/,
  ])
    expect(out).toMatch(line);
});

test('says which folder it takes to be that of the posts, where nothing tells', async () => {
  const alone = folderWith({ 'sub/a.md': post({ title: 'A', date: '2024-03-08' }) });
  const guessed = await tidings('explain', join(alone, 'sub/a.md'));
  expect(guessed.out).toMatch(/^in +\S+\/sub +← the folder of the file; --posts names another$/m);
  expect(guessed.out).toMatch(/^id +\S+:a /m);
  const told = await tidings('explain', join(alone, 'sub/a.md'), '--posts', alone);
  expect(told.out).not.toMatch(/^in /m);
  expect(told.out).toMatch(/^id +\S+:sub\/a /m);
});

test('says that a file is a page and why', async () => {
  const { status, out } = await tidings('explain', join(folder, 'about.md'));
  expect(status).toBe(0);
  expect(out).toMatch(/no post but a page: .*date/);
});

test('tells why a post cannot be read, with status 1', async () => {
  const { status, err } = await tidings('explain', join(folder, 'broken.md'));
  expect(status).toBe(1);
  expect(err).toMatch(/^broken\.md:\d+: .+\n {4}.+/);
});

test('refuses a file that is not there, with status 2', async () => {
  const { status, err } = await tidings('explain', join(folder, 'none.md'));
  expect(status).toBe(2);
  expect(err).toContain('none.md');
});
