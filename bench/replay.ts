import { directory, handle, type Selection } from '../src/keys.ts';
import { turns } from '../src/store/s3-turns.ts';
import { bytesOf } from '../src/store/store.ts';
import { type BareClient, type BareRequest, escaped } from './bare.ts';
import { type Bucket, buckets, type Call, type Task } from './calls.ts';

/** Where requests go: the server, its buckets' names, and the queue of feeds. */
export interface Places {
  endpoint: string;
  names: Record<Bucket, string>;
  /** URL. */
  queue: string;
}

/** As S3Store: requests to one bucket at once. */
const width = 64;

/**
 * Makes the requests of a piece of work once more, bare, in the order of its levels. Reads are the
 * same ones, in the same large bucket; what is written goes to keys of its own beside, so that
 * what the work wrote stays, and is read from there.
 */
export function replayer(bare: BareClient, { endpoint, names, queue }: Places) {
  const etags = new Map<string, string>();
  const inTurn = Object.fromEntries(buckets.map((one) => [one, turns(width)]));
  let nth = 0;
  return { prepare, replay };

  /** Gives keys that a task replaces on condition an object to replace, which the work had. */
  async function prepare({ calls }: Task): Promise<void> {
    for (const call of calls)
      if (call.verb === 'put' && call.condition && 'update' in call.condition) {
        const url = own(call.bucket, call.key);
        if (!etags.has(url)) await put({ method: 'PUT', url, body: '-' });
      }
  }

  /** Tells when it had sent the last request to refresh, and put the last object of the feeds. */
  async function replay({ calls }: Task): Promise<Omit<Task, 'calls'>> {
    const times = { begun: performance.now(), asked: 0, put: 0 };
    const last = calls.at(-1)?.level ?? 0;
    for (let level = 1; level <= last; level++)
      await Promise.all(
        calls
          .filter((call) => call.level === level)
          .map(async (call) => {
            await make(call);
            if (call.verb === 'send') times.asked = performance.now();
            if (call.verb === 'put' && call.bucket === 'feeds') times.put = performance.now();
          }),
      );
    return times;
  }

  function make(call: Call): Promise<void> {
    if (call.verb === 'send') return send(call.selections);
    return inTurn[call.bucket]!(() => ask(call));
  }

  async function ask(call: Exclude<Call, { verb: 'send' }>): Promise<void> {
    const { bucket, key } = call;
    const shadow = own(bucket, key);
    switch (call.verb) {
      case 'list': {
        const { after, limit = 1000 } = call.options ?? {};
        const query = ['encoding-type=url', 'list-type=2', `max-keys=${limit}`];
        query.push(`prefix=${escaped(key)}`, ...(after ? [`start-after=${escaped(after)}`] : []));
        return expect([200], {
          method: 'GET',
          url: `${endpoint}/${names[bucket]}?${query.join('&')}`,
        });
      }
      case 'get':
      case 'head': {
        const url = etags.has(shadow) ? shadow : urlOf(bucket, key);
        return expect([200, 404], { method: call.verb === 'get' ? 'GET' : 'HEAD', url });
      }
      case 'delete':
        etags.delete(shadow);
        return expect([204], { method: 'DELETE', url: shadow });
      case 'put': {
        const { cacheControl, contentEncoding } = call.headers ?? {};
        const headers: Record<string, string> = {
          ...(cacheControl && { 'cache-control': cacheControl }),
          ...(contentEncoding && { 'content-encoding': contentEncoding }),
        };
        const held = etags.get(shadow);
        if (call.condition && 'update' in call.condition && held) headers['if-match'] = held;
        if (call.condition && 'create' in call.condition && !held) headers['if-none-match'] = '*';
        return put({ method: 'PUT', url: shadow, body: bytesOf(call.body), headers });
      }
    }
  }

  async function put(asked: BareRequest): Promise<void> {
    const { status, headers, body } = await bare.send(asked);
    if (status !== 200) throw new Error(`PUT ${asked.url}: ${status} ${body}`);
    etags.set(asked.url, headers.etag!.replaceAll('"', ''));
  }

  async function expect(allowed: number[], asked: BareRequest): Promise<void> {
    const { status, body } = await bare.send(asked);
    if (!allowed.includes(status))
      throw new Error(`${asked.method} ${asked.url}: ${status} ${body}`);
  }

  function send(selections: Selection[]): Promise<void> {
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
    return expect([200], { method: 'POST', url, headers, body, service: 'sqs' });
  }

  function urlOf(bucket: Bucket, key: string): string {
    return `${endpoint}/${names[bucket]}/${key.split('/').map(escaped).join('/')}`;
  }

  /** Beside the key that the work writes, and after all others. */
  function own(bucket: Bucket, key: string): string {
    return urlOf(bucket, `~bare/${key}`);
  }
}

/** Round trips until the last request to refresh, or the last object of the feeds; the directory apart. */
export function tripsOf({ calls }: Task, until: 'asked' | 'put'): number {
  const levels = calls.flatMap((call) => {
    const isAsked = call.verb === 'send' && !call.selections.includes(directory);
    const isPut = call.verb === 'put' && call.bucket === 'feeds';
    return (until === 'asked' ? isAsked : isPut) ? [call.level] : [];
  });
  return Math.max(0, ...levels);
}
