import { DateTime, FixedOffsetZone, IANAZone, type Zone } from 'luxon';

/**
 * Dates as people and tools write them in front matter, in every form that DESIGN.md section 5
 * lists. What has no zone is read in the site's; nothing here depends on the machine's.
 */

/** Nothing here is written in any. Without one luxon asks for the machine's, which takes 6 ms. */
const locale = 'en';

/** A date on the calendar and clock of the place where it was written. */
export interface LocalDate {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

export interface ReadDate {
  /** Epoch seconds. */
  instant: number;
  /** In the offset as written, else in the site's zone. */
  local: LocalDate;
  /** True if no time of day was given: it is the day's start. */
  dateOnly: boolean;
}

const clock =
  '(?:[Tt]|,?\\s+|\\s+at\\s+)(?<hour>\\d{1,2}):(?<minute>\\d{2})(?::(?<second>\\d{2})(?:[.,]\\d+)?)?(?:\\s*(?<half>[AaPp])\\.?[Mm]\\.?)?';
const zoneName = '\\s*(?<zone>[Zz]|[A-Z][A-Za-z]+(?:/[A-Za-z0-9_+/-]+)|[A-Z]{2,5}(?=$|[\\s+-]))?';
const offset = '\\s*(?<offset>[+-]\\d{1,2}(?::?\\d{2})?)?(?:\\s*\\([^)]*\\))?';
const tail = `(?:${clock}${zoneName}${offset})?\\s*$`;
const weekday = '^\\s*(?:[A-Za-z]+\\.?,?\\s+)?';
const monthName = '(?<name>[A-Za-z]{3,9})\\.?';

const forms = [
  // 2007-09-27 23:49:19+00:00, 2013/7/13 20:46:25, 2019-09-03 8:45:00 -0500, 2020-01-02
  new RegExp(`^\\s*(?<year>\\d{4})([-/.])(?<month>\\d{1,2})\\2(?<day>\\d{1,2})${tail}`),
  // 20200105, 20200105T101500Z
  /^\s*(?<year>\d{4})(?<month>\d{2})(?<day>\d{2})(?:[Tt ]?(?<hour>\d{2})(?<minute>\d{2})(?<second>\d{2})?(?<zone>[Zz])?(?<offset>[+-]\d{2}:?\d{2})?)?\s*$/,
  // Fri, 02 Oct 2020 11:18:57 +0000 (RFC 2822), 2 January 2006
  new RegExp(
    `${weekday}(?<day>\\d{1,2})(?:st|nd|rd|th)?[\\s-]+${monthName},?[\\s-]+(?<year>\\d{4})${tail}`,
  ),
  // Jan 2, 2020, Thu Jan 02 2020 10:00:00 GMT+0100 (CET)
  new RegExp(
    `${weekday}${monthName}\\s+(?<day>\\d{1,2})(?:st|nd|rd|th)?,?\\s+(?<year>\\d{4})${tail}`,
  ),
];

/** Reads a date; undefined if the value is none, or one that no calendar has (`2024-03-39`). */
export function readDate(value: unknown, zone: string): ReadDate | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = String(value);
  // No form is longer; a front matter of megabytes must not reach the expressions.
  if (text.length > 100) return undefined;
  for (const form of forms) {
    const parts = form.exec(text)?.groups;
    if (parts) return fromParts(parts, zone);
  }
  return undefined;
}

type Parts = Record<string, string | undefined>;

const firstSecond = Date.parse('0000-01-01T00:00:00Z') / 1000;
const lastSecond = Date.parse('9999-12-31T23:59:59Z') / 1000;

function fromParts(parts: Parts, siteZone: string): ReadDate | undefined {
  const month = parts['name'] === undefined ? Number(parts['month']) : monthOf(parts['name']);
  const zone = zoneOf(parts, siteZone);
  const hour = hourOf(parts);
  if (month === undefined || zone === undefined || hour === undefined) return undefined;
  const asWritten = {
    year: Number(parts['year']),
    month,
    day: Number(parts['day']),
    hour,
    minute: Number(parts['minute'] ?? 0),
    second: Number(parts['second'] ?? 0),
  };
  // A time that a clock change skips is read with the offset before it, as Ruby and Go do.
  const date = DateTime.fromObject(asWritten, { zone, locale });
  const instant = Math.floor(date.toMillis() / 1000);
  // What RFC 3339 can say in UTC: years of four digits.
  if (!date.isValid || instant < firstSecond || instant > lastSecond) return undefined;
  return { instant, local: localOf(date), dateOnly: parts['hour'] === undefined };
}

function localOf({ year, month, day, hour, minute, second }: DateTime): LocalDate {
  return { year, month, day, hour, minute, second };
}

const months = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

function monthOf(name: string): number | undefined {
  const index = months.indexOf(name.slice(0, 3).toLowerCase());
  return index < 0 ? undefined : index + 1;
}

function hourOf({ hour, half }: Parts): number | undefined {
  const number = Number(hour ?? 0);
  if (half === undefined) return number;
  if (number < 1 || number > 12) return undefined;
  return (number % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
}

/** RFC 2822 §4.3's names, and two that Europe uses; others would be guesses (`IST`, `BST`). */
const named: Record<string, number> = {
  Z: 0,
  UT: 0,
  UTC: 0,
  GMT: 0,
  EST: -5,
  EDT: -4,
  CST: -6,
  CDT: -5,
  MST: -7,
  MDT: -6,
  PST: -8,
  PDT: -7,
  CET: 1,
  CEST: 2,
};

const zones = new Map<string, Zone | undefined>();

/** The zone that a date names, else the site's; undefined if there is no such zone. */
function zoneOf({ zone, offset: written }: Parts, siteZone: string): Zone | undefined {
  const name = written ?? zone ?? siteZone;
  if (!zones.has(name)) zones.set(name, zoneNamed(name));
  return zones.get(name);
}

function zoneNamed(name: string): Zone | undefined {
  const offset = /^([+-])(\d{1,2}):?(\d{2})?$/.exec(name);
  if (offset) {
    const minutes = Number(offset[2]) * 60 + Number(offset[3] ?? 0);
    // No place on Earth is beyond 14 hours.
    return minutes > 15 * 60 ? undefined : fixed(offset[1] === '-' ? -minutes : minutes);
  }
  const hours = named[name.toUpperCase()];
  if (hours !== undefined) return fixed(hours * 60);
  return IANAZone.isValidZone(name) ? IANAZone.create(name) : undefined;
}

function fixed(minutes: number): Zone {
  return FixedOffsetZone.instance(minutes);
}

/** The clock and calendar of a zone at an instant (epoch seconds). */
export function localAt(instant: number, zone: string): LocalDate {
  return localOf(DateTime.fromSeconds(instant, { zone, locale }));
}

/** RFC 3339 in UTC to the second: the form in entries. */
export function timestamp(instant: number): string {
  return `${new Date(instant * 1000).toISOString().slice(0, 19)}Z`;
}
