import { tagOfObject } from './encoding.ts';

/** Conditional requests, RFC 9110 §13: whether a reader's copy is still good. */

/** What a response says of the object it carries. */
export interface Validators {
  /** Strong and quoted, as on the wire: `"0a1b"`. */
  etag: string;
  /** Epoch milliseconds; undefined where nobody knows, and dates say nothing (RFC 9110 §13.1.3, §13.1.4). */
  modified?: number | undefined;
}

/**
 * The status that the request's conditions call for, in the order of RFC 9110 §13.2.2. One that
 * is malformed never fails a request: the reader gets the whole feed.
 */
export function evaluate(headers: Headers, { etag, modified }: Validators): 200 | 304 | 412 {
  const match = tagsOf(headers.get('if-match'));
  const unmodified = instantOf(headers.get('if-unmodified-since'));
  if (match) {
    if (match !== '*' && !match.includes(etag)) return 412;
  } else if (isAfter(modified, unmodified)) return 412;

  // §13.1.3: If-Modified-Since is ignored where If-None-Match is sent, whatever it says.
  if (headers.has('if-none-match')) {
    const none = tagsOf(headers.get('if-none-match'));
    return none === '*' || none?.some((tag) => weaklyEqual(tag, etag)) ? 304 : 200;
  }
  const since = instantOf(headers.get('if-modified-since'));
  return since !== undefined && modified !== undefined && !isAfter(modified, since) ? 304 : 200;
}

/**
 * §8.8.3.2, weak comparison. A CDN or proxy that compresses, or undoes it, makes strong tags weak,
 * and of a coding that is not the one it now asks for: a weak tag only says which object (§8.8.1).
 */
function weaklyEqual(tag: string, etag: string): boolean {
  return tag.startsWith('W/') ? tagOfObject(tag.slice(2)) === tagOfObject(etag) : tag === etag;
}

/** §8.8.3, with the empty members that §5.6.1.2 has recipients bear. */
const member = /[\s,]*((?:W\/)?"[\x21\x23-\x7e\x80-\xff]*")\s*(?:,[\s,]*|$)/y;

/** The entity tags of a list, or `*`; undefined for what is neither. */
function tagsOf(list: string | null): '*' | string[] | undefined {
  if (list === null) return undefined;
  if (list.trim() === '*') return '*';
  const tags: string[] = [];
  member.lastIndex = 0;
  while (member.lastIndex < list.length) {
    const found = member.exec(list);
    if (!found) return undefined;
    tags.push(found[1]!);
  }
  return tags;
}

const time = '([01]\\d|2[0-3]):[0-5]\\d:([0-5]\\d|60)';
/** §5.6.7: the form that senders use and the two old ones. */
const httpDate = new RegExp(
  [
    `^[A-Z][a-z]{2}, \\d\\d [A-Z][a-z]{2} \\d{4} ${time} GMT$`,
    `^[A-Z][a-z]{5,8}, \\d\\d-[A-Z][a-z]{2}-\\d\\d ${time} GMT$`,
    `^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \\d]\\d ${time} \\d{4}$`,
  ].join('|'),
);

/** Undefined for any other form, and for two dates. Not luxon, which is a ninth of serve's bundle. */
function instantOf(date: string | null): number | undefined {
  if (date === null || !httpDate.test(date)) return undefined;
  const instant = Date.parse(date.endsWith('GMT') ? date : `${date} GMT`);
  // In all three forms the day comes first; of the 31st of a shorter month another is made.
  const day = Number(/\d+/.exec(date)![0]);
  return new Date(instant).getUTCDate() === day ? instant : undefined;
}

/** By whole seconds, as dates on the wire are. */
function isAfter(modified: number | undefined, date: number | undefined): boolean {
  if (modified === undefined || date === undefined) return false;
  return Math.floor(modified / 1000) > Math.floor(date / 1000);
}
