import { error, type Fault, type Judge, quoted, type Scope, warning } from './report.ts';

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const zones: Record<string, number> = {
  EST: -5,
  EDT: -4,
  CST: -6,
  CDT: -5,
  MST: -7,
  MDT: -6,
  PST: -8,
  PDT: -7,
};

// RFC 2822 §3.3, the form that every reader understands.
const strict =
  /^(?:(Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?(\d\d?) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4}) (\d\d):(\d\d)(?::(\d\d))? ([+-]\d{4}|UT|GMT|[ECMP][SD]T|Z)$/;
// RFC 822 §5 with the four-digit years that RSS 2.0 allows: any case, free white space, comments taken out before.
const loose =
  /^(?:(mon|tue|wed|thu|fri|sat|sun)\s*,\s*)?(\d\d?)\s+(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\s+(\d\d(?:\d\d)?)\s+(\d\d):(\d\d)(?::(\d\d))?\s+([+-]\d{4}|ut|gmt|[ecmp][sd]t|[a-ik-z])$/i;

/** A date of RSS and OPML. */
export const rfc822: Judge = (value, scope) => {
  const clean = value.replace(/\([^()]*\)/g, ' ').trim();
  const match = strict.exec(value) ?? loose.exec(clean);
  const invalid = error(
    'InvalidRFC2822Date',
    `${quoted(value)} is not an RFC 822 date; write it like Sat, 07 Sep 2002 09:42:31 GMT`,
  );
  if (!match) return invalid;
  const [, weekday, day, month, year, hour, minute, second = '0', zone] = match;
  const civil = instant(fullYear(year!), months.indexOf(capital(month!)), Number(day), [
    Number(hour),
    Number(minute),
    Number(second),
  ]);
  if (civil === undefined || Math.abs(zoneMinutes(zone!)) >= 24 * 60) return invalid;
  const real = days[new Date(civil).getUTCDay()]!;
  if (weekday && capital(weekday) !== real) {
    return error(
      'IncorrectDOW',
      `${quoted(value)} is a ${real}, not a ${weekday}; correct the day of the week`,
    );
  }
  const late = implausible(value, civil - zoneMinutes(zone!) * 60_000, scope);
  if (late || strict.test(value)) return late;
  return warning(
    'ProblematicalRFC822Date',
    `${quoted(value)} is a form of RFC 822 that many readers misread; write it like Sat, 07 Sep 2002 09:42:31 GMT`,
  );
};

const rfc3339Form = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** A date of Atom (RFC 4287 §3.3: upper-case T and Z) and of JSON Feed. */
export const rfc3339: Judge = (value, scope) => {
  const at = iso(rfc3339Form.exec(value));
  if (at !== undefined) return implausible(value, at, scope);
  return error(
    'InvalidRFC3339Date',
    `${quoted(value)} is not an RFC 3339 date and time; write it like 2002-09-07T09:42:31Z`,
  );
};

const w3cForm =
  /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(Z|[+-]\d\d:\d\d))?)?)?$/;

/** A date of Dublin Core: the W3C's profile of ISO 8601, as precise as one likes. */
export const w3cDate: Judge = (value, scope) => {
  const at = iso(w3cForm.exec(value));
  if (at !== undefined) return implausible(value, at, scope);
  return error(
    'InvalidW3CDTFDate',
    `${quoted(value)} is not a W3C date; write it like 2002-09-07 or 2002-09-07T09:42:31Z`,
  );
};

function iso(match: RegExpExecArray | null): number | undefined {
  if (!match) return undefined;
  const [, year, month = '01', day = '01', hour = '0', minute = '0', second = '0', zone = 'Z'] =
    match;
  const civil = instant(
    Number(year),
    Number(month) - 1,
    Number(day),
    [hour, minute, second].map(Number),
  );
  const offset = zoneMinutes(zone.replace(':', ''));
  return civil === undefined || Math.abs(offset) >= 24 * 60 ? undefined : civil - offset * 60_000;
}

/** Epoch milliseconds of a civil time as if in UTC; undefined if there is no such day or time. */
function instant(year: number, month: number, day: number, time: number[]): number | undefined {
  const [hour = 0, minute = 0, second = 0] = time;
  if (month < 0 || month > 11 || hour > 23 || minute > 59 || second > 60) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  if (date.getUTCMonth() !== month || date.getUTCDate() !== day) return undefined;
  return date.setUTCHours(hour, minute, second);
}

function zoneMinutes(zone: string): number {
  const digits = /^([+-])(\d\d)(\d\d)$/.exec(zone);
  if (!digits) return (zones[zone.toUpperCase()] ?? 0) * 60;
  // An hour or minute that cannot be is more than a day: the caller refuses it.
  if (Number(digits[3]) > 59) return Number.POSITIVE_INFINITY;
  return (digits[1] === '-' ? -1 : 1) * (Number(digits[2]) * 60 + Number(digits[3]));
}

/** RFC 2822 §4.3: years of two digits. */
function fullYear(year: string): number {
  if (year.length === 4) return Number(year);
  return Number(year) + (Number(year) < 50 ? 2000 : 1900);
}

function capital(word: string): string {
  return word[0]!.toUpperCase() + word.slice(1).toLowerCase();
}

const firstFeeds = Date.UTC(1990, 0, 1);
const tolerance = 10 * 60_000;

function implausible(value: string, at: number, { now }: Scope): Fault | undefined {
  if (at >= firstFeeds && (now === undefined || at <= now + tolerance)) return undefined;
  const why = at < firstFeeds ? 'before 1990' : 'in the future';
  return warning('ImplausibleDate', `${quoted(value)} is ${why}; make sure that it is meant`);
}
