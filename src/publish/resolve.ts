import { InvalidPost } from '../errors.ts';
import { linkOf } from '../post/permalink.ts';
import type { Reference } from '../post/post.ts';
import type { Resolved } from '../selection/record.ts';
import type { Site } from '../site.ts';
import type { Store, Stored } from '../store/store.ts';
import { getPost, sourceOf } from './source.ts';

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
        if (link !== null) return { name, candidates, post: key, link };
      }
      return { name, candidates, post: null, link: null };
    }),
  );
}

/** The link of the post with this key; null if there is none that can be read. */
export async function linkBehind(posts: Store, key: string, site: Site): Promise<string | null> {
  const post = await getPost(posts, key);
  if (!post) return null;
  const known = linksOf(site);
  const last = known.get(key);
  if (last?.etag === post.etag) return last.link;
  const link = linkIn(key, post, site);
  known.set(key, { etag: post.etag, link });
  return link;
}

function linkIn(key: string, post: Stored, site: Site): string | null {
  try {
    const { source, dialect } = sourceOf(key, post, site);
    return linkOf(source, dialect, site);
  } catch (error) {
    if (error instanceof InvalidPost) return null;
    throw error;
  }
}

/** Links found before under these settings: a series of posts links to each other again and again. */
const linksBySite = new WeakMap<Site, Map<string, { etag: string; link: string | null }>>();

function linksOf(site: Site): Map<string, { etag: string; link: string | null }> {
  const known = linksBySite.get(site) ?? new Map();
  linksBySite.set(site, known);
  return known;
}

/** True if both lists give the same links for the same names. */
export function sameLinks(a: readonly Resolved[], b: readonly Resolved[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ name, post, link }, at) => {
      const other = b[at];
      return name === other?.name && post === other.post && link === other.link;
    })
  );
}
