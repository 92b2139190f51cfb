import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Starts an HTTP server that answers with web `Response`s; tells it and its address once it listens. */
export async function listen(
  respond: (request: Request) => Promise<Response>,
  { host, port, onError }: { host: string; port: number; onError(error: unknown): void },
): Promise<{ server: Server; address: string }> {
  const server = createServer((incoming, outgoing) => {
    answer(incoming, respond)
      .catch((error) => {
        onError(error);
        return new Response('Something went wrong here; the log says what.\n', { status: 500 });
      })
      .then((response) => send(response, outgoing))
      .catch(onError);
  });
  await new Promise<void>((done, fail) => {
    server.once('error', fail);
    server.listen(port, host, done);
  });
  const bound = server.address() as AddressInfo;
  const name = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address;
  return { server, address: `http://${name}:${bound.port}` };
}

async function answer(
  incoming: IncomingMessage,
  respond: (request: Request) => Promise<Response>,
): Promise<Response> {
  const url = URL.parse(`http://${incoming.headers.host ?? 'localhost'}${incoming.url}`);
  if (!url || !incoming.url?.startsWith('/'))
    return new Response('This address is malformed.\n', { status: 400 });
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headersDistinct))
    for (const one of value ?? []) headers.append(name, one);
  const { method = 'GET' } = incoming;
  if (/^(TRACE|TRACK|CONNECT)$/.test(method)) return new Response(null, { status: 405 });
  return respond(new Request(url, { method, headers }));
}

async function send(response: Response, outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(response.body ? Buffer.from(await response.arrayBuffer()) : undefined);
}
