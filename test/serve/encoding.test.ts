import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type Coding, codingFor, compressor, room } from '../../src/serve/encoding.ts';
import { hostWith } from './shelf.ts';

describe('the coding of a feed (RFC 9110 §12.5.3)', () => {
  test.each<[string | null, Coding | undefined]>([
    [null, 'identity'],
    ['', 'identity'],
    ['gzip', 'gzip'],
    ['br', 'br'],
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip, deflate', 'gzip'],
    ['GZIP', 'gzip'],
    ['x-gzip', 'gzip'],
    ['deflate, zstd', 'identity'],
    ['br;q=0.5, gzip', 'gzip'],
    ['br;q=0.5,gzip;q=0.8', 'gzip'],
    ['gzip;q=0', 'identity'],
    ['gzip; q=0.001', 'gzip'],
    ['gzip;q=0.5, identity', 'identity'],
    ['gzip;q=0.5, identity;q=0.5', 'gzip'],
    ['identity', 'identity'],
    ['identity;q=0, gzip', 'gzip'],
    ['*', 'br'],
    ['br;q=0, *', 'gzip'],
    ['gzip;q=0, br;q=0, *', 'identity'],
    ['*;q=0', undefined],
    ['*;q=0, identity', 'identity'],
    ['identity;q=0', undefined],
    ['identity;q=0, deflate', undefined],
    ['gzip;q=high', 'identity'],
    ['gzip;q=1.5', 'identity'],
    ['gzip;q=0.1234', 'identity'],
    [';;,,=', 'identity'],
  ])('for %j is %s', (accept, coding) => {
    expect(codingFor(accept, 5000)).toBe(coding);
  });

  test.each<[string | null, Coding | undefined]>([
    ['gzip, br', 'identity'],
    ['*', 'identity'],
    ['identity;q=0, gzip', 'gzip'],
    ['*;q=0, br', 'br'],
    ['*;q=0', undefined],
  ])('that is small, for %j is %s', (accept, coding) => {
    expect(codingFor(accept, 999)).toBe(coding);
  });
});

describe('a compressed feed', () => {
  test.each([
    ['gzip', gunzipSync],
    ['br', brotliDecompressSync],
  ])('in %s is the same feed, with a tag of its own', async (coding, unpack) => {
    const { get } = await hostWith();
    const plain = await get('/feed.rss');
    const packed = await get('/feed.rss', { 'accept-encoding': coding });
    expect(packed.headers.get('content-encoding')).toBe(coding);
    const bytes = Buffer.from(await packed.arrayBuffer());
    expect(packed.headers.get('content-length')).toBe(String(bytes.length));
    expect(unpack(bytes).toString()).toBe(await plain.text());
    expect(packed.headers.get('etag')).toBe(
      plain.headers.get('etag')!.replace(/"$/, `-${coding}"`),
    );
    expect(packed.headers.get('vary')).toBe(plain.headers.get('vary'));
  });

  test('is not modified for those who have it in the coding that they would get, alone', async () => {
    const { get } = await hostWith();
    const etag = (await get('/feed.rss', { 'accept-encoding': 'gzip' })).headers.get('etag')!;
    const asked = { 'if-none-match': etag };
    expect((await get('/feed.rss', { ...asked, 'accept-encoding': 'gzip' })).status).toBe(304);
    expect((await get('/feed.rss', { ...asked, 'accept-encoding': 'br' })).status).toBe(200);
    expect((await get('/feed.rss', asked)).status).toBe(200);
    const all = { 'if-none-match': `"x", W/${etag}, "y"`, 'accept-encoding': 'gzip' };
    expect((await get('/feed.rss', all)).status).toBe(304);
  });

  test('that the reader bears in no coding is refused', async () => {
    const { get } = await hostWith();
    const response = await get('/feed.rss', { 'accept-encoding': '*;q=0' });
    expect([response.status, response.headers.get('content-encoding')]).toEqual([406, null]);
  });
});

describe('what is kept compressed', () => {
  const object = (etag: string, size = 10_000) => ({ etag, body: Buffer.alloc(size, etag) });

  test('is made once for an ETag, also for requests at the same time', async () => {
    const compress = compressor();
    const [one, other] = [
      compress('feed.rss', object('a'), 'gzip'),
      compress('feed.rss', object('a'), 'gzip'),
    ];
    expect(await one).toBe(await other);
    expect(await compress('feed.rss', object('a'), 'gzip')).toBe(await one);
    expect(await compress('feed.rss', object('a'), 'br')).not.toBe(await one);
  });

  test('is made anew when the ETag changes', async () => {
    const compress = compressor();
    await compress('feed.rss', object('a'), 'gzip');
    expect(gunzipSync(await compress('feed.rss', object('b'), 'gzip'))[0]).toBe(98);
  });

  test('is not mixed up between feeds with equal ETags', async () => {
    const compress = compressor();
    const one = await compress('a', { etag: '1', body: Buffer.alloc(2000, 'a') }, 'gzip');
    const other = await compress('b', { etag: '1', body: Buffer.alloc(2000, 'b') }, 'gzip');
    expect(one).not.toEqual(other);
  });

  test('is bounded: what was asked for the longest ago goes first', async () => {
    const compress = compressor(2 * (room + 150));
    const random = (seed: number) =>
      Buffer.from(Array.from({ length: 100 }, (_, at) => (at * 97 * seed) % 251));
    const get = (name: string) =>
      compress(name, { etag: name, body: random(name.charCodeAt(0)) }, 'gzip');
    const [a, b] = [await get('a'), await get('b')];
    expect(await get('a')).toBe(a);
    const c = await get('c');
    expect(await get('a')).toBe(a);
    expect(await get('c')).toBe(c);
    expect(await get('b')).not.toBe(b);
  });

  test('takes no more memory than is counted, however small the documents', async () => {
    const compress = compressor(100 * room);
    const get = (at: number) =>
      compress(
        `before/${at}`,
        { etag: 'a', body: Buffer.alloc(2000, 'a') },
        at % 2 ? 'br' : 'gzip',
      );
    const first = await get(0);
    // zlib gives a piece of a block of 16 KB, which would be kept whole.
    expect(first.buffer.byteLength).toBe(first.length);
    for (let at = 1; at < 100; at++) await get(at);
    expect(await get(0)).not.toBe(first);
  });

  test('larger than all there is room for is made each time', async () => {
    const compress = compressor(1);
    const [one, other] = [
      await compress('a', object('a'), 'gzip'),
      await compress('a', object('a'), 'gzip'),
    ];
    expect(one).toEqual(other);
  });
});
