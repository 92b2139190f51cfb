/** Conditional requests, RFC 9110 §13: whether a reader's copy is still good. */

/** What a response says of the object it carries. */
export interface Validators {
  /** Quoted, as on the wire: `"0a1b"`. */
  etag: string;
  /** Epoch milliseconds. */
  modified: number;
}

/** True if the request's conditions call for 304. Malformed validators are as if not sent. */
export function isNotModified(headers: Headers, { etag, modified }: Validators): boolean {
  const none = headers.get('if-none-match');
  // RFC 9110 §13.2.2: If-Modified-Since counts only where If-None-Match is not sent.
  if (none !== null) return matches(none, etag);
  const since = headers.get('if-modified-since');
  if (since === null) return false;
  const instant = Date.parse(since);
  return !Number.isNaN(instant) && isHttpDate(since) && seconds(modified) <= seconds(instant);
}

/** RFC 9110 §13.1.2: a list of entity tags or `*`, by weak comparison (a CDN makes strong ones weak). */
function matches(list: string, etag: string): boolean {
  if (list.trim() === '*') return true;
  const tags = list.match(/(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g) ?? [];
  return tags.some((tag) => opaque(tag) === opaque(etag));
}

const opaque = (tag: string) => tag.replace(/^W\//, '');

/** RFC 9110 §5.6.7: the one form that senders use and the two old ones that recipients accept. */
function isHttpDate(text: string): boolean {
  return /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? .*\d\d:\d\d:\d\d/.test(text);
}

const seconds = (milliseconds: number) => Math.floor(milliseconds / 1000);
