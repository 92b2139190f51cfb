import { InvalidPost } from '../errors.ts';
import { type Address, addressOf } from '../post/parse.ts';
import type { Reference } from '../post/post.ts';
import type { Resolved } from '../selection/record.ts';
import type { Site } from '../site.ts';
import type { Store, Stored } from '../store/store.ts';
import { getPost, sourceOf } from './source.ts';

/** Finds the link of each post that a post names: that of the first candidate key for which there is one. */
export async function resolve(
  references: readonly Reference[],
  linkOf: (key: string) => Promise<string | null>,
): Promise<Resolved[]> {
  return Promise.all(
    references.map(async ({ name, candidates }) => {
      for (const key of candidates) {
        const link = await linkOf(key);
        if (link !== null) return { name, candidates, post: key, link };
      }
      return { name, candidates, post: null, link: null };
    }),
  );
}

/**
 * The link of the post with this key; null if there is none that can be read, or it is not public
 * yet, epoch milliseconds.
 */
export async function linkBehind(
  posts: Store,
  key: string,
  site: Site,
  now: number,
): Promise<string | null> {
  const post = await getPost(posts, key);
  return post ? linkIn(key, post, site, now) : null;
}

/** The same of a post that was read. */
export function linkIn(key: string, post: Stored, site: Site, now: number): string | null {
  const known = addressesOf(site);
  const last = known.get(key);
  const address = last?.etag === post.etag ? last.address : addressIn(key, post, site);
  known.set(key, { etag: post.etag, address });
  return address && address.since <= now ? address.link : null;
}

function addressIn(key: string, post: Stored, site: Site): Address | null {
  try {
    return addressOf(sourceOf(key, post, site), site);
  } catch (error) {
    if (error instanceof InvalidPost) return null;
    throw error;
  }
}

type Addresses = Map<string, { etag: string; address: Address | null }>;

/** Addresses found before under these settings: a series of posts links to each other again and again. */
const addressesBySite = new WeakMap<Site, Addresses>();

function addressesOf(site: Site): Addresses {
  const known = addressesBySite.get(site) ?? new Map();
  addressesBySite.set(site, known);
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
