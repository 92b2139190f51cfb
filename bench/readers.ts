/**
 * `npm run bench -- readers`: bytes on the wire of a poll, in each format and coding, of a feed that
 * has changed and of one that has not, asked of the running server; and from them what 10,000
 * subscribers take in a day. The posts lie beside the project; without them made ones are served.
 */
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { serveBlog } from '../src/cli/serve.ts';
import { type Format, formats } from '../src/keys.ts';
import { madePost } from './made-posts.ts';
import { count, machine, table } from './print.ts';

const tags = ['a', 'b', 'c', 'd', 'e'];
const codings = ['identity', 'gzip', 'br'] as const;
const subscribers = 10_000;
/** Of one subscriber in a day: every 30 minutes. */
const polls = 48;
const requests = subscribers * polls;
/** Assumed: how often the feed changes in a day, a new post and an edit. */
const changes = 2;
/** Of an unchanged poll, bytes; of a changed one, part of the feed as it is. */
const targets = { unchanged: 400, changed: 0.25 };
/** CloudFront's list prices for North America and Europe (docs/deploy.md), without its free tier. */
const dollars = { request: 0.01 / 10_000, edge: 0.1 / 1e6, byte: 0.085 / 1e9 };

/** A request and its reply, in bytes as they were sent. */
interface Exchange {
  status: number;
  sent: number;
  head: number;
  body: number;
  etag: string;
}

/** Asks as a reader does that has the feed of this entity tag, on a connection that stays. */
async function poll(socket: Socket, format: Format, coding: string, etag?: string) {
  const lines = [
    `GET /feed.${format} HTTP/1.1`,
    'Host: feeds.example.org',
    'User-Agent: Reader/1.0 (+https://reader.example/; 1 subscribers)',
    'Accept: application/rss+xml, application/atom+xml, application/feed+json',
    `Accept-Encoding: ${coding}`,
    ...(etag ? [`If-None-Match: ${etag}`] : []),
  ];
  const request = `${lines.join('\r\n')}\r\n\r\n`;
  socket.write(request);
  let reply = Buffer.alloc(0);
  for (;;) {
    reply = Buffer.concat([reply, await next(socket)]);
    const head = reply.indexOf('\r\n\r\n') + 4;
    if (head < 4) continue;
    const text = reply.toString('latin1', 0, head);
    const field = (name: string) => new RegExp(`^${name}: (.*)\r$`, 'im').exec(text)?.[1];
    const status = Number(text.split(' ')[1]);
    const body = status === 304 ? 0 : Number(field('content-length'));
    if (reply.length < head + body) continue;
    const sent = Buffer.byteLength(request);
    return { status, sent, head, body, etag: field('etag')! } satisfies Exchange;
  }
}

async function next(socket: Socket): Promise<Buffer> {
  for (;;) {
    const chunk: Buffer | null = socket.read();
    if (chunk) return chunk;
    await new Promise((done) => socket.once('readable', done));
  }
}

/** A folder of posts that may be changed. */
function folderOf(blog: string): { folder: string; site?: string; what: string } {
  const folder = mkdtempSync(join(tmpdir(), 'tidings-readers-'));
  const real = fileURLToPath(new URL(`../../shared/posts/${blog}`, import.meta.url));
  if (existsSync(real)) {
    cpSync(real, folder, { recursive: true });
    return { folder, site: `${real}.yml`, what: blog };
  }
  for (let nth = 0; nth < 100; nth++)
    writeFileSync(join(folder, `${nth}.md`), madePost({ tags, published: 1e9 + nth, seed: nth }));
  return { folder, what: `made posts, for there is no ${real}` };
}

/** Polls the feed of a blog in every way, before and after a change. */
async function polled(blog: string) {
  const { folder, site, what } = folderOf(blog);
  const quiet = { out: () => {}, err: () => {}, isTerminal: false };
  const options = { host: '127.0.0.1', port: 0, ...(site && { site }) };
  const { address, close } = await serveBlog(folder, options, quiet);
  const socket = connect(Number(new URL(address).port), '127.0.0.1');
  const every = async (known?: Map<string, Exchange>) => {
    const found = new Map<string, Exchange>();
    for (const format of formats)
      for (const coding of codings) {
        const key = `${format} ${coding}`;
        found.set(key, await poll(socket, format, coding, known?.get(key)?.etag));
      }
    return found;
  };
  // What changed in this very second has no date yet.
  await sleep(1100);
  const first = await every();
  const unchanged = await every(first);
  const newest = { tags, published: Date.now() / 1000 - 3600, seed: 1e6 };
  writeFileSync(join(folder, 'new.md'), madePost(newest));
  const { etag } = first.get('rss br')!;
  for (let nth = 0; (await poll(socket, 'rss', 'br', etag)).status !== 200; nth++) {
    if (nth === 100) throw new Error(`${what}: a new post is not in the feed`);
    await sleep(100);
  }
  await sleep(1100);
  const changed = await every(first);
  socket.destroy();
  await close();
  rmSync(folder, { recursive: true });
  return { what, unchanged, changed };
}

function verdict(isMet: boolean): string {
  return isMet ? 'met' : 'NOT MET';
}

/** Of one subscriber's day, for all: without conditions every poll is a whole feed. */
function day(whole: Exchange, same: Exchange, isConditional: boolean) {
  const wholes = isConditional ? changes : polls;
  const size = ({ head, body }: Exchange) => head + body;
  const bytes = subscribers * (wholes * size(whole) + (polls - wholes) * size(same));
  const price = requests * (dollars.request + dollars.edge) + bytes * dollars.byte;
  return { bytes, price };
}

async function report(blog: string): Promise<void> {
  const { what, unchanged, changed } = await polled(blog);
  const all = [...changed.keys()];
  const rows = all.map((key) => {
    const [whole, same] = [changed.get(key)!, unchanged.get(key)!];
    if (whole.status !== 200 || same.status !== 304)
      throw new Error(`${key}: ${whole.status} and ${same.status}, 200 and 304 were to come`);
    const part = whole.body / changed.get(`${key.split(' ')[0]} identity`)!.body;
    const [one, two] = [same.head < targets.unchanged, part <= targets.changed];
    return [
      key,
      ...[whole.body, whole.head, same.head, same.sent].map(count),
      part.toFixed(3),
      `${verdict(one)}${key.endsWith('identity') ? '' : `; ${verdict(two)}`}`,
    ];
  });
  console.log(`\nThe site's feed: ${what}`);
  table(
    ['', 'body', 'its headers', '304', 'request', 'of identity', 'under 400; at most a quarter'],
    rows,
  );
  const days = all.map((key) => {
    const figures = [false, true].map((one) => day(changed.get(key)!, unchanged.get(key)!, one));
    const cells = figures.flatMap(({ bytes, price }) => [
      (bytes / 1e9).toFixed(2),
      price.toFixed(2),
    ]);
    return [key, ...cells];
  });
  table(['a day', 'GB, every poll a whole feed', '$', 'GB, conditional', '$'], days);
}

console.log(machine());
for (const blog of ['weblog', 'podcast']) await report(blog);
console.log(
  `${count(subscribers)} subscribers, ${polls} polls a day each: ${count(requests)} requests, of which, conditional, ${count(subscribers * changes)} get a whole feed, since it changes ${changes} times a day. CloudFront's list prices, no free tier.`,
);
