import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Place, site } from '../../src/keys.ts';
import { mixed } from '../../src/selection/merge.ts';
import { mixOf } from '../../src/selection/mix.ts';
import { newest } from '../../src/selection/newest.ts';
import { older, type Page, pageSize } from '../../src/selection/older.ts';
import { countingStore, noCounts, trips } from '../costs/counting-store.ts';
import { archive, type Said } from './archive.ts';

const tags = ['a', 'b', 'c'];
const first = 3;

/** Every page of a selection, with something done before each. */
async function walk(
  selection: string,
  { state }: ReturnType<typeof archive>,
  between: () => Promise<void> = async () => {},
): Promise<string[][]> {
  const mix = mixOf(selection);
  const read = (after?: Place): Promise<Page> => {
    if (mix) return mixed(state, mix, after ? pageSize : first, after);
    return after ? older(state, selection, after) : newest(state, selection, first);
  };
  const pages: string[][] = [];
  for (let page = await read(); ; page = await read(page.next)) {
    pages.push(page.entries.map(({ link }) => link.split('/').at(-2)!));
    if (!page.next) return pages;
    await between();
  }
}

/** Newest first; of one second by name, as Jekyll has it. */
const inOrder = (posts: Said[]) =>
  posts
    .toSorted((a, b) => b.published - a.published || (a.name < b.name ? 1 : -1))
    .map(({ name }) => name);

const post = (name: string) =>
  fc.record({
    name: fc.constant(name),
    // Many of one second, and some far from the others.
    published: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: -1e9, max: 4e9 })),
    tags: fc.subarray(tags),
  });
const name = (at: number) => `p${String(at).padStart(4, '0')}`;
const posts = (from: number, count: number) =>
  fc.tuple(...Array.from({ length: count }, (_, at) => post(name(from + at))));

/** Selections, and which posts they have. */
const selections: Record<string, (has: (tag: string) => boolean) => boolean> = {
  [site]: () => true,
  'tags/a': (has) => has('a'),
  'mix/tags:a+tags:b': (has) => has('a') && has('b'),
  'mix/tags:a,tags:b+!tags:c': (has) => (has('a') || has('b')) && !has('c'),
};

describe('going on from page to page', () => {
  test.each(Object.entries(selections))(
    'of %s meets every entry once, newest first, while others are published and edited',
    async (selection, isIn) => {
      const isWanted = ({ tags: own }: Said) => isIn((tag) => own.includes(tag));
      const act = fc.oneof(
        // A new post, wherever in the archive; one that is there changes its title, its tags or its date.
        fc.record({ kind: fc.constant('new' as const), said: post('any') }),
        fc.record({
          kind: fc.constantFrom('title' as const, 'tags' as const, 'date' as const),
          at: fc.nat(),
          said: post('any'),
        }),
      );
      const some = fc.record({
        given: posts(0, 130),
        // What is done before each page: how many steps of acts that are under way, in which order.
        acts: fc.array(fc.tuple(act, fc.nat(4)), { maxLength: 12 }),
      });
      await fc.assert(
        fc.asyncProperty(some, async ({ given, acts }) => {
          const blog = archive();
          for (const said of given) await blog.publish(said);
          const now = new Map(given.map((one) => [one.name, one]));
          const changed = new Set<string>();
          const moved = new Set<string>();
          const steps: (() => Promise<void>)[] = [];
          let news = 0;
          let page = 0;
          const pages = await walk(selection, blog, async () => {
            for (const [one, count] of acts.slice(4 * page, 4 * ++page)) {
              const old = one.kind === 'new' ? undefined : given[one.at % given.length]!;
              const from = old && now.get(old.name)!;
              const said = {
                new: { ...one.said, name: name(1000 + news++) },
                title: { ...from!, title: 'Edited' },
                tags: { ...from!, tags: one.said.tags },
                date: { ...from!, published: one.said.published },
              }[one.kind];
              if (one.kind !== 'title') changed.add(said.name);
              if (one.kind === 'date') moved.add(said.name);
              now.set(said.name, said);
              steps.push(...(await blog.begin(said)));
              for (const step of steps.splice(0, count)) await step();
            }
          });
          const seen = pages.flat().filter((one) => !changed.has(one));
          const wanted = given.filter((one) => !changed.has(one.name) && isWanted(one));
          expect(seen).toEqual(inOrder(wanted));
          const twice = pages.flat().filter((one, at, all) => all.indexOf(one) < at);
          expect(twice.filter((one) => !moved.has(one))).toEqual([]);
        }),
        { numRuns: 25 },
      );
    },
    30_000,
  );

  test('ends with the last entry: no page leads to an empty one', async () => {
    const counts = [0, 1, first, first + 1, first + pageSize, first + pageSize + 1];
    for (const count of counts) {
      const blog = archive();
      for (let at = 0; at < count; at++)
        await blog.publish({ name: name(at), published: at, tags: ['a', 'b'] });
      for (const selection of [site, 'tags/a', 'mix/tags:a+tags:b']) {
        const pages = await walk(selection, blog);
        expect(pages.length, `${selection} of ${count}`).toBe(
          1 + Math.ceil(Math.max(0, count - first) / pageSize),
        );
      }
    }
  });

  test('meets an entry that moves at most once more, and stale marks are as if not there', async () => {
    const blog = archive();
    for (let at = 0; at < 60; at++)
      await blog.publish({ name: name(at), published: at, tags: ['a'] });
    // Dead publishers: of one the record is written and no mark, of two the older marks stay.
    await blog.begin({ name: name(10), published: 10, tags: [] });
    for (const moves of [
      { name: name(20), published: 5, tags: ['a'] },
      { name: name(4), published: 58, tags: ['a'] },
    ]) {
      const [put] = await blog.begin(moves);
      await put!();
    }
    const wanted = Array.from({ length: 60 }, (_, at) => name(59 - at)).filter(
      (one) => ![name(10), name(20), name(4)].includes(one),
    );
    wanted.splice(wanted.indexOf(name(5)), 0, name(20));
    wanted.splice(wanted.indexOf(name(58)) + 1, 0, name(4));
    expect((await walk('tags/a', blog)).flat()).toEqual(wanted);
  });
});

test('a page costs one list and at most fifty gets, whatever the archive', async () => {
  for (const count of [100, 3000]) {
    const blog = archive();
    for (let at = 0; at < count; at++) {
      const said = { name: name(at), published: at, tags: ['a'] };
      await blog.publish(said);
      // All are being edited: of each there are two markers.
      const [put] = await blog.begin({ ...said, title: 'Edited' });
      await put!();
    }
    const { next } = await newest(blog.state, site, first);
    const counts = noCounts();
    const page = await older(countingStore(blog.state, counts, trips()), site, next!);
    expect(page.entries).toHaveLength(50);
    expect(counts).toMatchObject({ lists: 1, gets: 50, heads: 0, puts: 0, deletes: 0 });
  }
});

test('a page of very long entries is cut, and the next goes on', async () => {
  const blog = archive();
  const title = 'x'.repeat(1_000_000);
  for (let at = 0; at < 8; at++)
    await blog.publish({ name: name(at), published: at, tags: [], title });
  const pages = await walk(site, blog);
  expect(pages.map((page) => page.length)).toEqual([3, 2, 2, 1]);
  expect(pages.flat()).toEqual(Array.from({ length: 8 }, (_, at) => name(7 - at)));
});
