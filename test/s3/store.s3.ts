import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Conflict, NotFound, TooLarge, Unavailable } from '../../src/errors.ts';
import { safe } from '../../src/keys.ts';
import { S3Store, s3Client } from '../../src/store/s3.ts';
import { byteOrder } from '../../src/store/tree.ts';
import { newBucket, removeBucket, testClient } from './bucket.ts';
import { lossyProxy } from './lossy-proxy.ts';
import type { Race } from './racer.ts';

const endpoint = process.env['TEST_S3_ENDPOINT']!;
/** Replies can be lost only where no TLS hides whose they are. */
const onPlainHttp = test.runIf(endpoint.startsWith('http:'));
const client = testClient();
let bucket: string;
let store: S3Store;

beforeAll(async () => {
  bucket = await newBucket(client);
  store = new S3Store({ client, bucket });
});

afterAll(async () => {
  await removeBucket(client, bucket);
  client.destroy();
});

const textOf = async (key: string) => Buffer.from((await store.get(key)).body).toString();

test('of twenty racing writers in five processes exactly one wins, time after time', async () => {
  const racers = Array.from({ length: 5 }, () => fork(join(import.meta.dirname, 'racer.ts')));
  await Promise.all(racers.map((racer) => once(racer, 'message')));
  for (let round = 0; round < 20; round++) {
    const key = `race/${round}`;
    const creator = await winnerOf(racers, { bucket, key });
    expect(await textOf(key)).toBe(creator);
    const { etag } = await store.head(key);
    const updater = await winnerOf(racers, { bucket, key, etag });
    expect(await textOf(key)).toBe(updater);
  }
  for (const racer of racers) racer.kill();
});

/** The one name of twenty whose put succeeded; every other must have met a Conflict. */
async function winnerOf(racers: ChildProcess[], race: Omit<Race, 'names'>): Promise<string> {
  const reports = racers.map(async (racer, n) => {
    const kind = race.etag === undefined ? 'creator' : 'updater';
    racer.send({ ...race, names: [0, 1, 2, 3].map((of) => `${kind} ${n}.${of}`) });
    const [report] = await once(racer, 'message');
    return report as { won: string[]; strange: string[] };
  });
  const all = await Promise.all(reports);
  expect(all.flatMap(({ strange }) => strange)).toEqual([]);
  const won = all.flatMap((report) => report.won);
  expect(won).toHaveLength(1);
  return won[0]!;
}

onPlainHttp('a conditional write whose reply is lost is done, and says Conflict', async () => {
  const proxy = await lossyProxy(endpoint);
  const lossy = testClient(proxy.endpoint);
  const through = new S3Store({ client: lossy, bucket });
  proxy.lose();
  await expect(through.put('lost', 'first', { create: true })).rejects.toThrow(Conflict);
  expect(await textOf('lost')).toBe('first');
  proxy.lose();
  const { etag } = await store.head('lost');
  await expect(through.put('lost', 'second', { update: etag })).rejects.toThrow(Conflict);
  expect(await textOf('lost')).toBe('second');
  await through.put('lost', 'third', { update: (await through.head('lost')).etag });
  expect(await textOf('lost')).toBe('third');
  lossy.destroy();
  await proxy.close();
});

onPlainHttp('a lost reply to a put, get, head, list or delete is asked for again', async () => {
  const proxy = await lossyProxy(endpoint);
  const lossy = testClient(proxy.endpoint);
  const through = new S3Store({ client: lossy, bucket });
  const calls = [
    () => through.put('again/a', 'x'),
    () => through.get('again/a'),
    () => through.head('again/a'),
    () => through.list('again/'),
    () => through.delete('again/a'),
  ];
  for (const call of calls) {
    proxy.lose();
    await call();
    expect(proxy.hasLost()).toBe(true);
  }
  lossy.destroy();
  await proxy.close();
});

test('a key may have 1,024 bytes, and not one more', async () => {
  const key = `${'ж/'.repeat(341)}k`;
  expect(Buffer.byteLength(key)).toBe(1024);
  await store.put(key, 'long');
  expect(await textOf(key)).toBe('long');
  const listed = await store.list(key.slice(0, 900));
  expect(listed.objects.map((object) => object.key)).toEqual([key]);
  await expect(store.put(`${key}k`, 'x')).rejects.toThrow(NotFound);
});

test('odd keys are listed in byte order, one at a time as well as at once', async () => {
  const names = [...Array(94).keys()].map((n) => `${String.fromCharCode(33 + n)}x`);
  const keys = [...names, 'é', 'е\u0308', '中', '\uff5e', '\u{1f600}', ' + ', '%2B', '%']
    .filter((name) => !/[/\\]/.test(name))
    .map((name) => `odd/${name}`);
  await Promise.all(keys.map((key) => store.put(key, '')));
  keys.sort(byteOrder);
  const all = await store.list('odd/');
  expect(all.objects.map(({ key }) => key)).toEqual(keys);
  let after = '';
  for (const [n, key] of keys.entries()) {
    const { objects, more } = await store.list('odd/', { after, limit: 1 });
    expect(objects.map((object) => object.key)).toEqual([key]);
    expect(more).toBe(n < keys.length - 1);
    after = key;
  }
});

test('keys that nobody thought of come back as they were put', async () => {
  const key = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }).filter(safe);
  const keys = [...new Set(fc.sample(key, { numRuns: 200, seed: 7 }))].map((name) => `any/${name}`);
  await Promise.all(keys.map((name) => store.put(name, name)));
  const listed = (await store.list('any/')).objects.map((object) => object.key);
  expect(listed).toEqual(keys.toSorted(byteOrder));
  expect(await Promise.all(listed.map(textOf))).toEqual(listed);
});

test('readers get the type and the cache headers that an object was written with', async () => {
  const headers = { cacheControl: 'max-age=300', contentEncoding: 'gzip' };
  await store.put('feed.atom', 'x', undefined, headers);
  expect((await store.get('feed.atom')).headers).toEqual(headers);
  expect((await store.head('feed.atom')).headers).toEqual(headers);
  expect(
    await client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'feed.atom' })),
  ).toMatchObject({
    ContentType: 'application/atom+xml; charset=utf-8',
    CacheControl: 'max-age=300',
    ContentEncoding: 'gzip',
  });
});

test('an object larger than the store reads is refused', async () => {
  await store.put('large', new Uint8Array(2 ** 20));
  const small = new S3Store({ client, bucket, largest: 2 ** 20 - 1 });
  await expect(small.get('large')).rejects.toThrow(TooLarge);
  expect((await store.get('large')).size).toBe(2 ** 20);
});

test('a missing bucket and wrong credentials are named', async () => {
  const nowhere = new S3Store({ client, bucket: `${bucket}-none` });
  const missing = `there is no bucket ${bucket}-none`;
  await expect(nowhere.get('a')).rejects.toThrow(missing);
  await expect(nowhere.head('a')).rejects.toThrow(missing);
  await expect(nowhere.delete('a')).rejects.toThrow(missing);
  await expect(nowhere.put('a', 'x', { update: 'e' })).rejects.toThrow(missing);
  await expect(nowhere.list('')).rejects.toThrow(missing);
  const stranger = s3Client({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'nobody', secretAccessKey: 'x' },
  });
  const refused = new S3Store({ client: stranger, bucket });
  for (const call of ['get', 'head', 'delete'] as const) {
    const error = await refused[call]('a').catch((cause) => cause);
    expect(error).toBeInstanceOf(Unavailable);
    expect(error.message).toContain(`on bucket ${bucket}`);
  }
});
