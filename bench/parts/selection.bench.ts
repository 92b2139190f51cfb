import { bench, describe } from 'vitest';
import { markerPrefix, site, term } from '../../src/keys.ts';
import { newest } from '../../src/selection/newest.ts';
import { claimsOf, marksOf, newRecord, writeRecord } from '../../src/selection/record.ts';
import { MemoryStore } from '../../src/store/memory.ts';
import { listAll } from '../../src/store/store.ts';
import { entries } from './posts.ts';

/** An index in memory of so many entries, half of which have a tag. */
async function indexOf(size: number): Promise<MemoryStore> {
  const state = new MemoryStore(() => 0);
  for (let nth = 0; nth < size; nth++) {
    const key = `${nth}.md`;
    const published = new Date(Date.UTC(2000, 0, 1) + nth * 60_000).toISOString();
    const terms = nth % 2 === 0 ? { tags: [{ label: 'Linux', slug: 'linux' }] } : {};
    const id = `tag:blog.example,2000-01-01:${nth}`;
    const entry = { ...entries[nth % 20]!, id, published: published.replace('.000', ''), terms };
    const claims = claimsOf(entry, key);
    const record = { ...newRecord(key), version: 1, entry, claims, settled: true };
    await writeRecord(state, record, { create: true });
    for (const mark of marksOf(record)) await state.put(mark, '');
  }
  return state;
}

for (const size of [1000, 10_000]) {
  const state = await indexOf(size);
  describe(`${size} entries`, () => {
    bench('newest 20 of the site', async () => void (await newest(state, site, 20)));
    bench('newest 20 of a tag', async () => void (await newest(state, term('tags', 'linux'), 20)));
    bench('all markers of the site', async () => {
      for await (const _ of listAll(state, markerPrefix(site)));
    });
  });
}
