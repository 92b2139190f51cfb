import type { ListOptions } from './store.ts';

/** One name in a folder; a folder's name ends in `/`, as it does within a key. */
export type Child = string;

/**
 * The keys under a prefix in the byte order of their UTF-8, as S3 lists them, walked in a tree of
 * folders: only folders that can hold such a key are read. Because a folder's name carries its
 * `/`, the order of names in each folder gives the order of whole keys (`a-b` before `a/b`).
 */
export async function* walk(
  children: (folder: string) => Child[] | Promise<Child[]>,
  prefix: string,
  after = '',
): AsyncGenerator<string> {
  const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  yield* descend(folder);

  async function* descend(from: string): AsyncGenerator<string> {
    const names = await children(from);
    for (let at = startOf(names, from, after); at < names.length; at++) {
      const name = names[at]!;
      const key = from + name;
      if (!key.startsWith(prefix)) continue;
      if (name.endsWith('/')) {
        if (after === '' || after.startsWith(key) || byteOrder(key, after) > 0) yield* descend(key);
      } else if (after === '' || byteOrder(key, after) > 0) yield key;
    }
  }
}

/** By halves, for there may be many: the last name before `after`, which may be the folder that it is in. */
function startOf(names: readonly Child[], from: string, after: string): number {
  let [low, high] = [0, after === '' ? 0 : names.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (byteOrder(from + names[middle]!, after) > 0) high = middle;
    else low = middle + 1;
  }
  return Math.max(0, low - 1);
}

/** The first `limit` of what `walk` gives, and whether there were more. */
export async function page(
  keys: AsyncGenerator<string>,
  { limit = 1000 }: ListOptions,
): Promise<{ keys: string[]; more: boolean }> {
  const found: string[] = [];
  for await (const key of keys) {
    if (found.length === limit) return { keys: found, more: true };
    found.push(key);
  }
  return { keys: found, more: false };
}

/**
 * Orders strings by the bytes of their UTF-8. JavaScript's `<` orders by UTF-16 units, which puts
 * the surrogates of an emoji before U+E000 to U+FFFF, where UTF-8 and S3 put them after.
 */
export function byteOrder(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left !== right) return above(left) - above(right);
  }
  return a.length - b.length;
}

/** A UTF-16 unit's place in UTF-8 order: surrogates after all else. */
function above(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
