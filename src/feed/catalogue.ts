import type { Site } from '../site.ts';
import { type Directory, groupsOf, type Listed, siteFeed } from './listing.ts';
import { clean } from './xml.ts';

/**
 * The list of all feeds as JSON, for programs. `version` is that of this form:
 *
 *     { version: 1, title, home_page_url,
 *       feeds: [{ title, taxonomy, term, label, count, updated, page, rss, atom, json }] }
 *
 * The site's feed comes first, without `taxonomy`, `term` (the slug) and `label`. `count` is exact to
 * 999, and 1000 means that many or more; `updated` is the newest entry's date, absent when there is none.
 */
export function catalogue(directory: Directory, site: Site): string {
  const feeds = [siteFeed(directory, site), ...groupsOf(directory, site).flatMap((g) => g.feeds)];
  const head = { version: 1, title: clean(site.title), home_page_url: `${site.url}/` };
  const rows = feeds.map((one) => JSON.stringify(feedOf(one))).join(',\n');
  return `${JSON.stringify(head).slice(0, -1)},"feeds":[\n${rows}\n]}\n`;
}

function feedOf({ channel, row, count, newest }: Listed) {
  return {
    title: clean(channel.title),
    taxonomy: row?.taxonomy,
    term: row?.slug,
    label: row && clean(row.label),
    count: Math.min(count, 1000),
    updated: newest,
    page: channel.page,
    ...channel.self,
  };
}
