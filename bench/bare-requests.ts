import { NotFound } from '../src/errors.ts';
import { handle } from '../src/keys.ts';
import { bytesOf, type Condition, type ObjectHeaders, type Store } from '../src/store/store.ts';
import { type BareClient, type BareReply, type BareRequest, escaped } from './bare.ts';
import { type Bucket, buckets } from './calls.ts';
import type { Requests } from './replay.ts';

/** Where requests go: the server, its buckets' names, and the queue of feeds. */
export interface Places {
  endpoint: string;
  names: Record<Bucket, string>;
  /** URL. */
  queue: string;
}

/** S3 and SQS as `src/store/s3.ts` and `src/publish/sqs.ts` ask them, with nothing around the requests. */
export function bareRequests(bare: BareClient, { endpoint, names, queue }: Places): Requests {
  let nth = 0;
  return {
    stores: Object.fromEntries(
      buckets.map((one) => [one, bareStore(bare, `${endpoint}/${names[one]}`)]),
    ) as Requests['stores'],
    refresh: async (selections) => {
      const Entries = selections.map((selection, id) => ({
        Id: String(id),
        MessageBody: JSON.stringify({ selection }),
        MessageGroupId: handle(selection),
        MessageDeduplicationId: `bare-${++nth}`,
      }));
      const headers = {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'AmazonSQS.SendMessageBatch',
      };
      const body = JSON.stringify({ QueueUrl: queue, Entries });
      const url = new URL('/', queue).href;
      await expect(bare, 200, { method: 'POST', url, headers, body, service: 'sqs' });
    },
  };
}

/** Lists are asked for and not read. */
function bareStore(bare: BareClient, address: string): Store {
  const urlOf = (key: string) => `${address}/${key.split('/').map(escaped).join('/')}`;
  return {
    async get(key) {
      const { headers, body } = await expect(bare, 200, { method: 'GET', url: urlOf(key) });
      return { body, etag: headers.etag!, size: body.length, modified: 0 };
    },
    async head(key) {
      const { headers } = await expect(bare, 200, { method: 'HEAD', url: urlOf(key) });
      return { etag: headers.etag!, size: Number(headers['content-length']), modified: 0 };
    },
    async put(key, body, condition, headers) {
      const found = await expect(bare, 200, {
        ...{ method: 'PUT', url: urlOf(key), body: bytesOf(body) },
        headers: headersOf(condition, headers),
      });
      return { etag: found.headers.etag!.replaceAll('"', '') };
    },
    async delete(key) {
      await expect(bare, 204, { method: 'DELETE', url: urlOf(key) });
    },
    async list(prefix, { after, limit = 1000 } = {}) {
      const query = ['encoding-type=url', 'list-type=2', `max-keys=${limit}`];
      query.push(`prefix=${escaped(prefix)}`, ...(after ? [`start-after=${escaped(after)}`] : []));
      await expect(bare, 200, { method: 'GET', url: `${address}?${query.join('&')}` });
      return { objects: [], more: false };
    },
  };
}

function headersOf(
  condition: Condition | undefined,
  { cacheControl, contentEncoding }: ObjectHeaders = {},
): Record<string, string> {
  return {
    ...(cacheControl && { 'cache-control': cacheControl }),
    ...(contentEncoding && { 'content-encoding': contentEncoding }),
    ...(condition &&
      ('update' in condition ? { 'if-match': condition.update } : { 'if-none-match': '*' })),
  };
}

async function expect(bare: BareClient, wanted: number, asked: BareRequest): Promise<BareReply> {
  const reply = await bare.send(asked);
  if (reply.status === wanted) return reply;
  const told = `${asked.method} ${asked.url}: ${reply.status} ${reply.body}`;
  throw reply.status === 404 ? new NotFound(told) : new Error(told);
}
