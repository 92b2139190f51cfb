import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { isPlain } from '../serve/edge.ts';

/**
 * The Node server in front of a function from web `Request` to `Response`. What is no HTTP (400),
 * headers that are too long (431) and clients that are too slow (408) do not get to the function.
 */

export interface ListenOptions {
  host: string;
  port: number;
  onError(error: unknown): void;
  /** Milliseconds in which a client must have sent its request, and go on taking its answer. */
  patience?: number;
}

/** Room for addresses that are too long, so that they are told so. */
const maxHeaderSize = 128 * 1024;
const allow = 'GET, HEAD, OPTIONS';

/** Starts an HTTP server that answers with web `Response`s; tells it and its address once it listens. */
export async function listen(
  respond: (request: Request) => Promise<Response>,
  { host, port, onError, patience = 20_000 }: ListenOptions,
): Promise<{ server: Server; address: string }> {
  const server = createServer(
    {
      maxHeaderSize,
      headersTimeout: patience,
      requestTimeout: patience,
      connectionsCheckingInterval: Math.min(patience, 1000),
    },
    (incoming, outgoing) => {
      answer(incoming, respond)
        .catch((error) => {
          onError(error);
          return plain(500, 'Something went wrong here; the log says what.');
        })
        .then((response) => send(response, outgoing))
        .catch((error) => {
          outgoing.destroy();
          onError(error);
        });
    },
  );
  // A client that takes nothing of its answer for so long is gone.
  server.timeout = patience;
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    endWith(socket, faults[error.code ?? ''] ?? '400 Bad Request');
  });
  server.on('connect', (_, socket) => {
    endWith(socket, `405 Method Not Allowed\r\nAllow: ${allow}`);
  });
  await new Promise<void>((done, fail) => {
    server.once('error', fail);
    server.listen(port, host, done);
  });
  server.on('error', onError);
  const bound = server.address() as AddressInfo;
  const name = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address;
  return { server, address: `http://${name}:${bound.port}` };
}

const faults: Record<string, string> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** A second for the client to take the answer: a socket closed with bytes unread drops it. */
function endWith(socket: Duplex, status: string): void {
  if (socket.writableEnded || socket.destroyed) return;
  socket.on('error', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
  socket.resume();
  setTimeout(() => socket.destroy(), 1000).unref();
}

async function answer(
  incoming: IncomingMessage,
  respond: (request: Request) => Promise<Response>,
): Promise<Response> {
  const { method = 'GET', httpVersion } = incoming;
  // Node lets 0.9 and 2.0 pass, and answers in 1.1.
  if (httpVersion !== '1.1' && httpVersion !== '1.0')
    return plain(505, 'HTTP/1.1 is spoken here.', { connection: 'close' });
  const url = urlOf(incoming);
  if (!url) return plain(400, 'This request is malformed.');
  // A web Request cannot have these methods.
  if (/^(TRACE|TRACK|CONNECT)$/i.test(method))
    return plain(405, 'Only GET and HEAD are answered here.', { allow });
  const headers = new Headers();
  for (const [name, values] of Object.entries(incoming.headersDistinct))
    for (const value of values ?? []) headers.append(name, value);
  return respond(new Request(url, { method, headers }));
}

/** The URL that is asked for: RFC 9112 §3.2. Whatever host it names, the answer is the same. */
function urlOf({ url = '', method, headersDistinct }: IncomingMessage): URL | undefined {
  const [host, ...others] = headersDistinct.host ?? ['localhost'];
  if (others.length > 0 || /[/?#@\\\s]/.test(host!) || !URL.canParse(`http://${host}`))
    return undefined;
  if (url === '*' && method === 'OPTIONS') return URL.parse(`http://${host}/`) ?? undefined;
  if (!isPlain(url.replace(/^https?:\/\/[^/?#]*|\?.*$/gi, '') || '/')) return undefined;
  // Written together, not resolved: `//x` is a path here, no host.
  const written = url.startsWith('/') ? `http://${host}${url}` : url;
  const parsed = URL.parse(written);
  // A web Request cannot have a URL with a password either.
  return parsed && /^https?:$/.test(parsed.protocol) && !parsed.username && !parsed.password
    ? parsed
    : undefined;
}

async function send(response: Response, outgoing: ServerResponse): Promise<void> {
  const body = response.body ? Buffer.from(await response.arrayBuffer()) : undefined;
  outgoing.writeHead(response.status, Object.fromEntries(datedSafely(response.headers)));
  outgoing.end(body);
}

/**
 * No date of this very second, RFC 9110 §8.8.2.2: the bytes may change in it once more and keep it.
 * Clients that compare dates (libcurl's, so newsboat) would then throw the newer bytes away.
 */
function datedSafely(headers: Headers): Headers {
  const modified = Date.parse(headers.get('last-modified') ?? '');
  if (modified > Date.now() - 1000) headers.delete('last-modified');
  return headers;
}

function plain(status: number, text: string, headers: Record<string, string> = {}): Response {
  return new Response(`${text}\n`, {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', ...headers },
  });
}
