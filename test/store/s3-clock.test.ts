import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { S3Store, s3Client } from '../../src/store/s3.ts';
import { s3Clock } from '../../src/store/s3-clock.ts';
import { grant, refuse, stub } from '../s3/stub.ts';

let server: Awaited<ReturnType<typeof stub>>;
let isSlow = false;
beforeAll(async () => {
  server = await stub(async (response, { url }) => {
    // Node writes the date when the headers go, so the right time is ours.
    if (isSlow) await sleep(1500);
    if (url.includes('missing')) refuse(response, 404, 'NoSuchKey');
    else grant(response, 'x');
  });
});
afterAll(() => server.close());

/** A publisher whose clock is wrong by `offset` milliseconds. */
function publisher() {
  const clock = { offset: 0 };
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  const client = s3Client({ endpoint: server.endpoint, region: 'us-east-1', credentials });
  const now = s3Clock(client, () => Date.now() + clock.offset);
  return { clock, store: new S3Store({ client, bucket: 'b' }), now };
}

test('a right clock is left as it is, however slow the server', async () => {
  const { store, now } = publisher();
  for (const slow of [false, true, false]) {
    isSlow = slow;
    await store.get('a');
    expect(Math.abs(now() - Date.now())).toBeLessThanOrEqual(1);
  }
});

test.each([-86_400_000, -600_000, -30_000, 30_000, 600_000, 86_400_000])(
  'a clock that jumps by %i ms is right again with the next reply, within the second that it tells',
  async (offset) => {
    const { clock, store, now } = publisher();
    await store.get('a');
    clock.offset = offset;
    await store.get('a');
    expect(Math.abs(now() - Date.now())).toBeLessThanOrEqual(1100);
    clock.offset = 0;
    await store.get('missing').catch(() => {});
    expect(Math.abs(now() - Date.now())).toBeLessThanOrEqual(1100);
  },
);

test('a clock that is half a second off is as good as any', async () => {
  const { clock, store, now } = publisher();
  clock.offset = 400;
  await store.get('a');
  expect(Math.abs(now() - Date.now())).toBeLessThanOrEqual(1400);
});
