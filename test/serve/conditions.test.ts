import { describe, expect, test } from 'vitest';
import { hostWith } from './shelf.ts';

/** Conditional requests as a client meets them: every combination, by the steps of RFC 9110 §13.2.2. */

const host = await hostWith('gone: [/gone]\nmoved: {/old: /feed.rss}\n');
const first = await host.get('/feed.rss');
const etag = first.headers.get('etag')!;
const date = first.headers.get('last-modified')!;
const earlier = new Date(Date.parse(date) - 1000).toUTCString();
const later = new Date(Date.parse(date) + 1000).toUTCString();

type Case = readonly [value: string | undefined, holds: boolean | undefined];

// Undefined: the header is absent, or is to be passed over as if it were.
const ifMatch: Case[] = [
  [undefined, undefined],
  [etag, true],
  [`"other", ${etag}`, true],
  ['*', true],
  ['"other"', false],
  [`W/${etag}`, false],
  ['other', undefined],
];
const ifUnmodifiedSince: Case[] = [
  [undefined, undefined],
  [date, true],
  [later, true],
  [earlier, false],
  ['soon', undefined],
];
const ifNoneMatch: Case[] = [
  [undefined, undefined],
  ['"other"', true],
  [etag, false],
  [`W/${etag}`, false],
  [`"other",W/${etag}`, false],
  ['*', false],
  // §13.1.3: it is a field of the request, so dates do not count; and it names no tag that we have.
  ['other', true],
];
const ifModifiedSince: Case[] = [
  [undefined, undefined],
  [earlier, true],
  [date, false],
  [later, false],
  ['soon', undefined],
];

/** §13.2.2, step by step. */
function expected(
  match: boolean | undefined,
  unmodified: boolean | undefined,
  none: boolean | undefined,
  modified: boolean | undefined,
): number {
  if (match !== undefined) {
    if (!match) return 412;
  } else if (unmodified === false) return 412;
  if (none !== undefined) return none ? 200 : 304;
  return modified === false ? 304 : 200;
}

describe.each(['GET', 'HEAD'])('%s', (method) => {
  test('is answered as the table of RFC 9110 §13.2.2 says, whatever is combined', async () => {
    let cases = 0;
    for (const [match, one] of ifMatch)
      for (const [unmodified, two] of ifUnmodifiedSince)
        for (const [none, three] of ifNoneMatch)
          for (const [modified, four] of ifModifiedSince) {
            const headers = Object.entries({
              'if-match': match,
              'if-unmodified-since': unmodified,
              'if-none-match': none,
              'if-modified-since': modified,
            }).filter((pair): pair is [string, string] => pair[1] !== undefined);
            const asked = Object.fromEntries(headers);
            const { status } = await host.get('/feed.rss', asked, method);
            expect(status, JSON.stringify(asked)).toBe(expected(one, two, three, four));
            cases++;
          }
    expect(cases).toBe(7 * 5 * 7 * 5);
  });
});

const conditions = { 'if-none-match': '*', 'if-match': '"other"', 'if-modified-since': later };

test.each([
  ['/nothing', 'GET', 404],
  ['/gone', 'GET', 410],
  ['/old', 'GET', 301],
  ['/%00', 'GET', 400],
  ['/feed.rss', 'POST', 405],
  ['/feed.rss', 'OPTIONS', 204],
])('%s by %s is %d whatever the conditions (§13.2.1)', async (path, method, status) => {
  expect((await host.get(path, conditions, method)).status).toBe(status);
});

test('a range, and its If-Range, are passed over (§14.2): the whole feed comes', async () => {
  const asked = { range: 'bytes=0-9', 'if-range': '"other"' };
  expect((await host.get('/feed.rss', asked)).status).toBe(200);
  expect((await host.get('/feed.rss', { ...asked, 'if-none-match': etag })).status).toBe(304);
});

describe('each coding', () => {
  const accept = (coding: string) => ({ 'accept-encoding': coding });
  const tags = async () =>
    Promise.all(
      ['identity', 'gzip', 'br'].map(
        async (one) => (await host.get('/feed.rss', accept(one))).headers.get('etag')!,
      ),
    );

  test('has a strong tag of its own, which makes 304 for that coding and no other', async () => {
    const [plain, gzip, br] = await tags();
    expect(new Set([plain, gzip, br]).size).toBe(3);
    const status = async (tag: string, coding: string) =>
      (await host.get('/feed.rss', { 'if-none-match': tag, ...accept(coding) })).status;
    expect(await status(gzip!, 'gzip')).toBe(304);
    expect(await status(`"x", ${br}`, 'gzip, br')).toBe(304);
    expect(await status(gzip!, 'br')).toBe(200);
    expect(await status(plain!, 'gzip')).toBe(200);
  });

  test('has the weak tag that a proxy makes, which compressed what it got in another', async () => {
    const [plain, gzip] = await tags();
    const status = async (tag: string, coding: string) =>
      (await host.get('/feed.rss', { 'if-none-match': tag, ...accept(coding) })).status;
    expect(await status(`W/${plain}`, 'gzip')).toBe(304);
    expect(await status(`W/${plain}`, 'br, gzip')).toBe(304);
    expect(await status(`W/${gzip}`, 'identity')).toBe(304);
    expect(await status('W/"other"', 'gzip')).toBe(200);
    expect(await status('W/"other-gzip"', 'gzip')).toBe(200);
  });
});
