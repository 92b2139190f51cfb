import { type ReadDate, readDate } from './dates.ts';

/** What a post's key tells of it: where it stands, its name, and a date in either. */
export interface FileName {
  /** Key without extension, without `/index`. */
  path: string;
  folders: string[];
  /** Last part of the path, without a date before it: `hello` of `_posts/2024-03-09-hello.md`. */
  slug: string;
  /** Last part of the path with its date. */
  base: string;
  /** `.md`, or empty. */
  extension: string;
}

/** Takes a key apart; `posts/hello/index.md` is named `hello`, as its folder is. */
export function fileName(key: string): FileName {
  const extension = /\.[A-Za-z0-9]{1,8}$/.exec(key)?.[0] ?? '';
  const path = key.slice(0, key.length - extension.length).replace(/(?<=[^/])\/_?index$/i, '');
  const folders = path.split('/');
  const base = folders.pop()!;
  return { path, folders, base, slug: base.replace(datePrefix, '') || base, extension };
}

const datePrefix = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[-_ ]+|$)/;

/** True if the name begins like a date, which may yet be none. */
export function looksDated({ base }: FileName): boolean {
  return datePrefix.test(base);
}

/** The date in a file's name (`2024-03-09-hello`), else in its folders (`2024/03/09/hello`). */
export function dateOfName({ base, folders }: FileName, zone: string): ReadDate | undefined {
  const named = datePrefix.exec(base);
  if (named) return readDate(named.slice(1, 4).join('-'), zone);
  const path = /(?:^|\/)(\d{4})[/-](\d{2})[/-](\d{2})(?=$|[/_-])/.exec([...folders, ''].join('/'));
  return path ? readDate(path.slice(1, 4).join('-'), zone) : undefined;
}

/** `2024-03-09-hello_world` as a title: `Hello world`. */
export function inWords({ slug }: FileName): string {
  const words = slug.replace(/[-_\s]+/g, ' ').trim();
  const [first = ''] = words;
  return first.toUpperCase() + words.slice(first.length);
}
