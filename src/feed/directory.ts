import type { Site } from '../site.ts';
import { catalogue } from './catalogue.ts';
import type { Directory } from './listing.ts';
import { opml } from './opml.ts';
import { directoryPage } from './page-directory.ts';

const renderers = { opml, json: catalogue, html: directoryPage };

/** The list of all feeds: for readers to import, for programs, for people. */
export function renderDirectory(
  kind: 'opml' | 'json' | 'html',
  directory: Directory,
  site: Site,
): string {
  return renderers[kind](directory, site);
}
