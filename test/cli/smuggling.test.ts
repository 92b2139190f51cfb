import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Serving, serveBlog } from '../../src/cli/serve.ts';
import { post } from '../blog.ts';
import { folderWith } from './terminal.ts';

/**
 * Requests of which a proxy and a server may disagree where they end (RFC 9112 §11.2), as bytes to
 * `tidings serve`. Each hides a second request; where that is answered, and not meant to be, 410
 * follows.
 */

const folder = folderWith({
  'tidings.yml': 'url: https://blog.example\ngone: [/hidden]\n',
  'one.md': post({ title: 'One', date: '2024-03-01', tags: ['docker'] }),
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

/** The statuses that come back for some bytes until the server closes or is quiet, and which it was. */
async function answers(bytes: string): Promise<string> {
  const socket = connect(Number(new URL(serving.address).port), '127.0.0.1');
  socket.setEncoding('latin1').on('error', () => socket.destroy());
  let text = '';
  const isClosed = await new Promise<boolean>((done) => {
    let quiet = setTimeout(() => done(false), 5000);
    socket.on('data', (chunk) => {
      text += chunk;
      clearTimeout(quiet);
      quiet = setTimeout(() => done(false), 300);
    });
    socket.once('close', () => done(true));
    socket.write(Buffer.from(bytes, 'latin1'));
  });
  socket.destroy();
  const statuses = [...text.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => status);
  return [...statuses, isClosed ? 'closed' : 'open'].join(' ');
}

const to = 'Host: localhost';
const hidden = `GET /hidden HTTP/1.1\r\n${to}\r\n\r\n`;
/** A request of these lines, and what comes after its head. */
const request = (lines: string[], rest = '') => `${lines.join('\r\n')}\r\n\r\n${rest}`;
const get = (...headers: string[]) => ['GET /feed.rss HTTP/1.1', to, ...headers];
const post1 = (...headers: string[]) => ['POST /feed.rss HTTP/1.1', to, ...headers];
const chunked = 'Transfer-Encoding: chunked';
const [empty, length] = ['0\r\n\r\n', `Content-Length: ${hidden.length}`];

test('the second request would be answered', async () => {
  expect(await answers(request(get(), hidden))).toBe('200 410 open');
  expect(await answers(request(get(), hidden.repeat(50)))).toBe(`200 ${'410 '.repeat(50)}open`);
});

describe('two ideas of a length:', () => {
  test.each([
    ['Content-Length and Transfer-Encoding', post1(length, chunked), `${empty}${hidden}`],
    ['Transfer-Encoding and Content-Length', post1(chunked, 'Content-Length: 5'), empty + hidden],
    ['the same with GET', get('Content-Length: 5', chunked), empty + hidden],
    ['two Content-Lengths', get('Content-Length: 0', length), hidden],
    ['two Content-Lengths that are equal', get(length, length), hidden],
    ['Content-Length as a list', get('Content-Length: 0, 0'), hidden],
    ['Content-Length with a sign', get('Content-Length: +0'), hidden],
    ['Content-Length below zero', get('Content-Length: -1'), hidden],
    ['Content-Length in hex', get('Content-Length: 0x0'), hidden],
    ['Content-Length with a blank in it', get('Content-Length: 0 0'), hidden],
    ['Content-Length without a number', get('Content-Length:'), hidden],
    ['Content-Length beyond 64 bits', get(`Content-Length: ${'9'.repeat(30)}`), hidden],
    ['chunked, then something else', post1('Transfer-Encoding: chunked, identity'), empty + hidden],
    ['chunked, in two headers', post1(chunked, 'Transfer-Encoding: identity'), empty + hidden],
    ['chunked, with a vertical tab', post1('Transfer-Encoding: \x0bchunked'), empty + hidden],
    ['chunked, quoted', get('Transfer-Encoding: "chunked"'), empty + hidden],
    ['what is not quite chunked', get('Transfer-Encoding: xchunked'), empty + hidden],
    ['a blank before the colon', post1('Transfer-Encoding : chunked'), empty + hidden],
    ['chunked, on a line of its own', post1('Transfer-Encoding:', ' chunked'), empty + hidden],
    ['a folded line', get('X: a', ' Content-Length: 5'), hidden],
    ['a folded line before all others', ['GET /feed.rss HTTP/1.1', ' X: y', to], hidden],
    ['LF for the end of a line', get(`X: a\n${chunked}`), empty + hidden],
    ['CR for the end of a line', get(`X: a\r${chunked}`), empty + hidden],
    ['NUL in a name', get('X\0: a'), hidden],
    ['NUL in a value', get('X: a\0b'), hidden],
    ['a header without a colon', get('Content-Length'), hidden],
    ['a header without a name', get(': 5'), hidden],
    ['chunked in HTTP/1.0', ['POST /feed.rss HTTP/1.0', to, chunked], empty + hidden],
    ['two hosts', get('Host: evil.example', 'Connection: close'), ''],
    ['no host', ['GET /feed.rss HTTP/1.1', 'Connection: close'], ''],
    ['a request after the last one', get('Connection: close'), hidden],
    ['a request after one of HTTP/1.0', ['GET /feed.rss HTTP/1.0'], hidden],
  ])('%s', async (_, lines, rest) => {
    expect(await answers(request(lines, rest))).toBe('400 closed');
  });
});

describe('a body in chunks', () => {
  test.each([
    ['whose length is no number', 'Z\r\n\r\n'],
    ['whose length has a sign', '+0\r\n\r\n'],
    ['whose length has 0x', '0x0\r\n\r\n'],
    ['whose length is beyond 64 bits', `${'F'.repeat(17)}1\r\nx\r\n${empty}`],
    ['that ends its lines with LF', '0\n\n'],
    ['with LF after an extension', `2;\nxx\r\n${empty}`],
    ['with a trailer that is a length', '0\r\nContent-Length: 5\r\n\r\n'],
  ])('%s ends the connection', async (_, body) => {
    for (const lines of [get(chunked), post1(chunked)])
      expect(await answers(request(lines, body + hidden))).toMatch(/^(200 |405 )?400 closed$/);
  });

  test('that is longer than its length says ends the connection after its answer', async () => {
    const bytes = request(post1(chunked), `1\r\nxyz\r\n${empty}${hidden}`);
    expect(await answers(bytes)).toMatch(/^(405 )?400 closed$/);
  });

  test('is read to its end, whatever it holds', async () => {
    const body = `${hidden.length.toString(16)}\r\n${hidden}\r\n${empty}`;
    expect(await answers(request(get(chunked), body))).toBe('200 open');
    expect(await answers(request(get('Transfer-Encoding:\tCHUNKED'), body))).toBe('200 open');
    expect(await answers(request(get(chunked), body + hidden))).toBe('200 410 open');
  });
});

describe('one request, one answer:', () => {
  test.each([
    ['GET with a body that is a request', request(get(length), hidden), '200 open'],
    ['HEAD with one', request(['HEAD /feed.rss HTTP/1.1', to, length], hidden), '200 open'],
    ['POST with one', request(post1(length), hidden), '405 open'],
    [
      'a body that is awaited',
      request(post1(length, 'Expect: 100-continue'), hidden),
      '100 405 open',
    ],
    ['an expectation of something else', request(get('Expect: cake')), '417 open'],
    ['a body announced and not sent', request(get('Content-Length: 9')), '200 open'],
    ['lines before it', `\r\n\r\n${request(get())}`, '200 open'],
    ['a whole address', request(['GET http://evil.example/feed.rss HTTP/1.1', to]), '200 open'],
    [
      'h2c',
      request(get('Connection: Upgrade', 'Upgrade: h2c'), 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
      '200 open',
    ],
    ['a web socket', request(get('Connection: Upgrade', 'Upgrade: websocket'), hidden), '200 open'],
    ['OPTIONS *', request(['OPTIONS * HTTP/1.1', to]), '204 open'],
    ['TRACE', request(['TRACE /feed.rss HTTP/1.1', to, 'Cookie: secret']), '405 open'],
    ['CONNECT', request(['CONNECT evil.example:443 HTTP/1.1', to], hidden), '405 closed'],
  ])('%s', async (_, bytes, expected) => {
    expect(await answers(bytes)).toBe(expected);
  });
});

describe('no request at all:', () => {
  test.each([
    ['an authority', 'GET evil.example:443 HTTP/1.1', '400 closed'],
    ['an asterisk', 'GET * HTTP/1.1', '400 open'],
    ['no path', 'GET  HTTP/1.1', '400 closed'],
    ['a path without its slash', 'GET feed.rss HTTP/1.1', '400 closed'],
    ['a backslash', 'GET \\feed.rss HTTP/1.1', '400 closed'],
    ['a blank in the path', 'GET /feed.rss x HTTP/1.1', '400 closed'],
    ['tabs', 'GET\t/feed.rss\tHTTP/1.1', '400 closed'],
    ['NUL', 'GET /feed\0.rss HTTP/1.1', '400 closed'],
    ['HTTP/1.2', 'GET /feed.rss HTTP/1.2', '400 closed'],
    ['HTTP/2.0', 'GET /feed.rss HTTP/2.0', '505 closed'],
    ['HTTP/0.9 by name', 'GET /feed.rss HTTP/0.9', '505 closed'],
    ['HTTP/3.1', 'GET /feed.rss HTTP/3.1', '400 closed'],
    ['no version', 'GET /feed.rss HTTP/', '400 closed'],
    // Node takes it for HTTP of the same version.
    ['another protocol', 'GET /feed.rss RTSP/1.0', '200 closed'],
    ['HTTP/2 at once', 'PRI * HTTP/2.0', '400 closed'],
    ['HTTP/0.9', 'GET /feed.rss', '505 closed'],
    ['LF alone', `GET /feed.rss HTTP/1.1\n${to}\n\n`, '400 closed'],
    ['CR alone', `GET /feed.rss HTTP/1.1\r${to}\r\r`, '400 closed'],
  ])('%s', async (_, line, expected) => {
    expect(await answers(request([line, to]))).toBe(expected);
  });

  test('3,000 headers, also with a length behind them', async () => {
    const many = Array.from({ length: 3000 }, () => 'X: y');
    expect(await answers(request(get(...many)))).toBe('431 closed');
    expect(await answers(request(get(...many, length), hidden))).toBe('431 closed');
  });
});

test('the server is well, and had nothing to complain of', async () => {
  expect((await fetch(`${serving.address}/feed.rss`)).status).toBe(200);
  expect(complaints).toBe('');
});
