import { text } from 'node:stream/consumers';
import {
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { Listed, Listing } from './store.ts';

/**
 * Sends a request for a list and reads the reply here: the SDK takes some 15 ms of the processor
 * for 1,000 keys, ten times as long, and a feed's refresh waits for it. Errors are the SDK's.
 */
export async function sendList(
  client: S3Client,
  input: ListObjectsV2CommandInput,
  options: { abortSignal: AbortSignal },
): Promise<Listing> {
  // A key may hold characters that XML cannot.
  const command = new ListObjectsV2Command({ ...input, EncodingType: 'url' });
  let listing: Listing | undefined;
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const response = result.response as { statusCode: number; body: unknown };
      if (response.statusCode === 200) {
        listing = listingIn(await text(response.body as AsyncIterable<Uint8Array>));
        response.body = new Uint8Array();
      }
      return result;
    },
    // Innermost: before the SDK reads the reply.
    { step: 'deserialize', priority: 'low', name: 'sendList' },
  );
  await client.send(command, options);
  return listing!;
}

/** A reply as AWS, Ceph and other servers write it: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
export function listingIn(xml: string): Listing {
  const [head, ...contents] = xml.split('<Contents>');
  const objects = contents.map(
    (part): Listed => ({
      key: decoded(fieldOf(part, 'Key')),
      etag: fieldOf(part, 'ETag').replaceAll('"', ''),
    }),
  );
  if (!/<(\/ListBucketResult|ListBucketResult[^>]*\/)>\s*$/.test(xml))
    throw new Error(`the reply is no whole list: ${xml.slice(0, 200)}`);
  // Some write it before the objects, some after them.
  const ends = [head!, contents.at(-1) ?? ''];
  return { objects, more: ends.some((part) => part.includes('<IsTruncated>true<')) };
}

/** The text of the first element of this name. */
function fieldOf(xml: string, name: string): string {
  const begin = xml.indexOf(`<${name}>`) + name.length + 2;
  const end = xml.indexOf('<', begin);
  if (begin < name.length + 2 || end < 0)
    throw new Error(`there is no ${name} in the list's ${xml.slice(0, 200)}`);
  return unescaped(xml.slice(begin, end));
}

const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescaped(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (all, hex, decimal, name) => {
    if (name) return named[name] ?? all;
    return String.fromCodePoint(hex ? Number.parseInt(hex, 16) : Number(decimal));
  });
}

/** AWS writes a space as `+`, Ceph as `%20`; both write a plus as `%2B`. */
function decoded(key: string): string {
  return decodeURIComponent(key.replaceAll('+', ' '));
}
