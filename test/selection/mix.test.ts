import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { handle, markerKey, type Place, rankOf } from '../../src/keys.ts';
import { mixed } from '../../src/selection/merge.ts';
import { allOf, isIn, mixOf, spelledMix } from '../../src/selection/mix.ts';
import type { Store } from '../../src/store/store.ts';
import { countingStore, noCounts, trips } from '../costs/counting-store.ts';
import { archive } from './archive.ts';

describe('the spelling of a mix', () => {
  test.each([
    ['tags:docker+tags:linux', 'mix/tags:docker+tags:linux'],
    ['tags:linux+tags:docker', 'mix/tags:docker+tags:linux'],
    ['tags:linux+tags:docker+tags:linux', 'mix/tags:docker+tags:linux'],
    ['TAGS:Docker+Tags:LINUX', 'mix/tags:docker+tags:linux'],
    ['tags:lxc,tags:docker', 'mix/tags:docker,tags:lxc'],
    ['!tags:windows+tags:docker', 'mix/tags:docker+!tags:windows'],
    ['tags:b,tags:a+authors:ann', 'mix/authors:ann+tags:a,tags:b'],
    ['tags:a+!tags:c+!tags:b', 'mix/tags:a+!tags:b+!tags:c'],
    ['tags:Big Data+tags:Ёлка', 'mix/tags:big-data+tags:ёлка'],
    // Of one term it is the term's own feed.
    ['tags:docker', 'tags/docker'],
    ['tags:docker+tags:Docker', 'tags/docker'],
  ])('%s is %s', (written, selection) => {
    expect(spelledMix(written)).toBe(selection);
    const again = selection.replace('mix/', '');
    if (again !== selection) expect(spelledMix(again)).toBe(selection);
  });

  test.each([
    '',
    '+',
    'tags',
    'tags:',
    ':docker',
    'tags: ',
    'tags:docker+',
    'tags:docker,,tags:lxc',
    'tags:docker++tags:lxc',
    '!tags:windows',
    'tags:a+!tags:b,tags:c',
    'tags:a,!tags:b',
    'tags:a+!!tags:b',
    'tags:a:b',
    'ta/gs:a+tags:b',
    'tags:a+tags:b+tags:c+tags:d+tags:e',
    'tags:a,tags:b+tags:c+tags:d+!tags:e',
  ])('%j is none', (written) => expect(spelledMix(written)).toBeUndefined());

  test('is one for all orders', () => {
    const word = fc.constantFrom('tags:a', 'tags:b', 'authors:ann');
    const clause = fc.oneof(
      word.map((one) => `!${one}`),
      fc.array(word, { minLength: 1, maxLength: 2 }).map((some) => some.join(',')),
    );
    const clauses = fc.array(clause, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(
        clauses.chain((some) =>
          fc.tuple(fc.constant(some), fc.shuffledSubarray(some, { minLength: some.length })),
        ),
        ([some, other]) => {
          expect(spelledMix(other.join('+'))).toBe(spelledMix(some.join('+')));
        },
      ),
    );
  });

  test('is refused soon where a word has a colon too many, however long it is', () => {
    const begun = performance.now();
    expect(mixOf(`mix/tags:${'a'.repeat(50_000)}:`)).toBeUndefined();
    expect(performance.now() - begun).toBeLessThan(200);
  });

  test('of 10,000 terms is refused at once', () => {
    const begun = performance.now();
    expect(spelledMix('tags:a+'.repeat(10_000))).toBeUndefined();
    expect(
      spelledMix(Array.from({ length: 10_000 }, (_, n) => `tags:t${n}`).join(',')),
    ).toBeUndefined();
    expect(performance.now() - begun).toBeLessThan(50);
  });

  test('of all of some terms', () => {
    expect(allOf(['tags/b', 'categories/a'])).toBe('mix/categories:a+tags:b');
    expect(mixOf(allOf(['tags/b', 'tags/a']))).toEqual({ all: [['tags/a'], ['tags/b']], none: [] });
    expect(mixOf('tags/a')).toBeUndefined();
  });
});

/** The pages of a mix in the order they lead to each other, and what each cost. */
async function pages(store: Store, selection: string, wanted = 20) {
  const found: { names: string[]; lists: number; gets: number }[] = [];
  let after: Place | undefined;
  do {
    const counts = noCounts();
    const { entries, next } = await mixed(
      countingStore(store, counts, trips()),
      mixOf(selection)!,
      wanted,
      after,
    );
    found.push({
      names: entries.map(({ title }) => title),
      lists: counts.lists,
      gets: counts.gets,
    });
    after = next;
  } while (after);
  return found;
}

test('has the entries that its terms have together, as a filter of all would', async () => {
  const letters = ['a', 'b', 'c', 'd'];
  const tags = fc.array(fc.subarray(letters), { minLength: 1, maxLength: 60 });
  const mixes = fc.constantFrom(
    'a+b',
    'a,b',
    'a+!b',
    'a,b+c',
    'a,b+c,d',
    'a+b+c+d',
    'a+!b+!c',
    'a,b,c+!d',
    'a,b+a,c',
    'a+!a',
  );
  await fc.assert(
    fc.asyncProperty(tags, mixes, fc.integer({ min: 1, max: 25 }), async (all, written, wanted) => {
      const blog = archive();
      const posts = all.map((own, at) => ({ name: `p${at}`, published: at, tags: own }));
      for (const one of posts) await blog.publish(one);
      const selection = spelledMix(written.replace(/\w/g, 'tags:$&'))!;
      const claims = (own: string[]) => own.map((tag) => `tags/${tag}`);
      const expected = posts.filter((one) => isIn(mixOf(selection)!, claims(one.tags))).reverse();
      const found = await pages(blog.state, selection, wanted);
      expect(found.flatMap(({ names }) => names)).toEqual(expected.map(({ name }) => name));
      expect(found).toHaveLength(Math.max(1, Math.ceil(expected.length / wanted)));
    }),
    { numRuns: 60 },
  );
});

test('judges an entry that is being edited by each of its versions, and believes the record', async () => {
  const blog = archive();
  for (const name of ['x', 'y', 'z']) await blog.publish({ name, published: 1, tags: ['a', 'b'] });
  // Loses b, and the older marks stay; gains c, and the marks are to come.
  const [put] = await blog.begin({ name: 'x', published: 1, tags: ['a'] });
  await put!();
  await blog.begin({ name: 'y', published: 1, tags: ['a', 'b', 'c'] });
  const names = async (selection: string) =>
    (await pages(blog.state, selection)).flatMap((page) => page.names);
  expect(await names('mix/tags:a+tags:b')).toEqual(['z', 'y']);
  expect(await names('mix/tags:a+!tags:b')).toEqual(['x']);
});

describe('the limits of a mix', () => {
  /** Markers of posts that nobody has read yet: only those of which records are asked for are there. */
  async function large(counts: Record<string, (at: number) => boolean>, posts: number) {
    const blog = archive();
    for (let at = 0; at < posts; at++) {
      const tags = Object.keys(counts).filter((tag) => counts[tag]!(at));
      const name = `p${at}`;
      if (tags.length > 1) await blog.publish({ name, published: at, tags });
      else
        for (const tag of tags) {
          const place = { published: at, rank: rankOf(`${name}.md`), handle: handle(`${name}.md`) };
          await blog.state.put(markerKey({ selection: `tags/${tag}`, version: 1, ...place }), '');
        }
    }
    return blog.state;
  }

  test('are 5,000 markers of each term, and pages go on from there', async () => {
    // Two terms that alternate, so that no list can be skipped, and are together at the very end.
    const state = await large(
      { a: (at) => at % 2 === 0 || at < 3, b: (at) => at % 2 === 1 || at < 3 },
      24_000,
    );
    const found = await pages(state, 'mix/tags:a+tags:b');
    expect(found.flatMap(({ names }) => names)).toEqual(['p2', 'p1', 'p0']);
    expect(found.length).toBeGreaterThan(2);
    for (const { lists, gets } of found) {
      expect(lists).toBeLessThanOrEqual(10);
      expect(gets).toBeLessThanOrEqual(20);
    }
  });

  test('hold for a term that is excluded', async () => {
    const state = await large({ a: () => true, b: (at) => at > 2 }, 12_000);
    const found = await pages(state, 'mix/tags:a+!tags:b');
    expect(found.flatMap(({ names }) => names)).toEqual([]);
    expect(Math.max(...found.map(({ lists }) => lists))).toBeLessThanOrEqual(10);
  }, 30_000);

  test('are far for a rare term: what lies between is skipped', async () => {
    const rare = new Set([20_000, 9000, 5]);
    const state = await large({ a: () => true, b: (at) => rare.has(at) }, 20_001);
    const found = await pages(state, 'mix/tags:a+tags:b');
    expect(found).toEqual([{ names: ['p20000', 'p9000', 'p5'], lists: 4, gets: 3 }]);
  });
});
