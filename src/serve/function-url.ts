import type { LambdaFunctionURLEvent, LambdaFunctionURLResult } from 'aws-lambda';
import { askedAt } from './edge.ts';

/**
 * Between a Lambda function URL (payload 2.0, which has the path as it was sent, escapes and all)
 * and the web's `Request` and `Response`.
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
 */

/** The request that the reader made of the edge; undefined for methods that no web `Request` can have. */
export function requestOf(event: LambdaFunctionURLEvent): Request | undefined {
  const { method } = event.requestContext.http;
  if (/^(TRACE|TRACK|CONNECT)$/i.test(method)) return undefined;
  const path = askedAt(event.rawPath);
  const query = path.includes('?') || !event.rawQueryString ? '' : `?${event.rawQueryString}`;
  return new Request(`http://feeds${path}${query}`, { method, headers: headersOf(event) });
}

/** Headers that no HTTP message can have are left out. */
function headersOf({ headers }: LambdaFunctionURLEvent): Headers {
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
export function edgeAddress({ headers }: LambdaFunctionURLEvent): string | undefined {
  const host = headers['x-tidings-host'];
  return host && /^[a-z\d.-]+$/i.test(host) ? `https://${host.toLowerCase()}` : undefined;
}

/** Text goes as it is, which is shortest; what is compressed goes in Base64. */
export async function resultOf(response: Response): Promise<LambdaFunctionURLResult> {
  const body = Buffer.from(await response.arrayBuffer());
  const isBase64Encoded = response.headers.has('content-encoding');
  return {
    statusCode: response.status,
    headers: Object.fromEntries(response.headers),
    body: body.toString(isBase64Encoded ? 'base64' : 'utf8'),
    isBase64Encoded,
  };
}
