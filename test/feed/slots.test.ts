import { expect, test } from 'vitest';
import { once, slots } from '../../src/feed/slots.ts';

test('what differs in values alone is built once', () => {
  let built = 0;
  const form = once(({ title, date }: { title?: string; date?: Date }) => {
    built++;
    return [`<${Object.keys({ title, date })}>`, Number(title?.slice('slot:'.length) ?? 0), '.'];
  });
  const filled = (value: string) => {
    const { put, putDate, fill } = slots();
    return fill(form({ title: put(value), date: putDate('today') }));
  };
  expect([filled('a'), filled('b')]).toEqual(['<title,date>a.', '<title,date>b.']);
  expect(built).toBe(1);
  form({ title: 'slot:0' });
  expect(built).toBe(2);
});

test('of very many kinds each is built as it should be', () => {
  const form = once((tags: string[]) => tags);
  for (const _ of ['built', 'known'])
    for (let count = 0; count < 1200; count++) {
      const tags = Array.from({ length: count }, (_, at) => `slot:${at}`);
      expect(form(tags)).toEqual(tags);
    }
});

test('a date says its stand-in however it is asked', () => {
  const { put, putDate } = slots();
  put('before');
  const date = putDate('Fri, 08 Mar 2024 00:00:00 GMT');
  expect([date.toISOString(), date.toUTCString(), JSON.stringify(date)]).toEqual([
    'slot:1',
    'slot:1',
    '"slot:1"',
  ]);
});
