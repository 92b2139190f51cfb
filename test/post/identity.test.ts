import { expect, test } from 'vitest';
import { identityOf } from '../../src/post/identity.ts';
import { reading } from './reading.ts';

const idOf = (matter: string, key = 'a.md', id?: string) =>
  identityOf(reading(matter, { key, site: id === undefined ? {} : { id } })).id;

test.each([
  ['guid: https://x.org/?p=5', 'https://x.org/?p=5'],
  ['guid: https://x.org/привет', 'https://x.org/привет'],
  [
    'guid: urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6',
    'urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6',
  ],
  ['guid: urn:x:1', 'tag:x.org,2000-01-01:?guid=urn%3Ax%3A1'],
  ['guid: http://x.org/?post_type=a&#038;p=5', 'http://x.org/?post_type=a&p=5'],
  ['id: 42', 'tag:x.org,2000-01-01:?guid=42'],
  ['uuid: f81d4fae', 'tag:x.org,2000-01-01:?guid=f81d4fae'],
  ['id: "a b#c[d]%é"', 'tag:x.org,2000-01-01:?guid=a%20b%23c%5Bd%5D%25%C3%A9'],
  ['guid: b\nid: c', 'tag:x.org,2000-01-01:?guid=b'],
  ['guid: [x]\nid: c', 'tag:x.org,2000-01-01:?guid=c'],
  ['GUID: "http://x.org/a b"', 'tag:x.org,2000-01-01:?guid=http%3A%2F%2Fx.org%2Fa%20b'],
])('the post’s own: %s', (matter, id) => {
  expect(idOf(matter)).toBe(id);
});

test('the site’s pattern, where the post has its fields', () => {
  const pattern = '{url}/?p={wordpress_id}';
  expect(idOf('wordpress_id: 549', 'a.md', pattern)).toBe('https://x.org/?p=549');
  expect(idOf('WordPress_ID: 5/9', 'a.md', pattern)).toBe('https://x.org/?p=5%2F9');
  expect(idOf('title: A', 'a.md', pattern)).toBe('tag:x.org,2000-01-01:a');
  expect(idOf('wordpress_id:', 'a.md', pattern)).toBe('tag:x.org,2000-01-01:a');
});

test.each([
  ['_posts/2024-03-09-hello.md', '_posts/2024-03-09-hello'],
  ['posts/hello/index.md', 'posts/hello'],
  ['index.md', 'index'],
  ['привет #1.md', '%D0%BF%D1%80%D0%B8%D0%B2%D0%B5%D1%82%20%231'],
  ['cafe\u0301.md', 'caf%C3%A9'],
])('the key %s', (key, name) => {
  expect(idOf('title: A', key)).toBe(`tag:x.org,2000-01-01:${name}`);
});

test('neither date, title, link nor body is in it', () => {
  expect(idOf('title: A\ndate: 2020-01-02')).toBe(idOf('title: B\nslug: c\npermalink: /d/'));
});
