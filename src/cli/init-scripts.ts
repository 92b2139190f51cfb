import { type Config, type Data, readConfig, readText } from './init-config.ts';
import {
  address,
  type Found,
  languageFrom,
  peopleFrom,
  type Tool,
  textFrom,
} from './init-found.ts';

/** Astro and Eleventy, whose settings are JavaScript. */

export const eleventy: Tool = {
  name: 'Eleventy',
  async read(root) {
    const names = [
      '.eleventy.js',
      'eleventy.config.js',
      'eleventy.config.mjs',
      'eleventy.config.cjs',
    ];
    const scripts = await Promise.all(
      [...names, 'eleventy.config.ts'].map((name) => readText(root, name)),
    );
    if (scripts.every((script) => script === undefined)) return undefined;
    const folders = ['_data', 'src/_data', 'content/_data'];
    const files = folders.flatMap((folder) => [
      `${folder}/metadata`,
      `${folder}/site`,
      `${folder}/meta`,
    ]);
    const config =
      (await readConfig(
        root,
        files.map((file) => `${file}.json`),
      )) ??
      (await readLiterals(
        root,
        files.map((file) => `${file}.js`),
      ));
    return {
      file: config?.file ?? 'no _data/metadata.json',
      found: [
        ...(config ? literalFindings(config) : []),
        {
          key: 'moved',
          value: { '/feed/feed.xml': '/feed.atom' },
          from: 'Eleventy’s usual address',
        },
      ],
    };
  },
};

export const astro: Tool = {
  name: 'Astro',
  async read(root) {
    const ends = ['mjs', 'ts', 'js', 'cjs', 'mts'];
    const main = await readLiterals(
      root,
      ends.map((end) => `astro.config.${end}`),
    );
    if (!main) return undefined;
    const consts = await readLiterals(root, [
      'astro-paper.config.ts',
      'src/consts.ts',
      'src/consts.js',
      'src/config.ts',
      'src/site.config.ts',
    ]);
    return {
      file: consts ? `${main.file}, ${consts.file}` : main.file,
      found: [
        ...address(main, 'site', 'base'),
        ...(consts ? literalFindings(consts) : []),
        ...languageFrom(main, 'defaultLocale'),
        { key: 'moved', value: { '/rss.xml': '/feed.rss' }, from: 'Astro’s usual address' },
      ],
    };
  },
};

// `title: 'Mine'`, `export const SITE_TITLE: string = "Mine"`; a template with `${` is no plain string.
const literal =
  /(?<![\w.])["']?([A-Za-z_]\w*)["']?(?:\s*:\s*string)?\s*[:=]\s*(["'`])((?:\\.|(?!\2)[^\\\n$])*)\2/g;

/** A script's constants and properties whose values are plain strings; it is read as text, never run. */
async function readLiterals(root: string, files: string[]): Promise<Config | undefined> {
  for (const file of files) {
    const script = await readText(root, file);
    if (script === undefined) continue;
    // Comments go first, strings stay: `//` stands in both.
    const code = script.replace(
      /((["'`])(?:\\.|(?!\2)[^\\\n])*\2)|\/\*[\s\S]*?\*\/|\/\/.*/g,
      (_, string) => string ?? '',
    );
    const data: Data = {};
    for (const [, name, , value] of code.matchAll(literal)) {
      data[name!] ??= value!.replace(/\\(["'`\\])/g, '$1');
    }
    return { file, data };
  }
  return undefined;
}

function literalFindings(config: Config): Found[] {
  return [
    ...address(config, 'url'),
    ...address(config, 'website'),
    ...textFrom(config, 'title', 'SITE_TITLE', 'TITLE', 'title', 'name'),
    ...textFrom(config, 'description', 'SITE_DESCRIPTION', 'DESCRIPTION', 'description', 'desc'),
    ...languageFrom(config, 'language', 'lang', 'locale'),
    ...textFrom(config, 'timezone', 'timezone', 'timeZone'),
    ...peopleFrom(config, 'author'),
  ];
}
