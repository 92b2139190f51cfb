import { error, type Scope, warning } from './report.ts';

/** Namespaces that feeds use → the prefix by which everyone, and this code, knows them. */
const known = new Map<string, string>(
  Object.entries({
    'http://www.w3.org/2005/Atom': 'atom',
    'http://www.w3.org/XML/1998/namespace': 'xml',
    'http://www.w3.org/1999/xhtml': 'xhtml',
    'http://www.w3.org/1998/Math/MathML': 'math',
    'http://www.w3.org/2000/svg': 'svg',
    'http://www.w3.org/1999/xlink': 'xlink',
    'http://www.w3.org/2007/app': 'app',
    'http://www.w3.org/1999/02/22-rdf-syntax-ns#': 'rdf',
    'http://www.w3.org/2000/01/rdf-schema#': 'rdfs',
    'http://www.w3.org/2003/01/geo/wgs84_pos#': 'geo',
    'http://www.georss.org/georss': 'georss',
    'http://www.opengis.net/gml': 'gml',
    'http://purl.org/dc/elements/1.1/': 'dc',
    'http://purl.org/dc/terms/': 'dcterms',
    'http://purl.org/rss/1.0/': 'rss1',
    'http://purl.org/rss/1.0/modules/content/': 'content',
    'http://purl.org/rss/1.0/modules/event/': 'ev',
    'http://purl.org/rss/1.0/modules/slash/': 'slash',
    'http://purl.org/rss/1.0/modules/syndication/': 'sy',
    'http://purl.org/rss/1.0/modules/taxonomy/': 'taxo',
    'http://purl.org/syndication/history/1.0': 'fh',
    'http://purl.org/syndication/thread/1.0': 'thr',
    'http://purl.org/atompub/tombstones/1.0': 'at',
    'http://www.itunes.com/dtds/podcast-1.0.dtd': 'itunes',
    'https://podcastindex.org/namespace/1.0': 'podcast',
    'https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md': 'podcast',
    'http://www.google.com/schemas/play-podcasts/1.0': 'googleplay',
    'http://www.rawvoice.com/rawvoiceRssModule/': 'rawvoice',
    'https://blubrry.com/developer/rawvoice-rss/': 'rawvoice',
    'http://www.spotify.com/ns/rss': 'spotify',
    'https://www.spotify.com/ns/rss': 'spotify',
    'http://podlove.org/simple-chapters': 'psc',
    'http://search.yahoo.com/mrss/': 'media',
    'http://wellformedweb.org/CommentAPI/': 'wfw',
    'http://webns.net/mvcb/': 'admin',
    'http://web.resource.org/cc/': 'cc',
    'http://cyber.law.harvard.edu/rss/creativeCommonsRssModule.html': 'creativeCommons',
    'http://backend.userland.com/creativeCommonsRssModule': 'creativeCommons',
    'http://backend.userland.com/blogChannelModule': 'blogChannel',
    'http://rssnamespace.org/feedburner/ext/1.0': 'feedburner',
    'http://madskills.com/public/xml/rss/module/trackback/': 'trackback',
    'http://www.microsoft.com/schemas/rss/core/2005': 'cf',
    'http://source.scripting.com/': 'source',
    'http://schemas.google.com/g/2005': 'gd',
    'http://schemas.google.com/blogger/2008': 'blogger',
    'http://base.google.com/ns/1.0': 'g',
    'http://a9.com/-/spec/opensearchrss/1.0/': 'openSearch',
    'http://a9.com/-/spec/opensearch/1.1/': 'opensearch',
    'http://activitystrea.ms/spec/1.0/': 'activity',
    'http://portablecontacts.net/spec/1.0': 'poco',
    'http://ostatus.org/schema/1.0': 'ostatus',
    'com-wordpress:feed-additions:1': 'wpfa',
    'http://www.opml.org/spec2': 'opml',
    'http://xmlns.com/foaf/0.1/': 'foaf',
    'http://www.youtube.com/xml/schemas/2015': 'yt',
    'http://webfeeds.org/rss/1.0': 'webfeeds',
    'http://www.discourse.org/': 'discourse',
    'http://joinmastodon.org/ns#': 'mastodon',
  }),
);

/** Prefixes so settled that binding them to another namespace is surely a slip. */
const reserved = new Set(
  'atom content creativeCommons dc dcterms feedburner fh geo georss itunes media podcast slash sy thr wfw'.split(
    ' ',
  ),
);

/** RSS 2.0 has no namespace, but some feeds give it one of these. */
const rss = new Set(['http://backend.userland.com/rss2', 'http://blogs.law.harvard.edu/tech/rss']);

export const atom = 'http://www.w3.org/2005/Atom';

/** Name by which rules know an element or attribute: `title`, `dc:creator`, `{urn:other}thing`. */
export function canonicalName(uri: string, local: string): string {
  if (uri === '' || rss.has(uri)) return local;
  const prefix = known.get(uri);
  return prefix ? `${prefix}:${local}` : `{${uri}}${local}`;
}

/** A prefix bound to a namespace, and where. */
export interface Binding {
  prefix: string;
  uri: string;
  offset: number;
}

/** Judges the namespaces that a document declares, each once. */
export function judgeNamespaces(bindings: readonly Binding[], scope: Scope): void {
  const seen = new Set<string>();
  for (const { prefix, uri, offset } of bindings) {
    if (seen.has(`${prefix} ${uri}`) || uri === '') continue;
    seen.add(`${prefix} ${uri}`);
    scope.note(binding(prefix, uri, scope.spec), offset, 'Namespaces in XML §2');
  }
}

function binding(prefix: string, uri: string, spec: string) {
  if (spec === 'RFC 4287' && uri === atom && prefix !== '') {
    return warning(
      'AvoidNamespacePrefix',
      `xmlns:${prefix}: some readers do not understand a prefix on Atom's elements; write xmlns`,
    );
  }
  if (known.has(uri) || rss.has(uri)) return undefined;
  const meant = reserved.has(prefix) ? expected(prefix) : undefined;
  if (prefix === 'media' && uri === 'http://search.yahoo.com/mrss') {
    return warning('MediaRssNamespace', `the namespace of Media RSS ends with a slash: ${meant}`);
  }
  if (meant) {
    return warning(
      'ReservedPrefix',
      `xmlns:${prefix}="${uri}": readers know this prefix as ${meant}`,
    );
  }
  if (/\s/.test(uri)) return error('InvalidNamespace', `"${uri}" is not a URI`);
  const shown = prefix === '' ? 'xmlns' : `xmlns:${prefix}`;
  return warning(
    'UnknownNamespace',
    `${shown}="${uri}": not known here, so its elements are not judged`,
  );
}

function expected(prefix: string): string {
  for (const [uri, name] of known) if (name === prefix) return uri;
  return '';
}
