import { expect, test } from 'vitest';
import type { Post } from '../../src/post/post.ts';
import { dueAt, statusAt } from '../../src/post/status.ts';

const at = (day: number) => Date.UTC(2024, 2, day);
const post = (rest: { draft?: boolean; expires?: string }): Post =>
  ({ draft: false, entry: { published: '2024-03-10T00:00:00Z' }, ...rest }) as Post;

const expires = '2024-03-20T00:00:00Z';

test.each([
  ['before its date', post({}), 9, 'scheduled', 10],
  ['at its date', post({}), 10, 'live', undefined],
  ['before its end', post({ expires }), 11, 'live', 20],
  ['at its end', post({ expires }), 20, 'expired', undefined],
  ['before both', post({ expires }), 1, 'scheduled', 10],
  ['a draft', post({ draft: true, expires }), 9, 'draft', undefined],
  ['one that ends before it begins', post({ expires: '2024-03-05T00:00:00Z' }), 1, 'scheduled', 5],
  ['the same, afterwards', post({ expires: '2024-03-05T00:00:00Z' }), 6, 'expired', undefined],
])('%s', (_, of, day, status, due) => {
  expect(statusAt(of, at(day))).toBe(status);
  expect(dueAt(of, at(day))).toBe(due === undefined ? undefined : at(due));
});
