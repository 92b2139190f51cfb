import { InvalidPost, NotFound } from '../errors.ts';
import { dialectOf } from '../post/dialect.ts';
import { readSource } from '../post/front-matter.ts';
import { linkOf } from '../post/permalink.ts';
import type { Reference } from '../post/post.ts';
import type { Resolved } from '../selection/record.ts';
import type { Site } from '../site.ts';
import type { Store } from '../store/store.ts';

/** Finds the link of each post that a post names: of the first candidate key that there is. */
export async function resolve(
  posts: Store,
  site: Site,
  references: readonly Reference[],
): Promise<Resolved[]> {
  return Promise.all(
    references.map(async ({ name, candidates }) => {
      for (const key of candidates) {
        const link = await linkBehind(posts, key, site);
        if (link !== null) return { name, candidates, link };
      }
      return { name, candidates, link: null };
    }),
  );
}

/** The link of the post with this key; null if there is none that can be read. */
export async function linkBehind(posts: Store, key: string, site: Site): Promise<string | null> {
  try {
    const source = readSource(key, (await posts.get(key)).body);
    return linkOf(source, dialectOf(source), site);
  } catch (error) {
    if (error instanceof NotFound || error instanceof InvalidPost) return null;
    throw error;
  }
}

/** True if both lists give the same links for the same names. */
export function sameLinks(a: readonly Resolved[], b: readonly Resolved[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ name, link }, at) => name === b[at]?.name && link === b[at]?.link)
  );
}
