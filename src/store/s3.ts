import type { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { NotFound, TooLarge } from '../errors.ts';
import { contentType, safe } from '../keys.ts';
import { ours, type Request } from './s3-errors.ts';
import { sendList } from './s3-list.ts';
import { turns } from './s3-turns.ts';
import {
  type Body,
  bytesOf,
  type Condition,
  type Head,
  type Listing,
  type ListOptions,
  type ObjectHeaders,
  type Store,
  type Stored,
  type Written,
} from './store.ts';

/** Calls that one store makes at once. */
const width = 64;

/**
 * A store in an S3 bucket, or under a prefix of one: AWS's S3, or any server that keeps to its
 * protocol with conditional writes. No error of the SDK escapes, and no call outlasts `patience`.
 * Calls are repeated by the SDK; what a repeated conditional put means is in
 * docs/decisions/0004-s3-store.md: a success is always our own, a `Conflict` may be.
 */
export class S3Store implements Store {
  readonly #options: Required<S3StoreOptions>;
  readonly #inTurn = turns(width);
  /** Whether the bucket is known to be there. */
  #isFound = false;

  constructor(options: S3StoreOptions) {
    const defaults = { prefix: '', largest: 64 * 2 ** 20, patience: 10_000 };
    this.#options = { ...defaults, ...options };
  }

  async get(key: string): Promise<Stored> {
    const at = this.#at(key);
    return this.#ask({ verb: 'read', ...at }, async (until) => {
      const reply = await this.#open(at, until);
      // The SDK repeats a request, but not the reading of its reply.
      return whole(reply).catch(async () => whole(await this.#open(at, until)));
    });
  }

  async head(key: string): Promise<Head> {
    const at = this.#at(key);
    try {
      return await this.#ask({ verb: 'read', ...at }, async (until) =>
        headOf(await this.#options.client.send(new HeadObjectCommand(addressOf(at)), until)),
      );
    } catch (error) {
      // A reply to HEAD has no body that tells whether key or bucket is missing; one to a list has.
      if (error instanceof NotFound && !this.#isFound) await this.list(key, { limit: 1 });
      throw error;
    }
  }

  async put(
    key: string,
    body: Body,
    condition?: Condition,
    { cacheControl, contentEncoding }: ObjectHeaders = {},
  ): Promise<Written> {
    const at = this.#at(key);
    const bytes = bytesOf(body);
    const command = new PutObjectCommand({
      ...addressOf(at),
      Body: bytes,
      ContentLength: bytes.length,
      ContentType: contentType(key),
      ...(cacheControl === undefined ? {} : { CacheControl: cacheControl }),
      ...(contentEncoding === undefined ? {} : { ContentEncoding: contentEncoding }),
      ...headerOf(condition),
    });
    const isConditional = condition !== undefined;
    return this.#ask({ verb: 'write', isConditional, ...at }, async (until) => {
      const { ETag } = await this.#options.client.send(command, until);
      return { etag: unquoted(ETag!) };
    });
  }

  async delete(key: string): Promise<void> {
    const at = this.#at(key);
    await this.#ask({ verb: 'delete', ...at }, (until) =>
      this.#options.client.send(new DeleteObjectCommand(addressOf(at)), until),
    );
  }

  async list(prefix: string, { after, limit = 1000 }: ListOptions = {}): Promise<Listing> {
    const { client, bucket, prefix: own } = this.#options;
    const input = {
      Bucket: bucket,
      Prefix: own + prefix,
      MaxKeys: limit,
      ...(after === undefined ? {} : { StartAfter: own + after }),
    };
    return this.#ask({ verb: 'list', bucket, key: own + prefix }, async (until) => {
      const { objects, more } = await sendList(client, input, until);
      return { objects: objects.map((one) => ({ ...one, key: one.key.slice(own.length) })), more };
    });
  }

  /** An object of which no more than the head is read yet. */
  async #open(at: Address, until: Until): Promise<GetObjectCommandOutput> {
    const { client, largest } = this.#options;
    const reply = await client.send(new GetObjectCommand(addressOf(at)), until);
    const size = reply.ContentLength ?? 0;
    if (size <= largest) return reply;
    (reply.Body as Readable).destroy();
    throw new TooLarge(`s3://${at.bucket}/${at.key} is ${size} bytes; at most ${largest} are read`);
  }

  /** Makes a call and its repeats within `patience`, and its errors ours. */
  #ask<T>(request: Request, call: (until: Until) => Promise<T>): Promise<T> {
    const { patience } = this.#options;
    return this.#inTurn(async () => {
      const abortSignal = AbortSignal.timeout(patience);
      try {
        const reply = await call({ abortSignal });
        this.#isFound = true;
        return reply;
      } catch (error) {
        const cause = abortSignal.aborted
          ? new Error(`no answer within ${patience} ms`, { cause: error })
          : error;
        throw ours(cause, request);
      }
    });
  }

  #at(key: string): Address {
    if (!safe(key)) throw new NotFound(`${JSON.stringify(key)} is not a key`);
    return { bucket: this.#options.bucket, key: this.#options.prefix + key };
  }
}

export interface S3StoreOptions {
  /** As `s3Client` makes them: its time-outs and repeats are part of what the store promises. */
  client: S3Client;
  bucket: string;
  /** Put before every key; ends in `/` if it is a folder's name. */
  prefix?: string;
  /** Bytes of the largest object that `get` reads (64 MiB). */
  largest?: number;
  /** Milliseconds that one call may take, with its repeats (10,000). */
  patience?: number;
}

/**
 * A client that repeats what may yet succeed (503 SlowDown, 500, time-outs, broken connections;
 * at most five tries, waits growing and at random) and hangs on nothing. Region and credentials
 * are found as every AWS tool finds them, unless given; an `endpoint` is that of another server.
 */
export function s3Client(config: S3ClientConfig = {}): S3Client {
  const client = new S3Client({
    maxAttempts: 5,
    retryMode: 'standard',
    requestHandler: {
      connectionTimeout: 2000,
      // Without a byte in either direction: a long upload over a slow line is no fault.
      socketTimeout: 3000,
      // Posts, state and feeds may share one client.
      httpAgent: { maxSockets: 4 * width },
      httpsAgent: { maxSockets: 4 * width },
    },
    // Other servers have no host name for each bucket.
    forcePathStyle: config.endpoint !== undefined,
    ...config,
  });
  // It copies each reply for a log that nobody keeps, a sixth of a call's processor time.
  client.middlewareStack.remove('loggerMiddleware');
  return client;
}

interface Until {
  abortSignal: AbortSignal;
}

interface Address {
  bucket: string;
  key: string;
}

function addressOf({ bucket, key }: Address) {
  return { Bucket: bucket, Key: key };
}

async function whole(reply: GetObjectCommandOutput): Promise<Stored> {
  const body = await reply.Body!.transformToByteArray();
  return { ...headOf(reply), size: body.length, body };
}

function headOf(reply: HeadObjectCommandOutput | GetObjectCommandOutput): Head {
  const { CacheControl, ContentEncoding } = reply;
  return {
    etag: unquoted(reply.ETag!),
    size: reply.ContentLength ?? 0,
    modified: reply.LastModified!.getTime(),
    headers: {
      ...(CacheControl && { cacheControl: CacheControl }),
      ...(ContentEncoding && { contentEncoding: ContentEncoding }),
    },
  };
}

/** Ceph takes If-Match without quotes only, AWS with or without. */
function headerOf(condition: Condition | undefined): { IfNoneMatch?: '*'; IfMatch?: string } {
  if (!condition) return {};
  return 'create' in condition ? { IfNoneMatch: '*' } : { IfMatch: condition.update };
}

function unquoted(etag: string): string {
  return etag.replace(/^"|"$/g, '');
}
