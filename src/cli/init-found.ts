import { decodeHTML } from 'entities';
import { type Config, type Data, dataOf, textOf, valueAt } from './init-config.ts';

/** From a blog's configuration to the keys of a site file: one small reading each, that several tools share. */

/** What a blog's configuration says about one key of the site file. */
export interface Found {
  key: string;
  value: unknown;
  /** Where it stands: `_config.yml: title`. */
  from: string;
}

export interface Tool {
  name: string;
  /** What it is to `legacy`, if that has a preset of it. */
  preset?: string;
  /** Its findings in a folder, if that is the root of such a blog; `posts` is the folder of posts. */
  read(root: string, posts: string): Promise<Findings | undefined>;
}

export interface Findings {
  /** What was read, for the report. */
  file: string;
  found: Found[];
}

/** The texts at these paths, likeliest first, as what is found for a key; of a list its first. */
export function textFrom(config: Config, key: string, ...paths: string[]): Found[] {
  return paths.flatMap((path) => {
    const written = valueAt(config.data, path);
    const value = textOf(Array.isArray(written) ? written[0] : written);
    return value === undefined ? [] : [{ key, value, from: `${config.file}: ${path}` }];
  });
}

/** Person by id, from a map of them, or from a list whose members name themselves. */
export function peopleOf(value: unknown): Data {
  const listed: [unknown, unknown][] = Array.isArray(value)
    ? value.map((one) => [dataOf(one)['id'] ?? dataOf(one)['username'] ?? nameOf(one), one])
    : Object.entries(dataOf(value));
  const named = listed.flatMap(([id, one]) => {
    const key = textOf(id);
    return key === undefined ? [] : [[key, personOf(one, key)] as const];
  });
  return Object.fromEntries(named);
}

function personOf(value: unknown, id: string): unknown {
  const fields = dataOf(value);
  const email = textOf(fields['email'] ?? fields['mail'])?.replace(/^mailto:/, '');
  const uri = ['uri', 'url', 'website', 'web', 'site', 'link', 'home']
    .map((field) => textOf(fields[field]))
    .find((address) => /^https?:/.test(address ?? ''));
  const name = nameOf(value) ?? id;
  return email || uri ? { name, ...(email && { email }), ...(uri && { link: uri }) } : name;
}

/** The name of a person, written as text or as a map. */
export function nameOf(value: unknown): string | undefined {
  const fields = dataOf(value);
  return textOf(value) ?? textOf(fields['name'] ?? fields['display_name'] ?? fields['fullname']);
}
/** The blog's address, with the path that some tools keep apart. */
export function address(config: Config, path: string, basePath?: string): Found[] {
  const url = textOf(valueAt(config.data, path));
  if (url === undefined || url === '/') return [];
  const base = (basePath && textOf(valueAt(config.data, basePath)))?.replace(/^\/+|\/+$/g, '');
  const whole = url.replace(/\/+$/, '');
  if (!base || whole.endsWith(`/${base}`)) {
    return [{ key: 'url', value: whole, from: `${config.file}: ${path}` }];
  }
  return [{ key: 'url', value: `${whole}/${base}`, from: `${config.file}: ${path}, ${basePath}` }];
}

/** `en_US` and `en_US.UTF-8` are how some themes write `en-US`. */
export function languageFrom(config: Config, ...paths: string[]): Found[] {
  return textFrom(config, 'language', ...paths).map((found) => ({
    ...found,
    value: String(found.value).replace(/\..*$/, '').replaceAll('_', '-'),
  }));
}

export function permalinkFrom(config: Config, ...paths: string[]): Found[] {
  return textFrom(config, 'permalink', ...paths).map((found) => ({
    ...found,
    value: slashed(String(found.value)),
  }));
}

// `:year/:title/` is Hexo's way; a word without a token is one of Jekyll's styles.
export function slashed(pattern: string | undefined): string | undefined {
  return pattern?.includes(':') && !pattern.startsWith('/') ? `/${pattern}` : pattern;
}

/** Themes have it in Markdown or HTML, often with a link; feeds want text. */
export function rightsFrom(config: Config, ...paths: string[]): Found[] {
  return textFrom(config, 'rights', ...paths).map((found) => ({
    ...found,
    value: decodeHTML(
      String(found.value)
        .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .replace(/<[^>]*>/g, ''),
    ),
  }));
}

export function iconFrom(config: Config, ...paths: string[]): Found[] {
  return textFrom(config, 'icon', ...paths);
}

export function entriesFrom(config: Config, ...paths: string[]): Found[] {
  return textFrom(config, 'entries', ...paths)
    .map((found) => ({ ...found, value: Number(found.value) }))
    .filter(({ value }) => value > 0); // 0 and -1 mean all of them
}

export function separatorFrom(config: Config, path: string): Found[] {
  const known = ['<!--more-->', '<!-- more -->', '<!-- excerpt -->'];
  return textFrom(config, 'separator', path).filter(({ value }) => !known.includes(String(value)));
}

/** A feed's own address, where it is not one of those that the preset answers. */
export function movedFeeds(config: Config, path: string, format: string): Found[] {
  const written = valueAt(config.data, path);
  const paths = (Array.isArray(written) ? written : [written]).map(textOf);
  const own = paths.filter(
    (one) =>
      one !== undefined && !['feed.xml', 'atom.xml', 'rss2.xml'].includes(one.replace(/^\//, '')),
  );
  if (own.length === 0) return [];
  const value = Object.fromEntries(
    own.map((one) => [`/${one!.replace(/^\//, '')}`, `/feed.${format}`]),
  );
  return [{ key: 'moved', value, from: `${config.file}: ${path}` }];
}

/** People with more than a name: a post that names one by their name gets the rest. */
export function peopleFrom(config: Config, ...paths: string[]): Found[] {
  return paths.flatMap((path) => {
    const written = valueAt(config.data, path);
    if (written === null || typeof written !== 'object') return [];
    const name = nameOf(written);
    const people = peopleOf(name === undefined ? written : { [name]: written });
    const value = Object.fromEntries(
      Object.entries(people).filter(([id, person]) => person !== id),
    );
    return [{ key: 'authors', value, from: `${config.file}: ${path}` }];
  });
}
