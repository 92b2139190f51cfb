import type { Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { listen } from '../../src/cli/http.ts';
import { serve } from '../../src/serve/serve.ts';
import { hostWith } from '../serve/shelf.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

const closed = (socket: Socket) => new Promise((done) => socket.once('close', done));

/** A server of a host's feeds, or of what `respond` says. */
async function started(options: {
  settings?: string;
  patience?: number;
  respond?: (request: Request) => Promise<Response>;
}) {
  const host = await hostWith(options.settings);
  const errors: unknown[] = [];
  const respond = options.respond ?? ((request) => serve(request, host.shelves, host.site));
  const { server, address } = await listen(respond, {
    host: '127.0.0.1',
    port: 0,
    onError: (error) => errors.push(error),
    ...(options.patience && { patience: options.patience }),
  });
  servers.push(server);
  const { port } = new URL(address);

  /** Sends bytes as they are and tells all that comes back until the connection ends. */
  const raw = async (bytes: string): Promise<string> => {
    const socket = connect(Number(port), '127.0.0.1').setEncoding('latin1');
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    // A server that has refused may close before it was told everything.
    socket.on('error', () => socket.destroy());
    socket.write(bytes);
    await closed(socket);
    return text;
  };
  /** The status line's number for a request of these lines. */
  const status = async (...lines: string[]) =>
    Number(/^HTTP\/1\.1 (\d+)/.exec(await raw(`${lines.join('\r\n')}\r\n\r\n`))?.[1]);
  return { ...host, errors, address, raw, status, port: Number(port) };
}

const close = 'Connection: close';
const toHost = 'Host: localhost';

describe('the request line', () => {
  test('may name the whole address', async () => {
    const { status } = await started({});
    expect(await status('GET http://any.example/feed.rss HTTP/1.1', toHost, close)).toBe(200);
    expect(await status('GET HTTPS://any.example/tags/docker/ HTTP/1.1', toHost, close)).toBe(200);
    expect(await status('GET ftp://any.example/feed.rss HTTP/1.1', toHost, close)).toBe(400);
    expect(await status('GET feed.rss HTTP/1.1', toHost, close)).toBe(400);
    expect(await status('GET http://a:b@any.example/ HTTP/1.1', toHost, close)).toBe(400);
  });

  test('names a path where it begins with two slashes, and no host', async () => {
    const { raw } = await started({});
    const response = await raw(`GET //evil.example/x HTTP/1.1\r\n${toHost}\r\n${close}\r\n\r\n`);
    expect(response).toMatch(/^HTTP\/1\.1 (301|404) /);
    expect(response).not.toMatch(/^location: (\/\/|http)/im);
  });

  test('that leads out of the folder leads nowhere', async () => {
    const { status } = await started({});
    expect(await status('GET /..;/x HTTP/1.1', toHost, close)).toBe(404);
    for (const path of ['/../../etc/passwd', '/tags/../x', '/%2e%2E/x', '/a/.', '/\\..\\x', '/#'])
      expect(await status(`GET ${path} HTTP/1.1`, toHost, close), path).toBe(400);
    for (const path of ['/..%2f..%2fx', '/%00', '/%', '/%zz/feed.rss', '/%c0%ae/'])
      expect(await status(`GET ${path} HTTP/1.1`, toHost, close), path).toBe(400);
  });

  test('of 100 KB is too long, and one of 200 KB too', async () => {
    const { status } = await started({});
    expect(await status(`GET /${'a'.repeat(100_000)} HTTP/1.1`, toHost, close)).toBe(414);
    expect(await status(`GET /${'a'.repeat(200_000)} HTTP/1.1`, toHost, close)).toBe(431);
  });

  test('with a method that is not answered is refused', async () => {
    const { raw, status } = await started({});
    for (const method of ['POST', 'PUT', 'DELETE', 'TRACE', 'PROPFIND', 'PURGE']) {
      const response = await raw(`${method} /feed.rss HTTP/1.1\r\n${toHost}\r\n${close}\r\n\r\n`);
      expect(response, method).toMatch(/^HTTP\/1\.1 405 .*\r\nallow: GET, HEAD, OPTIONS\r\n/is);
    }
    expect(await raw(`CONNECT x:443 HTTP/1.1\r\n${toHost}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 405 /);
    expect(await status('FETCH /feed.rss HTTP/1.1', toHost)).toBe(400);
    expect(await status('get /feed.rss HTTP/1.1', toHost)).toBe(400);
    expect(await status('OPTIONS * HTTP/1.1', toHost, close)).toBe(204);
    expect(await status('GET * HTTP/1.1', toHost, close)).toBe(400);
  });

  test('of HTTP/1.0 needs no host', async () => {
    const { status } = await started({});
    expect(await status('GET /feed.rss HTTP/1.0')).toBe(200);
  });

  test('that is no HTTP is refused', async () => {
    const { raw } = await started({});
    expect(await raw('\x16\x03\x01\x02\x00\x01\x00\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect(await raw('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')).toMatch(/^HTTP\/1\.1 /);
  });
});

describe('headers', () => {
  test('without Host, with two or a broken one are refused (RFC 9112 §3.2)', async () => {
    const { status } = await started({});
    const get = 'GET /feed.rss HTTP/1.1';
    expect(await status(get, close)).toBe(400);
    expect(await status(get, 'Host: a.example', 'Host: b.example', close)).toBe(400);
    for (const host of ['a b', 'a/b', 'a?b', 'a@b', '[::1', 'a:port', '<script>', ''])
      expect(await status(get, `Host: ${host}`, close), host).toBe(400);
    for (const host of ['localhost:8080', '[::1]:80', 'xn--80ak6aa92e.com', '127.0.0.1'])
      expect(await status(get, `Host: ${host}`, close), host).toBe(200);
  });

  test('that come twice count as one list, and two dates as none', async () => {
    const { get, status } = await started({});
    const { headers } = await get('/feed.rss');
    const asked = ['GET /feed.rss HTTP/1.1', toHost, close];
    const [etag, date] = [headers.get('etag'), headers.get('last-modified')];
    expect(await status(...asked, 'If-None-Match: "x"', `If-None-Match: ${etag}`)).toBe(304);
    expect(await status(...asked, `If-Modified-Since: ${date}`)).toBe(304);
    const twice = [`If-Modified-Since: ${date}`, `If-Modified-Since: ${date}`];
    expect(await status(...asked, ...twice)).toBe(200);
  });

  test('of any bytes do no harm', async () => {
    const { status, errors } = await started({});
    const asked = ['GET /feed.rss HTTP/1.1', toHost, close];
    expect(await status(...asked, 'If-None-Match: "\xff\xfe"', 'Accept: \xe9', 'X-\x7f: 1')).toBe(
      400,
    );
    expect(await status(...asked, 'If-None-Match: "\xff\xfe"', 'Accept-Encoding: \xe9')).toBe(200);
    expect(await status(...asked, `Cookie: ${'a'.repeat(100_000)}`)).toBe(200);
    expect(await status(...asked, `Cookie: ${'a'.repeat(200_000)}`)).toBe(431);
    expect(await status(...asked, '__proto__: x', 'constructor: y')).toBe(200);
    expect(errors).toEqual([]);
  });

  test('that ask for another protocol are passed over', async () => {
    const { status } = await started({});
    const upgrade = ['Connection: Upgrade, close', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk'];
    expect(await status('GET /feed.rss HTTP/1.1', toHost, ...upgrade)).toBe(200);
  });
});

describe('an answer', () => {
  test('to HEAD has the length and no body, and the connection goes on', async () => {
    const { raw } = await started({});
    const text = await raw(
      `HEAD /feed.rss HTTP/1.1\r\n${toHost}\r\n\r\nGET /feeds.json HTTP/1.1\r\n${toHost}\r\n${close}\r\n\r\n`,
    );
    expect(text).toMatch(
      /^HTTP\/1\.1 200 OK\r\n.*?content-length: \d+\r\n.*?\r\n\r\nHTTP\/1\.1 200 OK/s,
    );
  });

  test('of 304 and of 301 has no body, and the connection goes on', async () => {
    const { raw } = await started({ settings: 'legacy: [jekyll]' });
    const text = await raw(
      `GET /feed.rss HTTP/1.1\r\n${toHost}\r\nIf-None-Match: *\r\n\r\nGET /feed.xml HTTP/1.1\r\n${toHost}\r\n${close}\r\n\r\n`,
    );
    expect(text).toMatch(/^HTTP\/1\.1 304 .*?\r\n\r\nHTTP\/1\.1 301 .*?\r\n\r\n$/s);
    expect(text).toMatch(/location: \/feed\.atom/);
  });

  test('of 304 takes less than 400 bytes with its headers', async () => {
    const { raw } = await started({});
    const ask = (more: string) => raw(`GET /feed.rss HTTP/1.1\r\n${toHost}\r\n${more}\r\n`);
    const asked = 'Accept-Encoding: gzip\r\n';
    const etag = /^etag: (.*)\r$/m.exec(await ask(`${asked}${close}\r\n`))![1];
    // The connection goes on, which takes more bytes to say, so the server is to end it.
    const socket = ask(`${asked}If-None-Match: ${etag}\r\n`);
    await sleep(100);
    servers[0]!.closeAllConnections();
    const text = await socket;
    expect(text).toMatch(/^HTTP\/1\.1 304 /);
    expect(Buffer.byteLength(text, 'latin1')).toBeLessThan(400);
  });

  test('is compressed on the wire', async () => {
    const { raw } = await started({});
    const text = await raw(
      `GET /feed.rss HTTP/1.1\r\n${toHost}\r\n${close}\r\nAccept-Encoding: gzip\r\n\r\n`,
    );
    const [head, ...body] = text.split('\r\n\r\n');
    expect(head).toMatch(/content-encoding: gzip/);
    expect(gunzipSync(Buffer.from(body.join('\r\n\r\n'), 'latin1')).toString()).toMatch(
      /^feed\.rss /,
    );
  });

  test('has no date of this very second, which the next bytes might have too', async () => {
    const { address } = await started({
      respond: async ({ url }) => {
        const modified = Date.now() - Number(new URL(url).pathname.slice(1));
        return new Response('', { headers: { 'last-modified': new Date(modified).toUTCString() } });
      },
    });
    const dated = async (age: number) =>
      (await fetch(`${address}/${age}`)).headers.has('last-modified');
    expect(await dated(0)).toBe(false);
    expect(await dated(2000)).toBe(true);
  });

  test('to a fault of ours is 500 and says nothing of it', async () => {
    const fault = new Error('a secret');
    const { address, errors } = await started({ respond: () => Promise.reject(fault) });
    const response = await fetch(address);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('secret');
    expect(errors).toEqual([fault]);
  });

  test('that cannot be sent ends the connection', async () => {
    const respond = async () => {
      const response = new Response(
        new ReadableStream({ pull: () => Promise.reject(new Error()) }),
      );
      return response;
    };
    const { address, errors } = await started({ respond });
    await expect(fetch(address)).rejects.toThrow();
    expect(errors).toHaveLength(1);
  });
});

describe('a server that stays up', () => {
  test('lets go of a client that sends its request slowly', async () => {
    const { port, address } = await started({ patience: 300 });
    const socket = connect(port, '127.0.0.1').setEncoding('latin1');
    socket.on('error', () => {});
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    const drip = setInterval(() => socket.writable && socket.write('X: y\r\n'), 50);
    socket.write(`GET /feed.rss HTTP/1.1\r\n${toHost}\r\n`);
    await closed(socket);
    clearInterval(drip);
    expect(text).toMatch(/^HTTP\/1\.1 408 /);
    expect((await fetch(`${address}/feed.rss`)).status).toBe(200);
  });

  test('lets go of a client that sends nothing', async () => {
    const { port } = await started({ patience: 300 });
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.resume();
    await closed(socket);
  });

  test('lets go of a client that takes nothing of its answer', async () => {
    const body = Buffer.alloc(64 * 1024 * 1024);
    const { port } = await started({ patience: 300, respond: async () => new Response(body) });
    const [server] = servers;
    const letGo = new Promise((done) =>
      server!.once('connection', (one) => one.once('close', done)),
    );
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.pause();
    socket.write(`GET / HTTP/1.1\r\n${toHost}\r\n\r\n`);
    await letGo;
    socket.destroy();
  });

  test('answers others while a body is sent to it that nobody reads', async () => {
    const { port, address } = await started({ patience: 500 });
    const socket = connect(port, '127.0.0.1').setEncoding('latin1');
    socket.on('error', () => {});
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.write(`POST /feed.rss HTTP/1.1\r\n${toHost}\r\nTransfer-Encoding: chunked\r\n\r\n`);
    const drip = setInterval(() => socket.writable && socket.write('1\r\na\r\n'), 20);
    await vi.waitFor(() => expect(text).toMatch(/^HTTP\/1\.1 405 /));
    expect((await fetch(`${address}/feed.rss`)).status).toBe(200);
    if (!socket.closed) await closed(socket);
    clearInterval(drip);
  });

  test('bears a hundred clients that hang up', async () => {
    let answers = 0;
    const respond = async () => {
      await new Promise((done) => setTimeout(done, 50));
      answers++;
      return new Response(Buffer.alloc(1_000_000));
    };
    const { port, address, errors } = await started({ respond });
    for (let at = 0; at < 100; at++) {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => {});
      socket.write(`GET /${at} HTTP/1.1\r\n${toHost}\r\n\r\n`, () =>
        setTimeout(() => (at % 2 ? socket.destroy() : socket.resetAndDestroy()), at),
      );
    }
    await vi.waitFor(() => expect(answers).toBeGreaterThan(60), { timeout: 5000 });
    expect((await fetch(address)).status).toBe(200);
    expect(errors).toEqual([]);
  });
});
