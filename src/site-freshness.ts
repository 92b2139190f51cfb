import type { Site } from './site.ts';

/** How long an answer is good: `Cache-Control`, for who serves feeds and for who stores them. */

const day = 86_400;

/**
 * For feeds, pages and lists. Readers keep them for minutes; the edge for a day, for it is told
 * when they change. A reader would rather have an old feed than an error: RFC 5861.
 */
export function cacheControl(site: Site): string {
  const atEdge = site.invalidate ? day : site.freshness;
  return `public, max-age=${site.freshness}, s-maxage=${atEdge}, stale-while-revalidate=${site.freshness}, stale-if-error=${7 * day}`;
}

/** For what changes and no cache is told. */
export function untoldCacheControl(site: Site): string {
  return `public, max-age=${site.freshness}`;
}
