import { NotFound } from '../errors.ts';
import { contentType, keyOf } from '../keys.ts';
import type { Site } from '../site.ts';
import type { Store, Stored } from '../store/store.ts';
import { isNotModified } from './conditional.ts';

/**
 * One request for a feed or page in, one response out: the object with the path's key, with the
 * headers readers need to ask seldom and to get 304 when nothing is new.
 */
export async function serve(request: Request, feeds: Store, site: Site): Promise<Response> {
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return plain(405, 'Only GET and HEAD are answered here.', { allow: 'GET, HEAD' });
  const key = keyOf(new URL(request.url).pathname);
  if (key === undefined) return plain(400, 'This path is malformed.');
  try {
    return answer(request, key, await feeds.get(key), site);
  } catch (error) {
    if (error instanceof NotFound)
      return plain(404, 'There is no such feed; / lists those there are.');
    throw error;
  }
}

function answer(request: Request, key: string, stored: Stored, site: Site): Response {
  const etag = `"${stored.etag}"`;
  const headers = new Headers({
    etag,
    'last-modified': new Date(stored.modified).toUTCString(),
    'cache-control': `public, max-age=${site.freshness}`,
    'access-control-allow-origin': '*',
    'x-content-type-options': 'nosniff',
  });
  if (isNotModified(request.headers, { etag, modified: stored.modified }))
    return new Response(null, { status: 304, headers });
  headers.set('content-type', contentType(key));
  headers.set('content-length', String(stored.size));
  const body = request.method === 'HEAD' ? null : Buffer.from(stored.body);
  return new Response(body, { status: 200, headers });
}

function plain(status: number, text: string, headers: Record<string, string> = {}): Response {
  return new Response(`${text}\n`, {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', ...headers },
  });
}
