import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Serving, serveBlog } from '../../src/cli/serve.ts';
import { post } from '../blog.ts';
import { folderWith } from './terminal.ts';

/** `tidings serve` and those who do not mean well, or are a program gone wrong: bytes on a socket. */

const site = `url: https://blog.example
legacy: [wordpress, jekyll, hugo, ghost, hexo]
moved: { /rss: /feed.rss }
gone: [/comments/feed/]
`;
const folder = folderWith({
  'tidings.yml': site,
  'one.md': post({ title: 'One', date: '2024-03-01', tags: ['docker'] }, 'Text. '.repeat(500)),
});

let serving: Serving;
let complaints = '';
beforeAll(async () => {
  const output = {
    out: () => {},
    err: (text: string) => {
      complaints += text;
    },
  };
  serving = await serveBlog(folder, { port: 0, host: '127.0.0.1' }, output);
});
afterAll(() => serving?.close());

const open = (): Socket => {
  const socket = connect(Number(new URL(serving.address).port), '127.0.0.1');
  // A server that has refused may close before it was told everything.
  return socket.on('error', () => socket.destroy()).setEncoding('latin1');
};

/** Sends bytes as they are and tells the head and body of all that comes back. */
async function raw(...lines: string[]): Promise<string> {
  const socket = open();
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  await new Promise((done) => socket.once('close', done));
  return text;
}

const usual = ['Host: localhost', 'Connection: close'];
const get = (path: string, ...more: string[]) => raw(`GET ${path} HTTP/1.1`, ...usual, ...more);
const statusOf = (text: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]);

/** True if somebody else's request is answered, and soon. */
async function isWell(): Promise<boolean> {
  const started = performance.now();
  const { status } = await fetch(`${serving.address}/tags/docker/feed.atom`);
  return status === 200 && performance.now() - started < 1000;
}

describe('a path', () => {
  test.each([
    ['/../../../etc/passwd', 400],
    ['/tags/%2e%2e/%2e%2e/etc/passwd', 400],
    ['/x/../feed.rss', 400],
    ['/feed.rss/.', 400],
    ['/tags\\docker\\feed.rss', 400],
    ['/feed.rss#x', 400],
    ['/feed.rss?x=../..', 200],
    ['/tags/..%2f..%2f..%2fetc%2fpasswd', 400],
    ['/..%5c..%5cwindows', 400],
    ['/%00', 400],
    ['/tags/docker%00/feed.rss', 400],
    ['/%', 400],
    ['/tags/%zz/feed.rss', 400],
    ['/tags/%c0%ae%c0%ae/', 400],
    ['/tags/%ed%a0%80/', 400],
    [`/${'a'.repeat(100_000)}`, 414],
    [`/feed.rss?${'a'.repeat(100_000)}`, 414],
    [`/mix/${'tags:a+'.repeat(10_000)}tags:b/feed.rss`, 414],
    [`/tags/${'docker/'.repeat(1000)}`, 404],
    [`/category/${'a/'.repeat(4000)}feed/`, 404],
    ['/__proto__/constructor/feed.rss', 404],
    ['/comments/feed/', 410],
  ])('such as %s has a clear status', async (path, status) => {
    const text = await get(path);
    expect(statusOf(text)).toBe(status);
    expect(text).not.toMatch(/root:|at file:|node:internal/);
    expect(await isWell()).toBe(true);
  });

  test.each(['PUT', 'POST', 'DELETE', 'PATCH', 'TRACE', 'PROPFIND', 'MKCOL', 'REPORT', 'QUERY'])(
    'by %s is 405, and Allow says what is not',
    async (method) => {
      const text = await raw(`${method} /feed.rss HTTP/1.1`, ...usual, 'Content-Length: 0');
      expect(text).toMatch(/^HTTP\/1\.1 405 .*\r\nallow: GET, HEAD, OPTIONS\r\n/is);
    },
  );

  test('by a word that is no method is 400', async () => {
    for (const method of ['BREW', 'G ET', 'get', 'GET\t', '\x00'])
      expect(statusOf(await raw(`${method} /feed.rss HTTP/1.1`, ...usual)), method).toBe(400);
  });
});

describe('no header can be put into an answer', () => {
  const evil = [
    '/tag/docker%0d%0aSet-Cookie:%20a=b/feed/',
    '/tags/Docker%0d%0aSet-Cookie:%20a=b/',
    '/tags/Docker%C4%8D%C4%8ASet-Cookie:a=b/feed.rss',
    '/?feed=rss2&tag=docker%0d%0aSet-Cookie:%20a=b',
    '/rss?%0d%0aSet-Cookie:%20a=b',
    '/feed.xml?x=%0d%0aSet-Cookie:%20a=b',
    '/tags/doker%E2%80%A8Set-Cookie/feed.rss',
    '//evil.example/%0d%0aSet-Cookie:a=b',
  ];

  test.each(evil)('by the path %s', async (path) => {
    const [head] = (await get(path)).split('\r\n\r\n');
    expect(head).not.toMatch(/^set-cookie/im);
    expect(head).not.toMatch(/^location: (\/\/|https?:)/im);
    for (const line of head!.split('\r\n').slice(1)) expect(line).toMatch(/^[\w-]+: [ -~]*$/);
  });

  test('by Host, X-Forwarded-Host or Origin', async () => {
    for (const header of [
      'X-Forwarded-Host: evil.example',
      'Forwarded: host=evil.example',
      'Origin: https://evil.example',
      'X-Original-URL: /tags/docker/',
    ])
      expect(await get('/feed.xml', header), header).not.toMatch(/evil/);
    expect(await raw('GET /feed.xml HTTP/1.1', 'Host: evil.example', 'Connection: close')).toMatch(
      /\r\nlocation: \/feed\.atom\r\n/,
    );
  });
});

test('a script on another site may read, after a preflight or without', async () => {
  const preflight = await raw(
    'OPTIONS /feed.json HTTP/1.1',
    ...usual,
    'Origin: https://reader.example',
    'Access-Control-Request-Method: GET',
    'Access-Control-Request-Headers: if-none-match',
  );
  expect(statusOf(preflight)).toBe(204);
  expect(preflight).toMatch(/\r\naccess-control-allow-origin: \*\r\n/);
  expect(preflight).toMatch(/\r\naccess-control-allow-headers: \*\r\n/);
  expect(preflight).toMatch(/\r\naccess-control-allow-methods: GET, HEAD, OPTIONS\r\n/);
  for (const path of ['/feed.json', '/nothing', '/feed.xml', '/comments/feed/', '/%00'])
    expect(await get(path, 'Origin: https://reader.example'), path).toMatch(
      /\r\naccess-control-allow-origin: \*\r\n/,
    );
});

describe('the server stays up', () => {
  test('while sixty clients send a byte at a time', async () => {
    const slow = Array.from({ length: 60 }, open);
    for (const socket of slow) socket.write('GET /feed.rss HTTP/1.1\r\nX: ');
    const drip = setInterval(() => {
      for (const socket of slow) if (socket.writable) socket.write('y');
    }, 10);
    for (let again = 0; again < 5; again++) expect(await isWell()).toBe(true);
    clearInterval(drip);
    for (const socket of slow) socket.destroy();
  });

  test('while sixty clients take nothing of their answers', async () => {
    const slow = Array.from({ length: 60 }, open);
    for (const socket of slow) {
      socket.pause();
      socket.write('GET /feed.rss HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(50));
    }
    for (let again = 0; again < 5; again++) expect(await isWell()).toBe(true);
    for (const socket of slow) socket.destroy();
  });

  test('while somebody sends 64 MB that nobody wants', async () => {
    const [socket, block] = [open(), Buffer.alloc(2 ** 20)];
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.write(
      `POST /feed.rss HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${2 ** 26}\r\n\r\n`,
    );
    for (let sent = 0; sent < 64 && !socket.destroyed; sent++)
      await new Promise((done) => socket.write(block, done));
    expect(statusOf(text)).toBe(405);
    expect(await isWell()).toBe(true);
    socket.destroy();
  });

  test('when three hundred clients hang up at once', async () => {
    const paths = ['/feed.rss', '/tags/docker/', '/nothing', '/feed.xml', '/'];
    await Promise.all(
      Array.from({ length: 300 }, async (_, at) => {
        const socket = open();
        const request = `GET ${paths[at % paths.length]} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
        await new Promise<void>((done) => {
          socket.write(at % 3 ? request : request.slice(0, 20), () => {
            if (at % 2) socket.destroy();
            else socket.resetAndDestroy();
          });
          socket.once('close', () => done());
        });
      }),
    );
    expect(await isWell()).toBe(true);
  });

  test('and had nothing to complain of', () => {
    expect(complaints).toBe('');
  });
});
