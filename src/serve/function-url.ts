import type { LambdaFunctionURLEvent, LambdaFunctionURLResult } from 'aws-lambda';
import { askedAt, isPlain } from './edge.ts';
import { everywhere } from './headers.ts';

/**
 * Between a Lambda function URL (payload 2.0, which has the path as it was sent, escapes and all)
 * and the web's `Request` and `Response`.
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
 */

/** The request that the reader made of the edge; undefined for methods that no web `Request` can have. */
export function requestOf(event: LambdaFunctionURLEvent): Request | undefined {
  const { method } = event.requestContext.http;
  if (!/^[a-z]+$/i.test(method) || /^(TRACE|TRACK|CONNECT)$/i.test(method)) return undefined;
  const asked = askedAt(event.rawPath);
  const [path] = asked.split('?');
  const query = asked.includes('?') || !event.rawQueryString ? '' : `?${event.rawQueryString}`;
  // Of a path that no URL can have, one is made that is refused as malformed.
  const address = isPlain(path!) ? `${asked}${query}` : '/%';
  return new Request(`http://feeds${address}`, { method, headers: headersOf(event) });
}

/** Headers that no HTTP message can have are left out. */
function headersOf({ headers = {} }: Partial<LambdaFunctionURLEvent>): Headers {
  const all = new Headers();
  for (const [name, value = ''] of Object.entries(headers)) {
    try {
      all.set(name, value);
    } catch {
      // It says nothing that we ask for.
    }
  }
  return all;
}

/** The address that the edge is known by to readers, if the edge function says it: `https://d1.cloudfront.net`. */
export function edgeAddress({ headers = {} }: Partial<LambdaFunctionURLEvent>): string | undefined {
  const host = headers['x-tidings-host'];
  return host && /^[a-z\d.-]+$/i.test(host) ? `https://${host.toLowerCase()}` : undefined;
}

/**
 * Bytes of an answer that Lambda takes, as JSON.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html#function-configuration-deployment-and-execution
 */
const most = 6 * 1024 * 1024;

/**
 * Text goes as it is, which is shortest; what is compressed goes in Base64. What is too long for
 * Lambda, which would fail without a word, is said so: uncompressed, a page of long posts may be.
 */
export async function resultOf(response: Response): Promise<LambdaFunctionURLResult> {
  const body = Buffer.from(await response.arrayBuffer());
  const isBase64Encoded = response.headers.has('content-encoding');
  const result = {
    statusCode: response.status,
    headers: Object.fromEntries(response.headers),
    body: body.toString(isBase64Encoded ? 'base64' : 'utf8'),
    isBase64Encoded,
  };
  // A byte may take six in JSON: `\\u0001`.
  const isLong = body.length > most / 7 && Buffer.byteLength(JSON.stringify(result)) > most;
  if (!isLong) return result;
  const headers = {
    ...everywhere,
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    vary: 'Accept-Encoding',
  };
  // A feed that is not built yet will be had from its bucket.
  if (isBase64Encoded) return { statusCode: 503, headers: { ...headers, 'retry-after': '30' } };
  return { statusCode: 406, headers, body: 'Too long to be sent plain: accept br or gzip.\n' };
}
