import { describe, expect, test } from 'vitest';
import { judge } from './judge.ts';
import { hostilePosts, siteWithNames } from './xss-posts.ts';

describe.each([...Map.groupBy(hostilePosts, ({ place }) => place)])(
  'HTML in %s',
  (_place, posts) => {
    test.each(posts.map((one) => [one.payload, one] as const))('%s', (_payload, { key, text }) => {
      const { outcome, faults } = judge({ key, bytes: Buffer.from(text), site: siteWithNames });
      expect(faults).toEqual([]);
      // A post with a NUL is refused.
      expect(outcome).toBe(text.includes('\0') ? 'refused' : 'post');
    });
  },
);
