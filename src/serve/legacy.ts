import { type Format, formats, type Selection, site as siteSelection, term } from '../keys.ts';
import { slug } from '../post/term.ts';
import { type legacyPresets, type Site, taxonomiesOf, taxonomyFor } from '../site.ts';

/** The feed that an address of another tool stood for. */
export interface OldFeed {
  selection: Selection;
  format: Format;
}

type Row = readonly [path: string, format: Format];

/**
 * Where the tools have their feeds. In a path `:tags` is a segment that names a term, `*categories`
 * one or more of which the last does, `:taxonomy` a segment that names a taxonomy of the site,
 * `(a|b)` a choice, and `(/a)?` may be absent. A slash at the end may be there or not.
 */
export const presets: Readonly<Record<(typeof legacyPresets)[number], readonly Row[]>> = {
  // https://developer.wordpress.org/advanced-administration/wordpress/feeds/, WP_Rewrite::generate_rewrite_rules()
  wordpress: [
    ['(/feed)?/(rss2|rss|rdf)', 'rss'],
    ['/feed(/feed)?', 'rss'],
    ['(/feed)?/atom', 'atom'],
    ['/feed/json', 'json'],
    ['/wp-(rss2|rss|rdf|feed).php', 'rss'],
    ['/wp-atom.php', 'atom'],
    ['/category/*categories/feed(/(feed|rss2|rss|rdf))?', 'rss'],
    ['/category/*categories/(rss2|rss|rdf)', 'rss'],
    ['/category/*categories(/feed)?/atom', 'atom'],
    ['/category/*categories/feed/json', 'json'],
    ['/tag/:tags/feed(/(feed|rss2|rss|rdf))?', 'rss'],
    ['/tag/:tags/(rss2|rss|rdf)', 'rss'],
    ['/tag/:tags(/feed)?/atom', 'atom'],
    ['/tag/:tags/feed/json', 'json'],
    ['/author/:authors/feed(/(feed|rss2|rss|rdf))?', 'rss'],
    ['/author/:authors/(rss2|rss|rdf)', 'rss'],
    ['/author/:authors(/feed)?/atom', 'atom'],
    ['/author/:authors/feed/json', 'json'],
  ],
  // https://github.com/jekyll/jekyll-feed
  jekyll: [
    ['/feed.xml', 'atom'],
    ['/atom.xml', 'atom'],
    ['/feed/by_tag/:tags.xml', 'atom'],
    ['/feed/:categories.xml', 'atom'],
  ],
  // https://gohugo.io/templates/rss/; sections of these names hold a blog's posts.
  hugo: [
    ['/index.xml', 'rss'],
    ['/(post|posts|blog)/index.xml', 'rss'],
    ['/:taxonomy/:term/index.xml', 'rss'],
  ],
  // https://docs.ghost.org/themes/routing
  ghost: [
    ['/rss', 'rss'],
    ['/tag/:tags/rss', 'rss'],
    ['/author/:authors/rss', 'rss'],
  ],
  // https://github.com/hexojs/hexo-generator-feed
  hexo: [
    ['/atom.xml', 'atom'],
    ['/rss2.xml', 'rss'],
  ],
};

/** The feed that a decoded path, with its query, was for one of the site's presets; `none` for a feed there never is. */
export function oldFeed(
  path: string,
  query: URLSearchParams,
  site: Site,
): OldFeed | 'none' | undefined {
  for (const preset of site.legacy) {
    const asked = preset === 'wordpress' ? byQuery(path, query, site) : undefined;
    if (asked) return asked;
    for (const { pattern, format } of compiled[preset as keyof typeof compiled]) {
      const found = pattern.exec(path);
      const selection = found && selectionOf(found.groups ?? {}, site);
      if (selection) return { selection, format };
    }
  }
  return undefined;
}

const compiled = Object.fromEntries(
  Object.entries(presets).map(([preset, rows]) => [
    preset,
    rows.map(([path, format]) => ({ pattern: patternOf(path), format })),
  ]),
) as Record<keyof typeof presets, { pattern: RegExp; format: Format }[]>;

function patternOf(path: string): RegExp {
  const source = path
    .replaceAll('.', '\\.')
    .replaceAll('(', '(?:')
    .replace(/\*(\w+)/g, '(?:[^/]+/){0,9}?(?<$1>[^/]+)')
    .replace(/(?<!\?):(\w+)/g, '(?<$1>[^/]+)');
  return new RegExp(`^${source}/?$`);
}

/** What the named segments of a path name; undefined if it is no taxonomy of the site. */
function selectionOf(named: Record<string, string>, site: Site): Selection | undefined {
  const { taxonomy, term: word, ...usual } = named;
  if (taxonomy !== undefined)
    return taxonomiesOf(site).includes(taxonomy) ? term(taxonomy, slug(word!)) : undefined;
  const [field, name] = Object.entries(usual)[0] ?? [];
  return field ? term(taxonomyFor(field, site), slug(name!)) : siteSelection;
}

// What a query of WordPress chooses posts by, beside the three that name a term.
const others =
  /^(p|s|m|w|cat|tag_id|author|page_id|attachment_id|year|monthnum|day|name|withcomments)$/;

const queriedPage = patternOf('(/index.php)?(/category/*categories|/tag/:tags|/author/:authors)?');

/** WordPress's `/?feed=atom&tag=x`, also on the page of a term: `/tag/x/?feed=rss2`. */
function byQuery(path: string, query: URLSearchParams, site: Site): OldFeed | 'none' | undefined {
  const type = query.get('feed');
  if (!type) return undefined;
  const format = queryFormats[type];
  const page = queriedPage.exec(path);
  if (!page) return undefined;
  const terms = Object.entries({
    categories: page.groups?.['categories'] ?? query.get('category_name')?.split('/').at(-1),
    tags: page.groups?.['tags'] ?? query.get('tag'),
    authors: page.groups?.['authors'] ?? query.get('author_name'),
  }).filter(([, name]) => name);
  // Feeds of comments, of searches, of numbers that only WordPress's database can tell.
  const isOther = [...query].some(([name, value]) => value && others.test(name));
  if (!format || isOther || terms.length > 1) return 'none';
  return {
    selection: selectionOf(Object.fromEntries(terms) as Record<string, string>, site)!,
    format,
  };
}

const queryFormats: Record<string, Format> = Object.assign(Object.create(null), {
  ...Object.fromEntries(['feed', 'rss', 'rss2', 'rdf'].map((type) => [type, formats[0]])),
  atom: 'atom',
  json: 'json',
});
