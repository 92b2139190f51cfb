import { createHash, createHmac } from 'node:crypto';
import { Agent, type IncomingHttpHeaders, request } from 'node:http';

/** Signed requests to S3 and SQS with nothing around them: no SDK, no repeats, no check of a reply but its status. */

export interface BareOptions {
  accessKey: string;
  secretKey: string;
}

export interface BareRequest {
  method: string;
  /** With its path escaped, and its query's names in order. */
  url: string;
  headers?: Record<string, string>;
  body?: Uint8Array | string;
  service?: 's3' | 'sqs';
}

export interface BareReply {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

const region = 'us-east-1';

/** A client that keeps its connections; any status is a reply. */
export function bareClient({ accessKey, secretKey }: BareOptions) {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const keys = new Map<string, Buffer>();
  return { send, close: () => agent.destroy() };

  /** https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html */
  function signed({ method, url, headers = {}, service = 's3' }: BareRequest) {
    const { host, pathname, search } = new URL(url);
    const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
    const day = time.slice(0, 8);
    const payload = 'UNSIGNED-PAYLOAD';
    const own = { host, 'x-amz-content-sha256': payload, 'x-amz-date': time };
    const names = Object.keys(own).join(';');
    const lines = Object.entries(own).map(([name, value]) => `${name}:${value}\n`);
    const canonical = [method, pathname, search.slice(1), lines.join(''), names, payload];
    const scope = `${day}/${region}/${service}/aws4_request`;
    const text = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical.join('\n'))].join('\n');
    const signature = hmac(keyOf(day, service), text).toString('hex');
    const authorization = `AWS4-HMAC-SHA256 Credential=${accessKey}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
    return { ...headers, ...own, authorization };
  }

  function keyOf(day: string, service: string): Buffer {
    const id = `${day} ${service}`;
    const known = keys.get(id);
    if (known) return known;
    let key = Buffer.from(`AWS4${secretKey}`);
    for (const part of [day, region, service, 'aws4_request']) key = hmac(key, part);
    keys.set(id, key);
    return key;
  }

  function send(asked: BareRequest): Promise<BareReply> {
    const { method, url, body } = asked;
    const headers: Record<string, string | number> = signed(asked);
    if (body !== undefined) headers['content-length'] = Buffer.byteLength(body);
    return new Promise((done, fail) => {
      const sent = request(url, { method, agent, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', fail);
        response.on('end', () => {
          const { statusCode = 0, headers: found } = response;
          done({ status: statusCode, headers: found, body: Buffer.concat(chunks) });
        });
      });
      sent.on('error', fail);
      sent.end(body);
    });
  }
}

export type BareClient = ReturnType<typeof bareClient>;

/** A key or a value of a query as a signature has it: RFC 3986's unreserved characters stay. */
export function escaped(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: Buffer, text: string): Buffer<ArrayBuffer> {
  return createHmac('sha256', key).update(text).digest();
}
