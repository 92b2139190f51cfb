/**
 * Between readers and the CDN's cache: a CloudFront Function on viewer requests, in JavaScript
 * runtime 2.0, which has neither destructuring nor `for…of` nor `?.`. It knows no settings and
 * reads no store; what it changes in an address, src/serve/edge.ts undoes for what S3 does not have.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html
 */

/** Names that no taxonomy has, nor a mix. */
const noFeed = /^\/(feeds|site|ids)\//;

/** Where addresses with a query go that S3 must not answer; `feeds` is no taxonomy's name. */
const queryPath = '/feeds/query/';

/** WordPress answers `?feed=` here: src/serve/legacy.ts. */
const queried = /^(\/index\.php)?(\/(category|tag|author)\/.+)?\/?(index\.html)?$/;

// biome-ignore lint/correctness/noUnusedVariables: CloudFront calls it.
function handler(event) {
  const request = event.request;
  const headers = request.headers;
  const query = request.querystring;
  const path = decoded(request.uri);
  if (request.method === 'OPTIONS') return preflight();

  const feed = /^(\/[^/]+\/[^/]+)?\/feed\.(rss|atom|json)$/.exec(path);
  if (isNavigation(headers, query) && !/%2f/i.test(request.uri)) {
    if (feed && !noFeed.test(path)) return toPage('./');
    const older = /^(\/[^/]+\/[^/]+)?\/before(\/.*)?$/.exec(path);
    if (older) return toPage(older[2] ? '../'.repeat(older[2].split('/').length - 1) : './');
  }

  if (text(query.feed) !== '' && queried.test(path)) request.uri = inPath(request);
  // Nobody but this function asks for what only it makes: serve takes this one off again.
  else if (/\.gz$/.test(path) || path.startsWith(queryPath)) request.uri += '.gz';
  else if (path.endsWith('/')) request.uri += 'index.html';
  // CloudFront compresses neither application/atom+xml nor application/feed+json.
  else if (feed && feed[2] !== 'rss' && takesGzip(text(headers['accept-encoding'])))
    request.uri += '.gz';

  // Whatever stands behind `?` is no part of a feed's address, and would make the cache useless.
  request.querystring = {};
  // The origins see names of their own. Not what the reader calls the host, who may write
  // `d1.cloudfront.net:443`: the answer is kept for everybody.
  headers['x-tidings-host'] = { value: event.context.distributionDomainName };
  return request;
}

function decoded(uri) {
  try {
    return decodeURIComponent(uri);
  } catch (_) {
    return uri;
  }
}

/** A person opens the address in a browser, and has not come from one of our pages, nor asks with `?raw`. */
function isNavigation(headers, query) {
  return (
    text(headers['sec-fetch-dest']) === 'document' &&
    text(headers['sec-fetch-site']) !== 'same-origin' &&
    !query.raw
  );
}

/** The page stands beside its feed, and over older entries; a relative address holds behind any prefix. */
function toPage(location) {
  return answer(302, 'Found', { location, vary: 'Sec-Fetch-Dest', 'cache-control': 'no-store' });
}

/** Fetch §3.3.3: a reader's script may send any header. */
function preflight() {
  return answer(204, 'No Content', {
    allow: 'GET, HEAD, OPTIONS',
    'access-control-allow-methods': 'GET, HEAD, OPTIONS',
    'access-control-allow-headers': '*',
    'access-control-max-age': '86400',
  });
}

function answer(statusCode, statusDescription, given) {
  const headers = {
    'access-control-allow-origin': { value: '*' },
    'access-control-expose-headers': { value: 'ETag, Link, Retry-After' },
    'x-content-type-options': { value: 'nosniff' },
  };
  for (const name in given) headers[name] = { value: given[name] };
  return { statusCode, statusDescription, headers };
}

/** The address with its query, as a path; S3 takes no more than 1,024 bytes. */
function inPath(request) {
  const whole = request.uri + '?' + request.rawQueryString();
  const uri = queryPath + Buffer.from(whole).toString('base64url');
  return uri.length > 1024 ? queryPath : uri;
}

/** RFC 9110 §12.5.3, as in src/serve/encoding.ts: gzip is liked at least as well as no coding. */
function takesGzip(accept) {
  const weights = {};
  const codings = accept.toLowerCase().split(',');
  for (let at = 0; at < codings.length; at++) {
    const parts = codings[at].split(';').map((part) => part.trim());
    const q = parts.slice(1).find((part) => /^q\s*=/.test(part));
    const weight = q === undefined ? '1' : q.replace(/^q\s*=\s*/, '');
    if (/^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(weight))
      weights[parts[0].replace(/^x-gzip$/, 'gzip')] = Number(weight);
  }
  const gzip = first([weights.gzip, weights['*'], 0]);
  return gzip > 0 && gzip >= first([weights.identity, weights['*'], 0]);
}

function first(values) {
  return values.find((value) => value !== undefined);
}

/** A header that came in several lines is one list. */
function text(header) {
  if (!header) return '';
  return header.multiValue ? header.multiValue.map((one) => one.value).join(',') : header.value;
}
