import { Unavailable } from '../errors.ts';
import { contentType, feedAt, keyOf, olderIn, pageKey, pathOf } from '../keys.ts';
import { canonical } from '../selection/mix.ts';
import type { Site } from '../site.ts';
import { cacheControl } from '../site-freshness.ts';
import { getIfThere } from '../store/store.ts';
import { evaluate } from './conditional.ts';
import { type Compress, codingFor, etagOf } from './encoding.ts';
import { exists } from './exists.ts';
import {
  brief,
  everywhere,
  isFeed,
  isStored,
  links,
  onPages,
  ruleCacheControl,
  unchanged,
} from './headers.ts';
import { type Document, type Index, indexedDocument, unbuiltDocument } from './indexed.ts';
import { meantPath } from './meant.ts';
import { onHost, type Place, placeOf, ruledFeed } from './place.ts';
import { refuse } from './refusal.ts';

/** What requests are answered from. */
export interface Shelves extends Index {
  compress: Compress;
}

/** RFC 9110 §4.1 asks for at least 8,000 bytes. */
const longestUrl = 8192;

/**
 * One request in, one response out: a feed or page with what lets readers ask seldom and get 304
 * when nothing is new, the new address of an old one, or a word on why there is nothing.
 */
export async function serve(request: Request, shelves: Shelves, site: Site): Promise<Response> {
  const response = await answer(request, shelves, site).catch((error) => {
    if (!(error instanceof Unavailable)) throw error;
    shelves.warn?.(error);
    const headers = { 'retry-after': '30' };
    return refuse(request, 503, { detail: 'The feeds cannot be read just now.', headers });
  });
  const kind = response.status === 304 ? unchanged : everywhere;
  for (const [name, value] of Object.entries(kind)) response.headers.set(name, value);
  if (request.method !== 'HEAD') return response;
  return new Response(null, { status: response.status, headers: response.headers });
}

async function answer(request: Request, shelves: Shelves, site: Site): Promise<Response> {
  if (request.method === 'OPTIONS') return options();
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return refuse(request, 405, {
      detail: 'Only GET and HEAD are answered here.',
      headers: { allow },
    });
  if (request.url.length > longestUrl)
    return refuse(request, 414, { detail: `Addresses here are at most ${longestUrl} bytes long.` });
  const url = new URL(request.url);
  const page = isNavigation(request, url) && (await pageFor(keyOf(url.pathname), shelves));
  if (page) return see(page, site);
  const place = placeOf(url, site);
  if (place.kind !== 'object') return elsewhere(request, place, shelves, site);
  const found = isStored(place.key)
    ? await getIfThere(shelves.feeds, place.key)
    : await indexedDocument(place.key, shelves, site);
  if (found) return content(request, place.key, found, shelves, site);
  const feed = ruledFeed(place.key, site);
  if (feed) return elsewhere(request, feed, shelves, site);
  const unbuilt = await unbuiltDocument(place.key, shelves, site);
  return unbuilt
    ? content(request, place.key, unbuilt, shelves, site)
    : notFound(request, place.key, shelves, site);
}

/** What is said of an address at which no feed can be. */
async function elsewhere(
  request: Request,
  place: Exclude<Place, { kind: 'object' }>,
  shelves: Shelves,
  site: Site,
): Promise<Response> {
  switch (place.kind) {
    case 'malformed':
      return refuse(request, 400, { detail: 'This address is malformed.' });
    case 'gone': {
      const detail = 'There was a feed here, and there will be none again.';
      return refuse(request, 410, { detail, headers: { 'cache-control': ruleCacheControl(site) } });
    }
    case 'moved':
      if (await leads(place, shelves)) return moved(place.location, site);
      return notFound(request, place.key!, shelves, site);
    case 'unknown':
      return notFound(request, place.key, shelves, site);
  }
}

/** The object in the coding that the reader likes best, or word that the reader has it already. */
async function content(
  request: Request,
  key: string,
  document: Document,
  { compress }: Shelves,
  site: Site,
): Promise<Response> {
  const vary = isFeed(key) ? 'Accept-Encoding, Sec-Fetch-Dest' : 'Accept-Encoding';
  const coding = codingFor(request.headers.get('accept-encoding'), document.size);
  if (!coding) {
    const detail = 'This is served as br, gzip or identity, and the request accepts none of them.';
    return refuse(request, 406, { detail, headers: { vary } });
  }
  const etag = etagOf(document.etag, coding);
  const { modified } = document;
  const cache = document.cacheControl ?? cacheControl(site);
  const headers = new Headers({ etag, vary, 'cache-control': cache });
  const status = evaluate(request.headers, { etag, modified });
  // RFC 9110 §15.4.5: these and no others; what a reader keeps of the feed stays as it was.
  if (status === 304) return new Response(null, { status, headers });
  if (status === 412)
    return refuse(request, 412, { detail: 'The feed is not the one that the request names.' });

  const body = await compress(key, document, coding);
  if (modified !== undefined) headers.set('last-modified', new Date(modified).toUTCString());
  headers.set('content-type', contentType(key));
  headers.set('content-length', String(body.length));
  if (coding !== 'identity') headers.set('content-encoding', coding);
  const link = links(key, site);
  if (link) headers.set('link', link);
  if (contentType(key).startsWith('text/html'))
    for (const [name, value] of Object.entries(onPages)) headers.set(name, value);
  return new Response(Buffer.from(body), { headers });
}

/**
 * True if a person opens the address in a browser. Who comes from one of our pages, or asks with
 * `?raw`, has seen the page and wants the feed.
 */
function isNavigation({ headers }: Request, url: URL): boolean {
  const isFromPage = headers.get('sec-fetch-site') === 'same-origin';
  return (
    headers.get('sec-fetch-dest') === 'document' && !isFromPage && !url.searchParams.has('raw')
  );
}

/**
 * The path of the page that shows a feed to people, if there is one. It goes before the site
 * file's rules, which the edge function does not know: behind a CDN and here browsers see the same.
 */
async function pageFor(key: string | undefined, { feeds }: Shelves): Promise<string | undefined> {
  if (key === undefined) return undefined;
  const selection = olderIn(key) ?? feedAt(key)?.selection;
  const page = selection === undefined ? undefined : pageKey(canonical(selection));
  return page && (await exists(page, feeds)) ? pathOf(page) : undefined;
}

/** To the page, this once. Never kept: a cache that knows no `Vary` would send readers there. */
function see(path: string, site: Site): Response {
  const headers = { location: onHost(path, site), vary: 'Sec-Fetch-Dest' };
  return empty(302, { ...headers, 'cache-control': 'no-store' });
}

/** For good, but not kept for longer than a feed: rules are mended too. */
function moved(location: string, site: Site): Response {
  return empty(301, { location, 'cache-control': ruleCacheControl(site) });
}

/** A preset or a spelling leads only to what is there; the publisher's own rules lead anywhere. */
async function leads({ key }: Place & { kind: 'moved' }, { feeds }: Shelves): Promise<boolean> {
  return key === undefined || exists(key, feeds);
}

async function notFound(
  request: Request,
  key: string,
  shelves: Shelves,
  site: Site,
): Promise<Response> {
  const found = await meantPath(key, shelves, site);
  const near = found && placeOf(new URL(found, request.url), site).kind === 'object' && found;
  return refuse(request, 404, {
    detail: 'There is no feed at this address.',
    all: onHost('/', site),
    ...(near && { near: onHost(near, site) }),
    headers: { 'cache-control': brief },
  });
}

const allow = 'GET, HEAD, OPTIONS';

/** Also the answer to a preflight (Fetch §3.3.3): a reader's script may send any header. */
function options(): Response {
  return new Response(null, {
    status: 204,
    headers: {
      allow,
      'access-control-allow-methods': allow,
      'access-control-allow-headers': '*',
      'access-control-max-age': '86400',
    },
  });
}

function empty(status: number, headers: Record<string, string>): Response {
  return new Response(null, { status, headers: { ...headers, 'content-length': '0' } });
}
