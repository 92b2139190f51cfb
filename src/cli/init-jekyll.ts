import {
  type Config,
  type Data,
  dataOf,
  readConfig,
  readText,
  textOf,
  valueAt,
} from './init-config.ts';
import { feedTemplates } from './init-feeds.ts';
import {
  address,
  entriesFrom,
  type Found,
  iconFrom,
  languageFrom,
  movedFeeds,
  peopleFrom,
  peopleOf,
  permalinkFrom,
  rightsFrom,
  separatorFrom,
  slashed,
  type Tool,
  textFrom,
} from './init-found.ts';

/** Jekyll and Hexo, whose files bear the same name. */

export const hexo: Tool = {
  name: 'Hexo',
  preset: 'hexo',
  async read(root) {
    const config = await readConfig(root, ['_config.yml', '_config.yaml', '_config.json']);
    if (!config || !isHexo(config.data)) return undefined;
    const feed = dataOf(config.data['feed']);
    return {
      file: config.file,
      found: [
        ...address(config, 'url', 'root'),
        ...textFrom(config, 'title', 'title'),
        ...textFrom(config, 'description', 'description', 'subtitle'),
        ...languageFrom(config, 'language'),
        ...textFrom(config, 'timezone', 'timezone'),
        ...permalinkFrom(config, 'permalink'),
        ...iconFrom(config, 'feed.icon'),
        ...entriesFrom(config, 'feed.limit'),
        ...textFrom(config, 'hubs', 'feed.hub'),
        ...movedFeeds(config, 'feed.path', feed['type'] === 'rss2' ? 'rss' : 'atom'),
      ],
    };
  },
};

function isHexo(data: Data): boolean {
  const keys = [
    'new_post_name',
    'skip_render',
    'public_dir',
    'post_asset_folder',
    'default_layout',
  ];
  return keys.some((key) => key in data);
}

export const jekyll: Tool = {
  name: 'Jekyll',
  preset: 'jekyll',
  async read(root) {
    const config = await readConfig(root, ['_config.yml', '_config.yaml', '_config.toml']);
    if (!config) return undefined;
    const authors = await readConfig(root, [
      '_data/authors.yml',
      '_data/authors.yaml',
      '_data/authors.json',
    ]);
    const summaryOnly = valueAt(config.data, 'feed.excerpt_only') === true;
    const from = `${config.file}: feed.excerpt_only`;
    return {
      file: config.file,
      found: [
        ...address(config, 'url', 'baseurl'),
        ...(await domain(root)),
        ...textFrom(config, 'title', 'title', 'name'),
        ...textFrom(config, 'description', 'description', 'tagline', 'subtitle'),
        ...languageFrom(config, 'lang', 'language', 'locale'),
        ...textFrom(config, 'timezone', 'timezone'),
        ...iconFrom(config, 'feed.icon', 'feed.logo', 'logo'),
        ...rightsFrom(config, 'copyright'),
        ...jekyllPermalink(config),
        ...(authors ? [{ key: 'authors', value: peopleOf(authors.data), from: authors.file }] : []),
        ...peopleFrom(config, 'authors', 'author'),
        ...entriesFrom(config, 'feed.posts_limit'),
        ...(summaryOnly ? [{ key: 'content', value: 'summary', from }] : []),
        ...separatorFrom(config, 'excerpt_separator'),
        ...movedFeeds(config, 'feed.path', 'atom'),
        ...(await feedTemplates(root)),
      ],
    };
  },
};

/** The posts' own pattern, which stands in one of three places. */
function jekyllPermalink(config: Config): Found[] {
  const defaults = config.data['defaults'];
  const scopes = Array.isArray(defaults) ? defaults.map(dataOf) : [];
  const ofPosts = scopes.find(
    (scope) =>
      valueAt(scope, 'scope.type') === 'posts' && textOf(valueAt(scope, 'values.permalink')),
  );
  if (ofPosts) {
    const value = slashed(textOf(valueAt(ofPosts, 'values.permalink')));
    return [{ key: 'permalink', value, from: `${config.file}: defaults` }];
  }
  return permalinkFrom(config, 'collections.posts.permalink', 'permalink');
}

/** A blog on GitHub Pages has its domain here, and often nowhere else. */
async function domain(root: string): Promise<Found[]> {
  const host = textOf(await readText(root, 'CNAME'));
  return host ? [{ key: 'url', value: `https://${host}`, from: 'CNAME' }] : [];
}
