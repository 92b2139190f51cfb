import { expect, test } from 'vitest';
import { authorsOf } from '../../src/post/authors.ts';
import { reading } from './reading.ts';

const site = {
  authors: {
    slowe: { name: 'Scott Lowe', email: 's@x.org', uri: 'https://x.org/s' },
    jane: { name: 'Jane Doe' },
  },
};
const scott = { author: { ...site.authors.slowe }, term: { label: 'Scott Lowe', slug: 'slowe' } };
const jane = { author: { name: 'Jane Doe' }, term: { label: 'Jane Doe', slug: 'jane' } };
const person = (name: string, slug: string, more = {}) => ({
  author: { name, ...more },
  term: { label: name, slug },
});

test.each([
  ['author: slowe', [scott]],
  ['author: Scott Lowe', [scott]],
  ['author: SLOWE', [scott]],
  ['authors: [slowe, jane]', [scott, jane]],
  ['authors: slowe, jane', [scott, jane]],
  ['authors: [slowe, Scott Lowe]', [scott]],
  ['author: {name: Scott Lowe}', [scott]],
  ['author: {id: jane, name: J. D.}', [jane]],
  ['author: Ann Other', [person('Ann Other', 'ann-other')]],
  ['author: Doe, Jr., John', [person('Doe, Jr., John', 'doe-jr-john')]],
  ['author: Ann <a@x.org>', [person('Ann', 'ann', { email: 'a@x.org' })]],
  ['author: a@x.org (Ann)', [person('Ann', 'ann', { email: 'a@x.org' })]],
  [
    'author: {name: Ann, email: a@x.org, url: https://a.org}',
    [person('Ann', 'ann', { email: 'a@x.org', uri: 'https://a.org/' })],
  ],
  ['author: {name: Ann, email: none, url: "javascript:x"}', [person('Ann', 'ann')]],
  ['authors: []\nauthor: Ann', [person('Ann', 'ann')]],
  ['author: constructor', [person('constructor', 'constructor')]],
  ['author:', []],
  ['title: A', []],
])('%j', (matter, expected) => {
  const of = reading(matter, { site });
  expect(authorsOf(of)).toEqual(expected);
  expect(of.problems).toEqual([]);
});

test('an author without a name is reported', () => {
  const of = reading('author: {twitter: x}');
  expect(authorsOf(of)).toEqual([]);
  expect(of.problems).toMatchObject([{ line: 2, cause: expect.stringMatching(/names nobody/) }]);
});
