import { policy } from '../feed/stylesheet.ts';
import { expressionOf, feedAt, olderIn, parseOlderKey, pathOf } from '../keys.ts';
import type { Site } from '../site.ts';
import { cacheControl, untoldCacheControl } from '../site-freshness.ts';

/** The headers that say how long an answer is good, what it belongs to, and what it may do. */

/**
 * For what is made from the index: the edge is told when a stored feed changes, and an entry may
 * change that stands in none.
 */
export function indexCacheControl(site: Site): string {
  return cacheControl({ ...site, invalidate: false });
}

/** For what the site file rules, old addresses: a changed rule changes no feed, so nobody tells the edge. */
export function ruleCacheControl(site: Site): string {
  return untoldCacheControl(site);
}

/** What an answer bears that may be another in a minute: an address without a feed gets one. */
export const brief = 'public, max-age=60';

/** WebSub §4: the topic exactly as the feed itself names it, and the hubs that are told of it. */
export function links(key: string, site: Site): string | undefined {
  if (!isFeed(key)) return undefined;
  const hubs = isStored(key) ? site.hubs : [];
  const self = `<${site.feeds}${pathOf(key)}>; rel="self"`;
  return [self, ...hubs.map((hub) => `<${hub}>; rel="hub"`)].join(', ');
}

/** True for feeds and older entries of them. */
export function isFeed(key: string): boolean {
  return feedAt(key) !== undefined || parseOlderKey(key) !== undefined;
}

/** False for what no store holds, built or not: older entries, and mixes. */
export function isStored(key: string): boolean {
  return olderIn(key) === undefined && expressionOf(key) === undefined;
}

/** For a 304, of which there are more than of all else: it has no type, and the reader knows its ETag. */
export const unchanged: Readonly<Record<string, string>> = { 'access-control-allow-origin': '*' };

/** For all other answers: readers in browsers may read them, and nobody guesses types. */
export const everywhere: Readonly<Record<string, string>> = {
  ...unchanged,
  // Fetch §3.3.3: the others that matter to readers may be read anyway.
  'access-control-expose-headers': 'ETag, Link, Retry-After',
  'x-content-type-options': 'nosniff',
};

/** For pages, which bear the same policy themselves, but for frames: those only a header can refuse. */
export const onPages: Readonly<Record<string, string>> = {
  'content-security-policy': `${policy}; frame-ancestors 'none'`,
  'referrer-policy': 'strict-origin-when-cross-origin',
};
