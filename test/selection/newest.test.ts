import { describe, expect, test } from 'vitest';
import { Unavailable } from '../../src/errors.ts';
import { handle, markerKey, rankOf, site } from '../../src/keys.ts';
import type { Entry } from '../../src/post/entry.ts';
import { newest } from '../../src/selection/newest.ts';
import { type EntryRecord, marksOf, newRecord, writeRecord } from '../../src/selection/record.ts';
import { MemoryStore } from '../../src/store/memory.ts';
import { countingStore, noCounts, trips } from '../costs/counting-store.ts';

/** A state that holds these records, settled, and their marks. */
async function stateOf(...records: Partial<EntryRecord>[]): Promise<MemoryStore> {
  const state = new MemoryStore(() => 0);
  for (const some of records) {
    const record = { ...newRecord(some.key!), version: 1, claims: [site], settled: true, ...some };
    await writeRecord(state, record, { create: true });
    for (const key of marksOf(record)) await state.put(key, '');
  }
  return state;
}

function entry(title: string, day: number, id = `tag:x,2000-01-01:${title}`): Entry {
  const published = `2024-03-${String(day).padStart(2, '0')}T00:00:00Z`;
  const link = `https://blog.example/${title}/`;
  return {
    id,
    link,
    title,
    published,
    updated: published,
    authors: [],
    terms: {},
    summary: '',
    content: '',
    enclosures: [],
  };
}

const titles = async (state: MemoryStore, wanted: number) =>
  (await newest(state, site, wanted)).entries.map(({ title }) => title);

describe('the newest entries of a selection', () => {
  test('are as many as are wanted, newest first', async () => {
    const state = await stateOf(
      ...[3, 1, 4, 2].map((day) => ({ key: `${day}.md`, entry: entry(`d${day}`, day) })),
    );
    expect(await titles(state, 3)).toEqual(['d4', 'd3', 'd2']);
    expect(await titles(state, 9)).toEqual(['d4', 'd3', 'd2', 'd1']);
    expect((await newest(state, site, 1)).count).toBe(4);
  });

  test('are counted by year, each post once and where its latest version is', async () => {
    const old = { ...entry('a', 1), published: '2022-12-31T23:59:59Z' };
    const state = await stateOf(
      { key: 'a.md', entry: old },
      { key: 'b.md', entry: entry('b', 2) },
      { key: 'c.md', entry: entry('c', 3) },
      { key: 'd.md', entry: entry('d', 4) },
    );
    const place = { selection: site, published: Date.UTC(1999) / 1000, rank: rankOf('c.md') };
    await state.put(markerKey({ ...place, handle: handle('c.md'), version: 0 }), '');
    expect((await newest(state, site, 9)).years).toEqual({ 2022: 1, 2024: 3 });
  });

  test('of more than a thousand are counted by year as far as years are whole', async () => {
    const state = await stateOf(
      { key: 'a.md', entry: entry('a', 1) },
      { key: 'b.md', entry: entry('b', 2) },
    );
    for (let n = 0; n < 1100; n++) {
      const published = Date.UTC(n < 600 ? 2020 : 2021, 5) / 1000 + n;
      const place = { selection: site, published, rank: rankOf(`${n}.md`) };
      await state.put(markerKey({ ...place, handle: handle(`${n}.md`), version: 1 }), '');
    }
    expect((await newest(state, site, 1)).years).toEqual({ 2021: 500, 2024: 2 });
  });

  test('of one day are in the order of their file names, also where the feed ends between them', async () => {
    const names = ['c', 'a', 'd', 'b', 'e'];
    const state = await stateOf(
      ...names.map((name) => ({ key: `2024-03-01-${name}.md`, entry: entry(name, 1) })),
    );
    expect(await titles(state, 9)).toEqual(['e', 'd', 'c', 'b', 'a']);
    expect(await titles(state, 2)).toEqual(['e', 'd']);
  });

  test('are believed, not their markers', async () => {
    const state = await stateOf(
      { key: 'a.md', entry: entry('a', 1) },
      { key: 'b.md', entry: null, claims: [] },
    );
    for (const key of ['b.md', 'never.md'])
      await state.put(
        markerKey({
          selection: site,
          published: 2e9,
          rank: rankOf(key),
          handle: handle(key),
          version: 1,
        }),
        '',
      );
    expect(await newest(state, site, 5)).toMatchObject({ entries: [{ title: 'a' }], count: 1 });
  });

  test('count with an older version’s marker, at their own time', async () => {
    const state = await stateOf(
      ...[1, 2, 3].map((day) => ({ key: `${day}.md`, entry: entry(`d${day}`, day) })),
      { key: 'moved.md', version: 2, settled: false, entry: entry('moved', 1) },
    );
    const old = {
      selection: site,
      published: 2e9,
      rank: rankOf('moved.md'),
      handle: handle('moved.md'),
      version: 1,
    };
    await state.put(markerKey(old), '');
    expect(await titles(state, 2)).toEqual(['d3', 'd2']);
    expect((await titles(state, 4)).slice(2).sort()).toEqual(['d1', 'moved']);
  });

  test('of one id are the one published first', async () => {
    const state = await stateOf(
      { key: 'new.md', entry: entry('new', 5, 'urn:x') },
      { key: 'old.md', entry: entry('old', 1, 'urn:x') },
    );
    expect(await titles(state, 5)).toEqual(['old']);
  });

  test('are found beyond a thousand markers that lead nowhere, and counted as 1,000', async () => {
    const state = await stateOf({ key: 'a.md', entry: entry('a', 1) });
    for (let n = 0; n < 1100; n++) {
      const key = `${n}.md`;
      await state.put(
        markerKey({
          selection: site,
          published: 2e9 + n,
          rank: rankOf(key),
          handle: handle(key),
          version: 1,
        }),
        '',
      );
    }
    expect(await newest(state, site, 20)).toMatchObject({ entries: [{ title: 'a' }], count: 1000 });
    // Who may not look so far is told, and looks no further.
    const calls = noCounts();
    const counted = countingStore(state, calls, trips());
    await expect(newest(counted, site, 20, { most: 105 })).rejects.toThrow(Unavailable);
    expect(calls).toMatchObject({ lists: 1, gets: 105 });
  });
});
