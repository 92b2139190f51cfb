import { basename, relative } from 'node:path';
import {
  type Config,
  type Data,
  dataOf,
  lowerKeys,
  readConfig,
  textOf,
  valueAt,
} from './init-config.ts';
import {
  address,
  entriesFrom,
  type Found,
  languageFrom,
  peopleFrom,
  peopleOf,
  permalinkFrom,
  rightsFrom,
  type Tool,
  textFrom,
} from './init-found.ts';

const hugoNames = ['toml', 'yaml', 'yml', 'json'];

export const hugo: Tool = {
  name: 'Hugo',
  preset: 'hugo',
  async read(root, posts) {
    const config = await readHugo(root);
    if (!config) return undefined;
    const own = `languages.${languageOf(config.data)}`;
    const authors = await readConfig(
      root,
      hugoNames.map((end) => `data/authors.${end}`),
    );
    return {
      file: config.file,
      found: [
        ...address(config, 'baseurl'),
        ...textFrom(config, 'title', `${own}.title`, 'title'),
        ...textFrom(
          config,
          'description',
          ...[`${own}.params.description`, `${own}.description`, 'params.description'],
          ...['description', 'params.subtitle', 'params.tagline'],
        ),
        ...languageFrom(
          config,
          ...[`${own}.languagecode`, `${own}.locale`, 'languagecode', 'locale'],
          'defaultcontentlanguage',
        ),
        ...textFrom(config, 'timezone', 'timezone'),
        ...rightsFrom(config, `${own}.copyright`, 'copyright', 'params.copyright'),
        ...hugoPermalink(config, relative(root, posts)),
        ...hugoTaxonomies(config),
        ...(authors ? [{ key: 'authors', value: peopleOf(authors.data), from: authors.file }] : []),
        ...peopleFrom(config, 'author', 'params.author', 'params.authors'),
        ...entriesFrom(config, 'services.rss.limit', 'rsslimit'),
      ],
    };
  },
};

/** One file, or a folder `config/_default` with a file for each table; Hugo's keys know no case. */
async function readHugo(root: string): Promise<Config | undefined> {
  const own = await readLower(root, 'hugo');
  if (own) return own;
  // Other programs have a `config.json` too.
  const known = ['baseurl', 'languagecode', 'theme', 'params', 'contentdir', 'permalinks', 'menu'];
  const old = await readLower(root, 'config');
  if (old && known.some((key) => key in old.data)) return old;
  return readFolder(root);
}

async function readFolder(root: string): Promise<Config | undefined> {
  const folder = 'config/_default';
  let seen = false;
  const read = async (name: string) => {
    const config = await readLower(root, `${folder}/${name}`);
    seen ||= config !== undefined;
    return config?.data ?? {};
  };
  const data = { ...(await read('config')), ...(await read('hugo')) };
  for (const table of ['params', 'languages', 'permalinks', 'taxonomies', 'services']) {
    data[table] = { ...dataOf(data[table]), ...(await read(table)) };
  }
  const language = languageOf(data);
  const own = {
    ...dataOf(valueAt(data, `languages.${language}`)),
    ...(await read(`languages.${language}`)),
  };
  data['languages'] = { ...dataOf(data['languages']), [language]: own };
  return seen ? { file: folder, data } : undefined;
}

async function readLower(root: string, name: string): Promise<Config | undefined> {
  const config = await readConfig(
    root,
    hugoNames.map((end) => `${name}.${end}`),
  );
  return config && { file: config.file, data: dataOf(lowerKeys(config.data)) };
}

function languageOf(data: Data): string {
  return (textOf(data['defaultcontentlanguage']) ?? 'en').toLowerCase();
}

/** The pattern of the section that the posts are in, else of one that is usually theirs. */
function hugoPermalink(config: Config, posts: string): Found[] {
  const [, section = basename(posts)] = /^content\/([^/]+)/.exec(posts) ?? [];
  const sections = [section, 'posts', 'post', 'blog', 'articles', 'news'];
  return permalinkFrom(
    config,
    ...sections.flatMap((name) => [`permalinks.page.${name}`, `permalinks.${name}`]),
  );
}

/** Posts name a taxonomy by its plural, `tags`; `authors` is there also where Hugo does not list it. */
function hugoTaxonomies(config: Config): Found[] {
  const own = valueAt(config.data, `languages.${languageOf(config.data)}.taxonomies`);
  const plurals = Object.values(dataOf(own ?? config.data['taxonomies'])).map(textOf);
  const names = plurals.filter((name) => name !== undefined);
  const usual = ['categories', 'tags', 'authors'];
  if (names.every((name) => usual.includes(name))) return [];
  const value = Object.fromEntries(
    [...new Set([...names, 'authors'])].map((name) => [
      name,
      name.toLowerCase().replace(/[\s_]+/g, '-'),
    ]),
  );
  return [{ key: 'taxonomies', value, from: `${config.file}: taxonomies` }];
}
