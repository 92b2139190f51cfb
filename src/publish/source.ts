import { InvalidPost, TooLarge } from '../errors.ts';
import { readSource } from '../post/front-matter.ts';
import type { Source } from '../post/post.ts';
import type { Site } from '../site.ts';
import { getIfThere, type Store, type Stored } from '../store/store.ts';

/** The post with this key; without its bytes where the store will not read so many. */
export async function getPost(posts: Store, key: string): Promise<Stored | undefined> {
  try {
    return await getIfThere(posts, key);
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error;
    return { ...(await posts.head(key)), body: new Uint8Array() };
  }
}

const sources = new WeakMap<Uint8Array, Source>();

/** Reads a post, once for each time that it was got from its store. Throws `InvalidPost`. */
export function sourceOf(key: string, { body, size }: Stored, { limits }: Site): Source {
  if (size > body.length)
    throw new InvalidPost(
      `the file has ${Math.round(size / 2 ** 20)} MB, far more than a post may have`,
      'Move pictures and data out of the post.',
    );
  const known = sources.get(body);
  if (known?.key === key) return known;
  const source = readSource(key, body, limits);
  sources.set(body, source);
  return source;
}
