import type { Site } from '../site.ts';
import { type Directory, groupsOf, type Listed, siteFeed } from './listing.ts';
import { element, escaped, lines } from './xml.ts';

/**
 * The list of all feeds as OPML 2.0, for readers to import: the site's feed, then a folder for each
 * taxonomy. `xmlUrl` is the RSS feed, which every reader and podcast player takes.
 */
export function opml(directory: Directory, site: Site): string {
  const { newest } = directory.site;
  const head = lines([
    element('title', {}, escaped(site.title)),
    // No clock: the list is as new as its newest entry.
    ...(newest ? [element('dateModified', {}, new Date(newest).toUTCString())] : []),
    element('docs', {}, 'http://opml.org/spec2.opml'),
  ]);
  const body = lines([
    outline(siteFeed(directory, site), site),
    ...groupsOf(directory, site).map(({ taxonomy, feeds }) =>
      element('outline', { text: taxonomy }, `\n${lines(feeds.map((one) => outline(one, site)))}`),
    ),
  ]);
  return `<?xml version="1.0" encoding="utf-8"?>
<opml version="2.0">
<head>
${head}</head>
<body>
${body}</body>
</opml>
`;
}

function outline({ channel, row }: Listed, site: Site): string {
  return element('outline', {
    type: 'rss',
    text: channel.title,
    title: channel.title,
    xmlUrl: channel.self.rss,
    htmlUrl: channel.page,
    language: site.language,
    // OPML 2.0: comma-separated, slash-delimited.
    category: row && `/${row.taxonomy}/${row.slug}`,
    version: 'RSS2',
  });
}
