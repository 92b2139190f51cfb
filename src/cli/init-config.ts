import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CORE_SCHEMA, loadAll, mergeTag } from 'js-yaml';
import { parse as parseToml } from 'smol-toml';

/** A blog's configuration as data, whatever it is written in; strangers' files, so nothing is taken for granted. */

export type Data = Record<string, unknown>;

export interface Config {
  /** Names of the files it was read from, relative to the blog. */
  file: string;
  data: Data;
}

/** A configuration is there, and is not what its name says: it is named, and the search goes on. */
export class UnreadableConfig extends Error {
  override readonly name = 'UnreadableConfig';
}

/** The text of a blog's file; undefined if there is no such file. */
export async function readText(root: string, file: string): Promise<string | undefined> {
  try {
    const text = await readFile(join(root, file), 'utf8');
    return text.replace(/^\ufeff/, '');
  } catch {
    return undefined;
  }
}

/** The first of these files that is there, as data; throws UnreadableConfig. */
export async function readConfig(root: string, files: string[]): Promise<Config | undefined> {
  for (const file of files) {
    const text = await readText(root, file);
    if (text !== undefined) return { file, data: dataOf(parse(file, text)) };
  }
  return undefined;
}

function parse(file: string, text: string): unknown {
  try {
    if (file.endsWith('.toml')) return parseToml(text);
    if (file.endsWith('.json')) return JSON.parse(text);
    // The first document: some files have a `---` at their end as well.
    return loadAll(text, {
      json: true,
      maxAliases: 100,
      schema: CORE_SCHEMA.withTags(mergeTag),
    })[0];
  } catch (error) {
    const [why] = String((error as Error).message).split('\n');
    throw new UnreadableConfig(`${file} cannot be read: ${why}`, { cause: error });
  }
}

/** The map that a value is; an empty one if it is none. */
export function dataOf(value: unknown): Data {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as Data)
    : {};
}

/** The value at a path (`params.description`). */
export function valueAt(data: Data, path: string): unknown {
  let value: unknown = data;
  for (const key of path.split('.')) {
    const map = dataOf(value);
    value = Object.hasOwn(map, key) ? map[key] : undefined;
  }
  return value;
}

/** Text on one line; undefined if there is none. */
export function textOf(value: unknown): string | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string') return undefined;
  return text.replace(/\s+/g, ' ').trim() || undefined;
}

/** The same data with its keys in small letters, for tools to which `baseURL` and `baseurl` are one. */
export function lowerKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lowerKeys);
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key.toLowerCase(), lowerKeys(one)]),
  );
}
