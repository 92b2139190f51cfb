import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, test } from 'vitest';
import { localAt, readDate, timestamp } from '../../src/post/dates.ts';

const read = (value: unknown, zone = 'Europe/Berlin') => {
  const date = readDate(value, zone);
  return date && timestamp(date.instant);
};

describe('every form of date in the wild is read', () => {
  test.each([
    ['2007-09-27 23:49:19+00:00', '2007-09-27T23:49:19Z'],
    ['2015-02-11 10:50:00-0700', '2015-02-11T17:50:00Z'],
    ['2019-09-03 8:45:00 -0500', '2019-09-03T13:45:00Z'],
    ['2019-08-08 14:10:00 +0800', '2019-08-08T06:10:00Z'],
    ['2020-01-02T10:00:00+02', '2020-01-02T08:00:00Z'],
    ['Fri, 02 Oct 2020 11:18:57 +0000', '2020-10-02T11:18:57Z'],
    ['2 Oct 2020 11:18 GMT', '2020-10-02T11:18:00Z'],
    ['2013/7/13 20:46:25', '2013-07-13T18:46:25Z'],
    ['2013-03-14 23:42', '2013-03-14T22:42:00Z'],
    ['2020-01-02', '2020-01-01T23:00:00Z'],
    ['2020.1.2', '2020-01-01T23:00:00Z'],
    ['20200105', '2020-01-04T23:00:00Z'],
    [20200105, '2020-01-04T23:00:00Z'],
    ['20200105T101500Z', '2020-01-05T10:15:00Z'],
    ['20200105101500', '2020-01-05T09:15:00Z'],
    ['Jan 2, 2020', '2020-01-01T23:00:00Z'],
    ['January 2nd, 2020 at 3:04 PM', '2020-01-02T14:04:00Z'],
    ['2 January 2006', '2006-01-01T23:00:00Z'],
    ['02-Jan-2006 12:00 AM', '2006-01-01T23:00:00Z'],
    ['Thu Jan 02 2020 10:00:00 GMT+0100 (CET)', '2020-01-02T09:00:00Z'],
    ['2020-01-02T10:00:00Z', '2020-01-02T10:00:00Z'],
    ['2020-01-02t10:00:00.999z', '2020-01-02T10:00:00Z'],
    ['2020-01-02 10:00:00 UTC', '2020-01-02T10:00:00Z'],
    ['2020-01-02 10:00 EST', '2020-01-02T15:00:00Z'],
    ['2020-07-02 10:00 America/New_York', '2020-07-02T14:00:00Z'],
    ['  2020-01-02 10:00  ', '2020-01-02T09:00:00Z'],
    ['1969-12-31T23:59:59Z', '1969-12-31T23:59:59Z'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59Z'],
    ['0000-01-01T00:00:00Z', '0000-01-01T00:00:00Z'],
  ])('%s', (written, instant) => {
    expect(read(written)).toBe(instant);
  });

  test.each([
    '2024-03-39',
    '9999-12-31 23:59:59 -1200',
    '0000-01-01 00:00:00 +1200',
    '2023-02-29',
    '2024-13-01',
    '2024-01-02 25:00',
    '2024-01-02 10:61',
    '13:00 PM',
    'Jan 2, 2020 13:00 PM',
    '2024-01-02 10:00 +99:00',
    '2024-01-02 10:00 XYZ',
    '2024-01-02 10:00 Mars/Olympus',
    '2 Foo 2020',
    '2020-01/02',
    '1577836800',
    'Last Modified',
    '2020',
    'today',
    '',
    true,
    null,
    ['2020-01-02'],
    {},
    '2'.repeat(1_000_000),
  ])('%j is none', (written) => {
    expect(readDate(written, 'UTC')).toBeUndefined();
  });
});

describe('zones', () => {
  test('a date without one is read in the site’s, summer time and all', () => {
    expect(read('2020-07-02 12:00', 'Europe/Moscow')).toBe('2020-07-02T09:00:00Z');
    expect(read('2020-07-02 12:00', 'America/New_York')).toBe('2020-07-02T16:00:00Z');
    expect(read('2020-01-02 12:00', 'America/New_York')).toBe('2020-01-02T17:00:00Z');
  });

  test('a time that a clock change skips is read an hour on', () => {
    expect(readDate('2021-03-28 02:30', 'Europe/Berlin')).toMatchObject({
      instant: Date.UTC(2021, 2, 28, 1, 30) / 1000,
      local: { hour: 3, minute: 30 },
    });
  });

  test('the calendar and clock are those of the place where the date was written', () => {
    expect(readDate('2019-12-31 23:30:05 -0500', 'Asia/Tokyo')).toMatchObject({
      local: { year: 2019, month: 12, day: 31, hour: 23, minute: 30, second: 5 },
      dateOnly: false,
    });
    expect(readDate('2020-01-02', 'Asia/Tokyo')).toMatchObject({
      local: { year: 2020, month: 1, day: 2, hour: 0 },
      dateOnly: true,
    });
  });

  test('an instant has a calendar and a clock in any zone', () => {
    expect(localAt(Date.UTC(2020, 0, 1, 3) / 1000, 'America/New_York')).toEqual({
      year: 2019,
      month: 12,
      day: 31,
      hour: 22,
      minute: 0,
      second: 0,
    });
  });

  test('the machine’s own zone changes nothing', () => {
    const before = process.env['TZ'];
    const zones = ['Pacific/Kiritimati', 'America/Los_Angeles'].map((zone) => {
      process.env['TZ'] = zone;
      return read('2013/7/13 20:46:25', 'Europe/Moscow');
    });
    process.env['TZ'] = before;
    expect(zones).toEqual(['2013-07-13T16:46:25Z', '2013-07-13T16:46:25Z']);
  });
});

test('what Luxon writes is read back', () => {
  const zone = fc.constantFrom('UTC', 'Asia/Kolkata', 'America/St_Johns', 'UTC+8');
  const instant = fc.integer({ min: Date.UTC(1970, 0) / 1000, max: Date.UTC(2200, 0) / 1000 });
  const form = fc.constantFrom('toISO', 'toRFC2822', 'toHTTP', 'toSQL');
  fc.assert(
    fc.property(instant, zone, form, (seconds, name, write) => {
      const date = DateTime.fromSeconds(seconds, { zone: name });
      expect(readDate(date[write as 'toISO'](), 'UTC')?.instant).toBe(seconds);
    }),
  );
});
