import { beforeEach, describe, expect, test } from 'vitest';
import { rowKey, rowsTableKey } from '../../src/keys.ts';
import { readRows } from '../../src/publish/directory-rows.ts';
import { MemoryStore } from '../../src/store/memory.ts';
import type { Store } from '../../src/store/store.ts';
import { countingStore, noCounts, trips } from './counting-store.ts';

const row = (label: string) => JSON.stringify({ label, count: 1, newest: '', told: true });

describe('reading the rows of the directory', () => {
  let memory: MemoryStore;
  let counts: ReturnType<typeof noCounts>;
  let state: Store;

  beforeEach(async () => {
    memory = new MemoryStore(() => 0);
    counts = noCounts();
    state = countingStore(memory, counts, trips());
    for (const slug of ['a', 'b', 'c']) await memory.put(rowKey(`tags/${slug}`), row(slug));
  });

  const labels = async (from = state) =>
    [...(await readRows(from)).values()].map((one) => one.label);

  test('gives them in the order of their keys, whichever were read', async () => {
    expect(await labels()).toEqual(['a', 'b', 'c']);
    await memory.put(rowKey('tags/b'), row('B'));
    expect(await labels()).toEqual(['a', 'B', 'c']);
  });

  test('gets those that have changed since, and the table', async () => {
    await labels();
    expect(counts).toMatchObject({ gets: 1 + 3, lists: 1, puts: 1 });
    await labels();
    expect(counts).toMatchObject({ gets: 1 + 3 + 1, lists: 2, puts: 1 });
    await memory.put(rowKey('tags/b'), row('B'));
    await memory.put(rowKey('tags/d'), row('d'));
    expect(await labels()).toEqual(['a', 'B', 'c', 'd']);
    expect(counts).toMatchObject({ gets: 5 + 1 + 2, lists: 3, puts: 2 });
  });

  test('forgets one that is gone', async () => {
    await labels();
    await memory.delete(rowKey('tags/b'));
    expect(await labels()).toEqual(['a', 'c']);
    expect(new TextDecoder().decode((await memory.get(rowsTableKey)).body)).not.toContain('tags/b');
  });

  test.each([
    '',
    'no JSON',
    '{}',
    'null',
    '[1]',
    '[["tags/a",{"row":{"label":"wrong"}}]]',
    '[["tags/a",null]]',
  ])('does not believe a table that says %j', async (table) => {
    await memory.put(rowsTableKey, table);
    expect(await labels()).toEqual(['a', 'b', 'c']);
  });

  test('does not believe a table that a slow writer put late', async () => {
    await labels();
    const { body } = await memory.get(rowsTableKey);
    await memory.put(rowKey('tags/a'), row('A'));
    await labels();
    await memory.put(rowsTableKey, body);
    expect(await labels()).toEqual(['A', 'b', 'c']);
  });

  test('gets them all from a store that lists no ETags, and keeps no table', async () => {
    const untold: Store = {
      ...state,
      list: async (prefix, options) => {
        const { objects, more } = await state.list(prefix, options);
        return { objects: objects.map(({ etag: _, ...one }) => one), more };
      },
    };
    for (let time = 1; time <= 2; time++) {
      expect(await labels(untold)).toEqual(['a', 'b', 'c']);
      expect(counts).toMatchObject({ gets: 4 * time, puts: 0 });
    }
  });

  test('gives none where there are none', async () => {
    expect(await readRows(new MemoryStore(() => 0))).toEqual(new Map());
  });
});
