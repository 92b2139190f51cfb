import { describe, expect, test } from 'vitest';
import { type Change, type Cost, costStage, newPost, type Past, tagsOf } from './stage.ts';

/** What a change asks of the stores in all; the directory apart. */
function requests({ ingest, refresh, selections, tripsToFeeds }: Change) {
  const of = (kind: 'gets' | 'heads' | 'puts' | 'deletes' | 'lists') =>
    [ingest, refresh]
      .flatMap(({ posts, state, feeds }: Cost) => [posts, state, feeds])
      .reduce((sum, counts) => sum + counts[kind], 0);
  return {
    selections,
    tripsToFeeds,
    gets: of('gets'),
    heads: of('heads'),
    puts: of('puts'),
    deletes: of('deletes'),
    lists: of('lists'),
  };
}

/** What each kind of change costs after this past. */
async function changes(past: Past) {
  const stage = await costStage(past);
  const tags = tagsOf(past);
  const change = async (text?: string) => {
    if (text === undefined) await stage.remove('a.md');
    else await stage.write('a.md', text);
    return stage.change('a.md');
  };
  return {
    first: await change(newPost(tags, 'A', 10)),
    none: await change(newPost(tags, 'A', 10)),
    edit: await change(newPost(tags, 'B', 10)),
    retag: await change(newPost([...tags.slice(1), `t${past.tags}`], 'B', 10)),
    removal: await change(),
  };
}

// DESIGN.md, section 10. A refresh gets a row, four documents (of the site three, for its page is
// the directory's), the site file and 21 records (one more than it shows: whether there are older
// ones), and lists once.
const gets = (feeds: number) => feeds * (1 + 4 + 2 + 1 + 21) - 1;
/** Three feeds, a page, and twins of two. */
const documents = (feeds: number) => feeds * (4 + 2) - 1;
/** Ingest looks twice at record, post and site file, and writes the record twice. */
const looks = 6;
const records = 2;

test.each([
  { entries: 100, terms: 10, tags: 1 },
  { entries: 100, terms: 10, tags: 5 },
  { entries: 100, terms: 10, tags: 10 },
  { entries: 10_000, terms: 10, tags: 5 },
  { entries: 1_000_000, terms: 10, tags: 5 },
  { entries: 100, terms: 100_000, tags: 5 },
])(
  'with $entries entries and $terms terms a post with $tags tags costs what its feeds do',
  async (past) => {
    const found = await changes(past);
    // Its feeds: of the site and of each tag.
    const feeds = past.tags + 1;
    expect(requests(found.first)).toEqual({
      selections: feeds,
      tripsToFeeds: 11,
      gets: looks + gets(feeds),
      heads: 0,
      // A row is put twice: before the directory is asked to look at it, and after.
      puts: records + feeds + documents(feeds) + 2 * feeds,
      deletes: 0,
      lists: 1 + feeds,
    });
    expect(requests(found.none)).toEqual({
      selections: 0,
      tripsToFeeds: 0,
      gets: looks / 2,
      heads: 0,
      puts: 0,
      deletes: 0,
      lists: 1,
    });
    expect(requests(found.edit)).toEqual({
      selections: feeds,
      tripsToFeeds: 12,
      gets: looks + gets(feeds),
      heads: 0,
      // The row of the site has what the page of all feeds shows of its newest posts.
      puts: records + feeds + documents(feeds) + 2,
      deletes: feeds,
      lists: 1 + feeds,
    });
    expect(requests(found.retag)).toEqual({
      selections: feeds + 1,
      tripsToFeeds: 12,
      gets: looks + gets(feeds + 1),
      heads: 0,
      puts: records + feeds + documents(feeds + 1) + 2 * 2,
      deletes: feeds,
      lists: 2 + feeds,
    });
    expect(requests(found.removal)).toEqual({
      selections: feeds,
      tripsToFeeds: 11,
      gets: looks + gets(feeds),
      heads: 0,
      puts: records + documents(feeds) + 2 * feeds,
      deletes: feeds,
      lists: 1 + feeds,
    });
  },
  60_000,
);

describe('the directory', () => {
  test.each([10, 3000])('gets only the rows that changed of %i', async (terms) => {
    const tags = 5;
    const stage = await costStage({ entries: 100, tags, terms });
    // The rows of the site, and of one tag more than a post has.
    const rows = terms + 1 + tags + 1;
    const { state: begun } = await stage.refreshDirectory();
    expect(begun).toMatchObject({ gets: 1 + rows, puts: 1, lists: Math.ceil(rows / 1000) });

    await stage.write('a.md', newPost(tagsOf({ tags }), 'A'));
    expect((await stage.change('a.md')).asksDirectory).toBe(true);
    const { posts, state, feeds, trips } = await stage.refreshDirectory();
    expect(state).toMatchObject({ gets: 1 + 1 + tags, puts: 1, lists: Math.ceil(rows / 1000) });
    expect([posts.gets, feeds.gets]).toEqual([1, 3]);
    // What it held, the table, lists, rows, the table, pages.
    expect(trips).toBe(5 + state.lists);

    // No count has changed, and no date, but what the page of all feeds shows of the newest post.
    await stage.write('a.md', newPost(tagsOf({ tags }), 'B'));
    expect((await stage.change('a.md')).asksDirectory).toBe(true);
    const edited = await stage.refreshDirectory();
    expect(edited.state).toMatchObject({ gets: 2, puts: 1, lists: Math.ceil(rows / 1000) });
    expect(edited.feeds).toMatchObject({ gets: 3, puts: 1 });
  });
});
