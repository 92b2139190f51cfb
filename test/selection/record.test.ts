import { expect, test } from 'vitest';
import { handle } from '../../src/keys.ts';
import { newRecord, readRecordAgain, remembered, writeRecord } from '../../src/selection/record.ts';
import { MemoryStore } from '../../src/store/memory.ts';

test('of records that were read, so many bytes are remembered and no more, however long they are', async () => {
  const state = new MemoryStore(() => 0);
  const names = Array.from({ length: 3 }, (_, at) => `${at}.md`);
  // Two and a half fit.
  const long = 'x'.repeat(remembered / 2.5);
  for (const key of names)
    await writeRecord(state, { ...newRecord(key), site: long }, { create: true });
  const read = (key: string) => readRecordAgain(state, handle(key));
  const first = await read('0.md');
  expect(await read('0.md')).toBe(first);
  const last = await read('1.md');
  expect(await read('0.md')).toBe(first);
  for (const key of ['2.md', '1.md']) await read(key);
  expect(await read('1.md')).toBe(last);
  expect(await read('0.md')).not.toBe(first);
});
