import { type LocalDate, localAt, type ReadDate, readDate } from './dates.ts';
import { type Field, flagOf, ignore, present, quote, type Reading, textOf } from './fields.ts';
import { dateOfName, fileName, looksDated } from './file-name.ts';

/** When a post is published, changed and withdrawn, and what says so. */

const dates = ['date', 'pubdate', 'publishdate', 'published', 'published_at', 'created'];
const updates = [
  'updated',
  'lastmod',
  'last_modified_at',
  'modified',
  'updateddate',
  'updated_at',
  'last_modified',
];
const ends = ['expirydate', 'unpublishdate'];

export interface Publication {
  /** Epoch seconds. */
  instant: number;
  /** The date in links, in the offset that the dialect has there. */
  local: LocalDate;
  /** True if only the day is known. */
  dateOnly: boolean;
  /** What gave it. */
  from: string;
}

/**
 * The post's date; undefined if no rule gives one, which makes it a page. Dates that cannot be
 * read are reported, and the next source is tried.
 */
export function publicationOf(reading: Reading): Publication | undefined {
  const { source, site } = reading;
  const found = firstDate(reading, dates);
  const date = found?.date ?? dateOfName(fileName(source.key), site.timezone);
  if (!date) {
    reportName(reading);
    return undefined;
  }
  const from = found?.field.name ?? 'file name';
  return { instant: date.instant, local: inLinks(reading, date), dateOnly: date.dateOnly, from };
}

function reportName({ source, problems }: Reading): void {
  const name = fileName(source.key);
  if (!looksDated(name)) return;
  const cause = `the file name ${quote(name.base)} begins with a date that no calendar has`;
  problems.push({ key: source.key, cause, remedy: 'Rename the file, or give it a `date`.' });
}

/** Jekyll writes links in the site's zone, the others in the date's own. */
function inLinks({ source: { dialect }, site }: Reading, date: ReadDate): LocalDate {
  return dialect === 'jekyll' ? localAt(date.instant, site.timezone) : date.local;
}

/**
 * Hugo's `publishDate` beside a `date` holds a post back until then; undefined if there is none,
 * or it lies before the date.
 */
export function embargoOf(reading: Reading, publication: Publication): Publication | undefined {
  const found = firstDate(reading, ['publishdate']);
  if (!found || found.date.instant <= publication.instant) return undefined;
  const { instant, dateOnly } = found.date;
  return { ...publication, instant, dateOnly, from: found.field.name };
}

/** When the post was last changed, by its own words. */
export function updateOf(reading: Reading): { instant: number; from: string } | undefined {
  const found = firstDate(reading, updates);
  return found && { instant: found.date.instant, from: found.field.name };
}

/** From when on the post is no longer public. */
export function expiryOf(reading: Reading): { instant: number; from: string } | undefined {
  const found = firstDate(reading, ends);
  return found && { instant: found.date.instant, from: found.field.name };
}

/** The fields that were meant as the post's date. */
export function dateFields(reading: Reading): Field[] {
  return present(reading, dates).filter((field) => !notMeant(field));
}

function firstDate(
  reading: Reading,
  names: readonly string[],
): { field: Field; date: ReadDate } | undefined {
  for (const field of present(reading, names)) {
    if (notMeant(field)) continue;
    const date = readDate(field.value, reading.site.timezone);
    if (date) return { field, date };
    ignore(reading, field, 'is no date', 'Write it as 2024-03-09 or 2024-03-09 08:15:00 +0100.');
  }
  return undefined;
}

/** `published: true` is no date; nor are WordPress's and Go's ways to say that there is none. */
function notMeant({ value }: Field): boolean {
  return flagOf(value) !== undefined || /^(?:0000-00-00|0001-01-01)/.test(textOf(value) ?? '');
}
