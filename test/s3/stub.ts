import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

/** A server on loopback that says what a test wants to hear, and remembers what it was asked. */
export async function stub(answer: (response: ServerResponse, asked: Asked, nth: number) => void) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    const { method = '', url = '', headers } = request;
    asked.push({ method, url, headers, body });
    answer(response, asked.at(-1)!, asked.length);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: async () => {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

/** S3's way to refuse. */
export function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message></Error>`);
}

const time = 'Sun, 22 Nov 2026 10:00:00 GMT';

/** S3's way to answer GET, HEAD and PUT. */
export function grant(response: ServerResponse, body = '', headers: Record<string, string> = {}) {
  response.writeHead(200, {
    etag: '"e1"',
    'last-modified': time,
    'content-length': String(Buffer.byteLength(body)),
    ...headers,
  });
  response.end(body);
}
