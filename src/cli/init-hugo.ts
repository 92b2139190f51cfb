import { basename, relative } from 'node:path';
import { type Config, dataOf, lowerKeys, readConfig, textOf } from './init-config.ts';
import {
  address,
  entriesFrom,
  type Found,
  languageFrom,
  peopleFrom,
  peopleOf,
  permalinkFrom,
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
    const { data } = config;
    const language = textOf(data['defaultcontentlanguage']) ?? 'en';
    const own = `languages.${language}`;
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
        ...textFrom(config, 'rights', `${own}.copyright`, 'copyright', 'params.copyright'),
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
  const main = await readConfig(
    root,
    hugoNames.map((end) => `hugo.${end}`),
  );
  const old =
    main ??
    (await readConfig(
      root,
      hugoNames.map((end) => `config.${end}`),
    ));
  const lowered = old && dataOf(lowerKeys(old.data));
  const known = ['baseurl', 'languagecode', 'theme', 'params', 'contentdir', 'permalinks', 'menu'];
  if (old && lowered && (main || known.some((key) => key in lowered))) {
    return { file: old.file, data: lowered };
  }
  return readHugoFolder(root);
}

async function readHugoFolder(root: string): Promise<Config | undefined> {
  const folder = 'config/_default';
  const files: string[] = [];
  const read = async (name: string) => {
    const config = await readConfig(
      root,
      hugoNames.map((end) => `${folder}/${name}.${end}`),
    );
    if (config) files.push(config.file);
    return dataOf(lowerKeys(config?.data ?? {}));
  };
  const data = { ...(await read('config')), ...(await read('hugo')) };
  for (const table of ['params', 'languages', 'permalinks', 'taxonomies', 'services']) {
    const own = await read(table);
    if (Object.keys(own).length > 0) data[table] = own;
  }
  return files.length > 0 ? { file: folder, data } : undefined;
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
  const plurals = Object.values(dataOf(config.data['taxonomies'])).map(textOf);
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
