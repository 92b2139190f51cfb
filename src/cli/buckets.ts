import { statSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { FilesystemStore } from '../store/filesystem.ts';
import type { S3StoreOptions } from '../store/s3.ts';
import type { Store } from '../store/store.ts';
import { BadArguments } from './bad-arguments.ts';

/** A location is a folder, or `s3://bucket` or `s3://bucket/prefix`. */

/** What a command that takes locations may be given. */
export interface BucketOptions {
  /** Address of an S3-compatible server; else AWS's, or what the environment says. */
  endpoint?: string;
}

export function isBucket(location: string): boolean {
  return location.startsWith('s3://');
}

/** The bucket and the prefix that a location names; the prefix ends in `/` or is empty. */
export function bucketOf(location: string): { bucket: string; prefix: string } {
  const match = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(location);
  if (!match)
    throw new BadArguments(`${location} is no bucket: write s3://bucket or s3://bucket/folder`);
  const folder = (match[2] ?? '').replace(/\/+$/, '');
  return { bucket: match[1]!, prefix: folder === '' ? '' : `${folder}/` };
}

/** The store at a location. The SDK is loaded for a bucket alone: a build of folders need not wait for it. */
export async function storeAt(location: string, options: BucketOptions): Promise<Store> {
  if (!isBucket(location)) {
    if (isFile(location)) throw new BadArguments(`${location} is a file; name a folder`);
    return new FilesystemStore(location);
  }
  const { bucket, prefix } = bucketOf(location);
  const { S3Store } = await import('../store/s3.ts');
  const client = await clientOf(options);
  return new S3Store({ client, bucket, prefix });
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    // Missing, or not to be entered: whoever reads or writes there says so.
    return false;
  }
}

const clients = new Map<string | undefined, S3StoreOptions['client']>();

async function clientOf(options: BucketOptions): Promise<S3StoreOptions['client']> {
  const { s3Client } = await import('../store/s3.ts');
  const { AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL } = process.env;
  const endpoint = options.endpoint ?? AWS_ENDPOINT_URL_S3 ?? AWS_ENDPOINT_URL;
  const region = process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'];
  // Another server asks for no region, but the signature has one.
  const other = endpoint === undefined ? {} : { endpoint, region: region ?? 'us-east-1' };
  const client = clients.get(endpoint) ?? s3Client(other);
  clients.set(endpoint, client);
  return client;
}

/** The time at a location, epoch milliseconds: of a bucket S3's, which all who work on it share. */
export async function clockAt(location: string, options: BucketOptions): Promise<() => number> {
  if (!isBucket(location)) return Date.now;
  const { s3Clock } = await import('../store/s3-clock.ts');
  return s3Clock(await clientOf(options), Date.now);
}

/** Posts or selections in work at once: on a bucket each waits most of the time for an answer. */
export function widthFor(...locations: (string | undefined)[]): number | undefined {
  return locations.some((one) => one !== undefined && isBucket(one)) ? 32 : undefined;
}

/** True if one location is the other or lies in it. */
export function isWithin(inner: string, outer: string): boolean {
  if (isBucket(inner) !== isBucket(outer)) return false;
  if (isBucket(inner)) {
    const [a, b] = [bucketOf(inner), bucketOf(outer)];
    return a.bucket === b.bucket && a.prefix.startsWith(b.prefix);
  }
  const between = relative(resolve(outer), resolve(inner));
  return between === '' || !(between.startsWith(`..${sep}`) || between === '..');
}

/**
 * The state is private and the output public: one must not lie in the other. In a bucket neither
 * may lie among the posts, for its pages would be read as posts.
 */
export function requireApart(
  posts: string,
  out: string | undefined,
  state: string | undefined,
): void {
  if (out !== undefined && state !== undefined) {
    if (isWithin(state, out))
      throw new BadArguments(
        `--state ${state} lies in --out ${out}, which readers can see: choose another place`,
      );
    if (isBucket(out) && isWithin(out, state))
      throw new BadArguments(`--out ${out} lies in --state ${state}: choose another place`);
  }
  for (const [option, place] of [
    ['--out', out],
    ['--state', state],
  ] as const)
    if (
      place !== undefined &&
      isBucket(place) &&
      (isWithin(place, posts) || isWithin(posts, place))
    )
      throw new BadArguments(
        `${option} ${place} and the posts, ${posts}, share a place: keep them apart`,
      );
}
