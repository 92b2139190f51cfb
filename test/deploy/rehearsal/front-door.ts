import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One address for every service of AWS: who asks, and of which service, stands in the signature. */

export interface Request {
  method: string;
  /** Path, still encoded. */
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** Name of the function that asks: its access key. */
  caller: string;
  /** Which of its sandboxes: its session token. */
  sandbox: string;
}

export interface Reply {
  status: number;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

export type Service = (request: Request) => Promise<Reply>;

/** Thrown by what cuts the line: the request is not answered. */
export class LineCut extends Error {}

/** Thrown by what turns a request down, as if nobody had the permission for a moment. */
export class Refused extends Error {}

/** Serves each service by the name that its signatures have: `s3`, `sqs` and so on. */
export async function frontDoor(services: Record<string, Service>) {
  const server = createServer(async (message, response) => {
    // Node's own date would be the real one, and callers go by that of S3.
    response.setHeader('date', new Date().toUTCString());
    try {
      const [request, service] = await read(message);
      const serve = services[service];
      if (!serve) throw new Error(`the rig has no service ${service}`);
      const { status, headers = {}, body = '' } = await serve(request);
      const { date: _, ...others } = headers;
      response.writeHead(status, { 'content-length': Buffer.byteLength(body), ...others });
      response.end(request.method === 'HEAD' ? undefined : body);
    } catch (error) {
      if (error instanceof LineCut) message.destroy();
      else
        response
          .writeHead(error instanceof Refused ? 403 : 500)
          .end(`<Error><Message>${error}</Message></Error>`);
    }
  }).listen(0, '127.0.0.1');
  server.keepAliveTimeout = 60_000;
  await once(server, 'listening');
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

async function read(message: IncomingMessage): Promise<[Request, string]> {
  const { method = '', url = '', headers } = message;
  // AWS Signature Version 4: Credential=<access key>/<date>/<region>/<service>/aws4_request
  const scope = /Credential=([^/]+)\/\d+\/[^/]+\/([^/]+)\//.exec(headers.authorization ?? '');
  if (!scope) throw new Error(`${method} ${url} is not signed`);
  const [path, query] = url.split('?');
  const request = {
    method,
    path: path!,
    query: new URLSearchParams(query),
    headers,
    body: Buffer.concat(await message.toArray()),
    caller: scope[1]!,
    sandbox: String(headers['x-amz-security-token'] ?? ''),
  };
  return [request, scope[2]!];
}
