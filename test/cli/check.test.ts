import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkCommand } from '../../src/cli/check.ts';

const valid = `{"version": "https://jsonfeed.org/version/1.1", "title": "T", "feed_url": "https://e.com/f", "items": []}`;
const rss = (self: string) =>
  `<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>T</title>
<link>https://e.com/</link><description>D</description><atom:link rel="self" href="${self}"/></channel></rss>`;

async function run(targets: string[], input = '') {
  const out: string[] = [];
  const err: string[] = [];
  const status = await checkCommand(targets, {
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    input: (async function* () {
      yield Buffer.from(input);
    })(),
  });
  return { status, out, err };
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidings-check-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('files', () => {
  test('that are valid end with status 0', async () => {
    const file = join(folder, 'valid.json');
    await writeFile(file, valid);
    expect(await run([file])).toEqual({
      status: 0,
      out: [`${file}: JSON Feed 1.1, 0 entries: valid`],
      err: [],
    });
  });

  test('with warnings alone end with status 0', async () => {
    const { status, out } = await run(['-'], valid.replace('"feed_url": "https://e.com/f", ', ''));
    expect(status).toBe(0);
    expect(out.at(-1)).toBe('stdin: JSON Feed 1.1, 0 entries: valid, 1 warning');
  });

  test('with errors end with status 1 and tell line, column, name and clause', async () => {
    const { status, out } = await run(['-'], valid.replace('"T"', '\n7'));
    expect(status).toBe(1);
    expect(out).toEqual([
      'stdin:2:1: error InvalidValue: title: is of type number where a string is asked: put it in quotes (JSON Feed 1.1 §title)',
      'stdin: JSON Feed 1.1, 0 entries: 1 error, 0 warnings',
    ]);
  });

  test('that cannot be read end with status 2, and the others are judged', async () => {
    const missing = join(folder, 'missing.rss');
    const { status, out, err } = await run([missing, folder, 'ftp://e.com/feed', '-'], '<x/>');
    expect(status).toBe(2);
    expect(err[0]).toBe(`${missing}: cannot be read: there is no such file; check the path`);
    expect(err[1]).toBe(`${folder}: cannot be read: it is a folder; name a file in it`);
    expect(err[2]).toBe('ftp://e.com/feed: cannot be read: only http: and https: URLs are fetched');
    expect(out.at(-1)).toBe('stdin: no feed: 1 error, 0 warnings');
  });

  test('cannot forge lines or move the cursor', async () => {
    const { out } = await run(['-'], '<rss version="\u0085\u001b[2J"/>');
    expect(out.join('')).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
  });
});

test.each([
  [[], 'check: nothing to check'],
  [['--all'], 'check: unknown option --all'],
])('bad arguments %j are told with the usage', async (targets, message) => {
  const { status, err } = await run(targets);
  expect(status).toBe(2);
  expect(err[0]).toBe(message);
  expect(err[1]).toContain('Usage: tidings check');
});

describe('URLs', () => {
  let server: Server;
  let base: string;
  let accepted: string | undefined;
  beforeAll(async () => {
    server = createServer((request, response) => {
      accepted = request.headers.accept;
      const send = (type: string, body: string) =>
        response.setHeader('content-type', type).end(body);
      if (request.url === '/feed.rss') send('application/rss+xml', rss(`${base}/feed.rss`));
      else if (request.url === '/wrong.rss') send('text/plain', rss(`${base}/feed.rss`));
      else if (request.url === '/old') response.writeHead(301, { location: '/feed.rss' }).end();
      else if (request.url === '/')
        send('text/html', '<html><link rel=alternate type=application/rss+xml href=feed.rss>');
      else if (request.url === '/endless') {
        const chunk = Buffer.alloc(1 << 20, 'x');
        const pour = () => void (response.destroyed || response.write(chunk, pour));
        pour();
      } else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  test('are fetched as feeds, through redirects', async () => {
    const { status, out } = await run([`${base}/old`]);
    expect(out).toEqual([`${base}/old: RSS 2.0, 0 entries: valid`]);
    expect(status).toBe(0);
    expect(accepted).toContain('application/rss+xml');
  });

  test('are compared with the feed’s own address and type', async () => {
    const { out } = await run([`${base}/wrong.rss`]);
    expect(out.map((line) => line.split(' ')[2])).toEqual([
      'UnexpectedContentType:',
      'SelfDoesntMatchLocation:',
      '2.0,',
    ]);
  });

  test('of pages tell the feeds', async () => {
    const { status, out } = await run([`${base}/`]);
    expect(status).toBe(1);
    expect(out[0]).toContain(`its feeds are: ${base}/feed.rss`);
  });

  test('that never end are cut', async () => {
    const { out } = await run([`${base}/endless`]);
    expect(out[0]).toContain('ValidatorLimit');
  });

  test('that are not there end with status 2', async () => {
    const { status, err } = await run([`${base}/none`, 'http://127.0.0.1:1/']);
    expect(status).toBe(2);
    expect(err[0]).toBe(`${base}/none: cannot be read: the server answers 404 Not Found`);
    expect(err).toHaveLength(2);
  });
});
