import type { buildApp } from 'fauxqs';
import { byteOrder } from '../../../src/store/tree.ts';
import type { Reply, Request } from './front-door.ts';

/**
 * S3 on fauxqs, which keeps the objects, and what it lacks: conditional writes, lists in byte order
 * with encoded keys, and 403 in place of 404 for whoever may not list.
 */

export type App = ReturnType<typeof buildApp>;

interface Kept {
  etag: string;
  size: number;
  modified: Date;
}

interface Bucket {
  objects: Map<string, Kept>;
  /** Keys in byte order. */
  keys: string[];
}

/** A change that buckets tell of. */
export interface Change {
  bucket: string;
  key: string;
  kind: 'Created' | 'Removed';
  size: number;
  etag: string;
}

export interface S3Options {
  app: App;
  /** Whether the asker may; each call is noted. */
  allows(request: Request, action: string, resource: string): boolean;
  /** Told after each change, before it is acknowledged. */
  changed(change: Change): Promise<void>;
}

export const arnOf = (bucket: string, key?: string) =>
  `arn:aws:s3:::${bucket}${key === undefined ? '' : `/${key}`}`;

export function s3({ app, allows, changed }: S3Options) {
  const buckets = new Map<string, Bucket>();
  const writers = new Map<string, Promise<unknown>>();
  return { make, names: () => [...buckets.keys()], keys, read, put, remove, serve };

  async function make(bucket: string): Promise<void> {
    await inject('PUT', `/${bucket}`);
    buckets.set(bucket, { objects: new Map(), keys: [] });
  }

  function keys(bucket: string): string[] {
    return buckets.get(bucket)!.keys;
  }

  /** An object's bytes and headers. */
  async function read(bucket: string, key: string) {
    if (!buckets.get(bucket)?.objects.has(key)) return undefined;
    const { rawPayload, headers } = await inject('GET', pathOf(bucket, key));
    return { body: rawPayload, headers };
  }

  async function serve(request: Request): Promise<Reply> {
    const [, name = '', ...rest] = request.path.split('/');
    const bucket = buckets.get(name);
    if (!bucket) return refusal(404, 'NoSuchBucket', request);
    const key = decodeURIComponent(rest.join('/'));
    if (key === '') return list(request, name, bucket);
    const actions = {
      GET: 'GetObject',
      HEAD: 'GetObject',
      PUT: 'PutObject',
      DELETE: 'DeleteObject',
    };
    const action = actions[request.method as keyof typeof actions];
    if (!action) return refusal(501, 'NotImplemented', request);
    const isUpdate = request.headers['if-match'] !== undefined;
    const needed = [action, ...(isUpdate && action === 'PutObject' ? ['GetObject'] : [])];
    // All are noted, whether or not the first is refused.
    const may = needed.map((one) => allows(request, `s3:${one}`, arnOf(name, key)));
    if (may.includes(false)) return refusal(403, 'AccessDenied', request);
    if (request.method === 'PUT') return put(name, key, request.body, request.headers);
    if (request.method === 'DELETE') return remove(name, key);
    if (!bucket.objects.has(key)) {
      const mayList = allows(request, 's3:ListBucket', arnOf(name));
      return mayList ? refusal(404, 'NoSuchKey', request) : refusal(403, 'AccessDenied', request);
    }
    return passed(await inject(request.method, request.path, forwarded(request.headers)));
  }

  async function put(
    name: string,
    key: string,
    body: Buffer | string,
    headers: Request['headers'] = {},
  ): Promise<Reply> {
    return inTurn(`${name}/${key}`, async () => {
      const bucket = buckets.get(name)!;
      const held = bucket.objects.get(key);
      const { 'if-match': match, 'if-none-match': none } = headers;
      if (match !== undefined && !held) return refusal(404, 'NoSuchKey');
      if (none === '*' && held) return refusal(412, 'PreconditionFailed');
      if (match !== undefined && match.replaceAll('"', '') !== held!.etag.replaceAll('"', ''))
        return refusal(412, 'PreconditionFailed');
      const reply = await inject('PUT', pathOf(name, key), forwarded(headers), Buffer.from(body));
      const etag = String(reply.headers['etag']);
      if (!held) bucket.keys.splice(placeOf(bucket.keys, key), 0, key);
      const size = Buffer.byteLength(body);
      bucket.objects.set(key, { etag, size, modified: new Date() });
      await changed({ bucket: name, key, kind: 'Created', size, etag });
      return passed(reply);
    });
  }

  async function remove(name: string, key: string): Promise<Reply> {
    return inTurn(`${name}/${key}`, async () => {
      const bucket = buckets.get(name)!;
      const held = bucket.objects.get(key);
      const reply = await inject('DELETE', pathOf(name, key));
      if (held) {
        bucket.objects.delete(key);
        bucket.keys.splice(placeOf(bucket.keys, key), 1);
        await changed({ bucket: name, key, kind: 'Removed', size: 0, etag: held.etag });
      }
      return passed(reply);
    });
  }

  function list(request: Request, name: string, { keys: all, objects }: Bucket): Reply {
    const { method, query } = request;
    if (method !== 'GET' || query.get('list-type') !== '2' || query.has('delimiter'))
      return refusal(501, 'NotImplemented', request);
    if (!allows(request, 's3:ListBucket', arnOf(name)))
      return refusal(403, 'AccessDenied', request);
    const [prefix, after] = [query.get('prefix') ?? '', query.get('start-after') ?? ''];
    const limit = Math.min(1000, Number(query.get('max-keys') ?? 1000));
    let at = placeOf(all, byteOrder(prefix, after) > 0 ? prefix : after);
    if (all[at] === after) at++;
    const found: string[] = [];
    for (; found.length < limit && all[at]?.startsWith(prefix); at++) found.push(all[at]!);
    const contents = found.map((key) => {
      const { etag, size, modified } = objects.get(key)!;
      // As `EncodingType: url` asks for it.
      return `<Contents><Key>${encodeURIComponent(key)}</Key><ETag>${etag}</ETag><Size>${size}</Size><LastModified>${modified.toISOString()}</LastModified></Contents>`;
    });
    const body = `<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>${all[at]?.startsWith(prefix) ?? false}</IsTruncated>${contents.join('')}</ListBucketResult>`;
    return { status: 200, headers: { 'content-type': 'application/xml' }, body };
  }

  async function inject(
    method: string,
    url: string,
    headers: Record<string, string> = {},
    payload: Buffer = Buffer.alloc(0),
  ) {
    return app.inject({ method: method as 'GET', url, headers, payload });
  }

  /** One writer of an object at a time, or a condition could hold for two. */
  async function inTurn<T>(object: string, write: () => Promise<T>): Promise<T> {
    const before = writers.get(object);
    const turn = (before ?? Promise.resolve()).then(write, write);
    writers.set(object, turn);
    try {
      return await turn;
    } finally {
      if (writers.get(object) === turn) writers.delete(object);
    }
  }
}

function pathOf(bucket: string, key: string): string {
  return `/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
}

/** Where a key is in a sorted list, or would be. */
function placeOf(keys: string[], key: string): number {
  let [from, to] = [0, keys.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (byteOrder(keys[middle]!, key) < 0) from = middle + 1;
    else to = middle;
  }
  return from;
}

const hopByHop = new Set(['host', 'connection', 'content-length', 'expect', 'transfer-encoding']);

function forwarded(headers: Request['headers']): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => !hopByHop.has(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
}

function passed(reply: Awaited<ReturnType<App['inject']>>): Reply {
  const { 'transfer-encoding': _, connection: __, ...headers } = reply.headers;
  return {
    status: reply.statusCode,
    headers: headers as Record<string, string>,
    body: reply.rawPayload,
  };
}

function refusal(status: number, code: string, request?: Request): Reply {
  const headers = { 'content-type': 'application/xml' };
  const body = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code} ${request?.path ?? ''}</Message></Error>`;
  return { status, headers, body };
}
