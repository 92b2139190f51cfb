import type { Site } from '../site.ts';
import type { LocalDate } from './dates.ts';
import { type Field, flagOf, ignore, present, type Reading, textOf } from './fields.ts';
import { type FileName, fileName } from './file-name.ts';
import type { Dialect } from './post.ts';
import type { Publication } from './publication.ts';
import { namedTerms } from './terms.ts';

/** Where a post stands on the publisher's blog, by the rules of the tool that puts it there. */

// https://jekyllrb.com/docs/permalinks/#built-in-formats, https://hexo.io/docs/permalinks
const defaults: Partial<Record<Dialect, string>> = {
  jekyll: '/:categories/:year/:month/:day/:title:output_ext',
  hexo: '/:year/:month/:day/:title/',
};

// RFC 9110 §4.1 asks for 8,000 bytes of an address at least; every link of a post begins with its own.
const longest = 2000;
// Of a title or slug in it: normalizing more may take very long.
const longestPart = 500;

/** The link and what gave it: a field, the site's pattern, or the file name. */
export function findLink(
  reading: Reading,
  publication: Publication | undefined,
): { link: string; from: string } {
  const date = publication?.local;
  for (const field of present(reading, ['permalink', 'url'])) {
    const link = fromField(reading, field, date);
    if (link !== undefined) return { link, from: field.name };
    if (flagOf(field.value) !== undefined) continue;
    ignore(reading, field, 'is no path', 'Write the path out, or set `permalink` in tidings.yml.');
  }
  const file = fileName(reading.source.key);
  const pattern = reading.site.permalink ?? defaultPattern(reading, file);
  const path = pattern && expand(pattern, reading, date);
  if (path) return { link: absolute(reading.site, path), from: `permalink pattern ${pattern}` };
  const [slug] = present(reading, ['slug']);
  const last = textOf(slug?.value)?.slice(0, longestPart) ?? file.base;
  const folders = [...file.folders.slice(contentRoot(file)), ...last.split('/')];
  const link = absolute(reading.site, `/${folders.map(segment).join('/')}/`);
  return { link, from: slug?.name ?? 'file name' };
}

function fromField(
  reading: Reading,
  { value }: Field,
  date: LocalDate | undefined,
): string | undefined {
  const text = typeof value === 'string' ? value.trim() : '';
  // Eleventy's templates need Eleventy.
  if (text === '' || text.length > longest || /[\n<>]|\{\{|\{%/.test(text)) return undefined;
  if (/^https?:\/\//i.test(text)) return URL.parse(text)?.href;
  const path = expand(text, reading, date);
  return path && absolute(reading.site, path);
}

function defaultPattern(
  { source: { dialect } }: Reading,
  { folders }: FileName,
): string | undefined {
  if (dialect === 'hexo' || folders.includes('_posts')) return defaults[dialect];
  return undefined;
}

/** How many folders stand before the site's own: Hugo's and Astro's sources lie in `content/`. */
function contentRoot({ folders }: FileName): number {
  return folders.indexOf('content') + 1;
}

function absolute(site: Site, path: string): string {
  const clean = `/${path}`.replace(/\/{2,}/g, '/').replace(/\/index\.html?$/, '/');
  return URL.parse(`${site.url}${clean}`)?.href ?? `${site.url}/`;
}

/** A pattern with its tokens filled in; undefined if that is too long, or needs a date and the post has none. */
function expand(
  pattern: string,
  reading: Reading,
  date: LocalDate | undefined,
): string | undefined {
  if (!pattern.includes(':')) return pattern;
  let complete = true;
  let length = 0;
  const fill = (written: string, token: string): string => {
    const name = token.toLowerCase();
    if (Object.hasOwn(names, name)) return names[name]!(reading);
    if (!Object.hasOwn(dates, name)) return written;
    if (!date) complete = false;
    return date ? dates[name]!(date) : '';
  };
  const path = pattern.replace(/:([a-z_]+)/gi, (written, token: string) => {
    const filled = length > longest ? '' : fill(written, token);
    length += filled.length;
    return filled;
  });
  return complete && path.length <= longest && length <= longest ? path : undefined;
}

// Jekyll's and Hugo's names for the parts of a date.
const dates: Record<string, (date: LocalDate) => string> = {
  year: ({ year }) => String(year).padStart(4, '0'),
  short_year: ({ year }) => two(year % 100),
  month: ({ month }) => two(month),
  i_month: ({ month }) => String(month),
  monthname: (date) => inEnglish(date, { month: 'long' }).toLowerCase(),
  long_month: (date) => inEnglish(date, { month: 'long' }),
  short_month: (date) => inEnglish(date, { month: 'short' }),
  day: ({ day }) => two(day),
  i_day: ({ day }) => String(day),
  y_day: (date) => String(dayOfYear(date)).padStart(3, '0'),
  yearday: (date) => String(dayOfYear(date)),
  weekday: (date) => String(utc(date).getUTCDay()),
  w_day: (date) => String(utc(date).getUTCDay() || 7),
  weekdayname: (date) => inEnglish(date, { weekday: 'long' }).toLowerCase(),
  long_day: (date) => inEnglish(date, { weekday: 'long' }),
  short_day: (date) => inEnglish(date, { weekday: 'short' }),
  week: (date) => two(isoWeek(date).week),
  w_year: (date) => String(isoWeek(date).year),
  hour: ({ hour }) => two(hour),
  minute: ({ minute }) => two(minute),
  second: ({ second }) => two(second),
};

// And for the rest; where two tools mean different things by one name, the dialect decides.
const names: Record<string, (reading: Reading) => string> = {
  title: (reading) => (reading.source.dialect === 'hugo' ? titled(reading) : slugged(reading)),
  post_title: (reading) => titled(reading),
  slug: (reading) =>
    reading.source.dialect === 'hugo' ? slugged(reading, titled) : slugged(reading),
  slugorfilename: (reading) => slugged(reading),
  slugorcontentbasename: (reading) => slugged(reading),
  filename: (reading) => segment(fileName(reading.source.key).base),
  contentbasename: (reading) => segment(fileName(reading.source.key).base),
  basename: (reading) => segment(fileName(reading.source.key).base),
  name: (reading) => segment(fileName(reading.source.key).base),
  path: (reading) => fileName(reading.source.key).path.split('/').map(segment).join('/'),
  id: (reading) => segment(textOf(present(reading, ['id'])[0]?.value) ?? ''),
  section: (reading) => segment(sections(reading)[0] ?? ''),
  sections: (reading) => sections(reading).map(segment).join('/'),
  category: (reading) => categories(reading)[0] ?? '',
  categories: (reading) => categories(reading).join('/'),
  slugified_categories: (reading) => categories(reading).join('/'),
  collection: () => 'posts',
  output_ext: () => '.html',
};

/** The post's own slug, else another name of it, as a rule its file's. */
function slugged(reading: Reading, otherwise = nameOf): string {
  const slug = textOf(present(reading, ['slug'])[0]?.value);
  if (slug === undefined) return otherwise(reading);
  return slug.slice(0, longestPart).split('/').map(urlized).join('/');
}

function nameOf({ source }: Reading): string {
  return urlized(fileName(source.key).slug);
}

function titled(reading: Reading): string {
  const title = textOf(present(reading, ['title'])[0]?.value);
  return title === undefined ? nameOf(reading) : urlized(title.toLowerCase());
}

function sections({ source }: Reading): string[] {
  const file = fileName(source.key);
  return file.folders.slice(contentRoot(file)).filter((folder) => !folder.startsWith('_'));
}

function categories(reading: Reading): string[] {
  const { found } = namedTerms({ ...reading, problems: [] }, 'categories');
  return found.flatMap(({ label }) => urlized(label.toLowerCase()) || []);
}

/** Letters, marks and digits of any script and `.~_`, words joined by hyphens, as Jekyll and Hugo write them. */
function urlized(text: string): string {
  const words = text
    .slice(0, longestPart)
    .normalize('NFC')
    .replace(/[^\p{L}\p{M}\p{N}.~_+-]+/gu, '-');
  return segment(words.replace(/-{2,}/g, '-').replace(/^-|-$/g, ''));
}

function segment(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}

function utc({ year, month, day }: LocalDate): Date {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date;
}

const dayLength = 86_400_000;

function dayOfYear(date: LocalDate): number {
  return (utc(date).getTime() - utc({ ...date, month: 1, day: 1 }).getTime()) / dayLength + 1;
}

/** ISO 8601: the week belongs to the year that its Thursday is in. */
function isoWeek(date: LocalDate): { year: number; week: number } {
  const thursday = utc(date);
  thursday.setUTCDate(thursday.getUTCDate() + 4 - (thursday.getUTCDay() || 7));
  const year = thursday.getUTCFullYear();
  const first = utc({ ...date, year, month: 1, day: 1 });
  return { year, week: Math.ceil(((thursday.getTime() - first.getTime()) / dayLength + 1) / 7) };
}

function inEnglish(date: LocalDate, part: Intl.DateTimeFormatOptions): string {
  return utc(date).toLocaleString('en', { ...part, timeZone: 'UTC' });
}
