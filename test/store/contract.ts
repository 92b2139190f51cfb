import { describe, expect, test } from 'vitest';
import { Conflict, NotFound } from '../../src/errors.ts';
import { listAll, type Store } from '../../src/store/store.ts';

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

/** What every store promises (`src/store/store.ts`); each store's test calls this with a maker of empty ones. */
export function contract(name: string, make: () => Promise<Store>): void {
  describe(`${name} keeps the store's contract`, () => {
    test('what is put is got, with its size, time and ETag', async () => {
      const store = await make();
      const { etag } = await store.put('tags/docker/feed.rss', 'grüße');
      const stored = await store.get('tags/docker/feed.rss');
      expect(text(stored.body)).toBe('grüße');
      expect(stored).toMatchObject({ etag, size: 7 });
      expect(stored.modified).toBeGreaterThan(0);
      const { body: _, ...head } = stored;
      expect(await store.head('tags/docker/feed.rss')).toEqual(head);
    });

    test('a store tells what headers an object was written with, or of no headers at all', async () => {
      const store = await make();
      const headers = { cacheControl: 'max-age=300', contentEncoding: 'gzip' };
      await store.put('a.gz', 'x', undefined, headers);
      await store.put('b', 'x', undefined, { cacheControl: 'max-age=300' });
      await store.put('c', 'x');
      const kept = await Promise.all(
        ['a.gz', 'b', 'c'].map(async (key) => (await store.get(key)).headers),
      );
      if (kept[0] === undefined) return expect(kept).toEqual([undefined, undefined, undefined]);
      expect(kept).toEqual([headers, { cacheControl: 'max-age=300' }, {}]);
      expect((await store.head('a.gz')).headers).toEqual(headers);
      // A condition goes by the bytes alone.
      const { etag } = await store.get('c');
      await store.put('c', 'x', { update: etag }, headers);
      expect((await store.get('c')).headers).toEqual(headers);
    });

    test('bytes of every value and no bytes at all survive', async () => {
      const store = await make();
      const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
      await store.put('all', all);
      await store.put('none', new Uint8Array());
      expect(Uint8Array.from((await store.get('all')).body)).toEqual(all);
      expect((await store.get('none')).size).toBe(0);
    });

    test('a caller that changes its array after the put changes no object', async () => {
      const store = await make();
      // A Buffer's slice is a view: it is no copy.
      for (const body of [Uint8Array.of(1, 2, 3), Buffer.of(1, 2, 3)]) {
        await store.put('a', body);
        body[0] = 9;
        expect((await store.get('a')).body[0]).toBe(1);
      }
    });

    test('a body in parts is written as if they were joined', async () => {
      const store = await make();
      const parts = Array.from({ length: 2000 }, (_, n) => Buffer.from(`${n},`));
      const { etag } = await store.put('a', parts);
      expect(text((await store.get('a')).body)).toBe(parts.join(''));
      expect((await store.head('a')).etag).toBe(etag);
    });

    test('a missing key is NotFound to get and head, and no error to delete', async () => {
      const store = await make();
      await expect(store.get('none')).rejects.toThrow(NotFound);
      await expect(store.head('none/at/all')).rejects.toThrow(NotFound);
      await store.delete('none');
      await store.put('none', 'x');
      await store.delete('none');
      await expect(store.get('none')).rejects.toThrow(NotFound);
    });

    test('a folder is not an object', async () => {
      const store = await make();
      await store.put('tags/a', 'x');
      await expect(store.get('tags')).rejects.toThrow(NotFound);
      await expect(store.head('tags/a/b')).rejects.toThrow(NotFound);
    });

    test('the ETag changes when the bytes do', async () => {
      const store = await make();
      const { etag: first } = await store.put('a', 'one');
      const { etag: second } = await store.put('a', 'two');
      expect(second).not.toBe(first);
      expect((await store.head('a')).etag).toBe(second);
    });

    test('create writes only where nothing is', async () => {
      const store = await make();
      await store.put('a', 'one', { create: true });
      await expect(store.put('a', 'two', { create: true })).rejects.toThrow(Conflict);
      expect(text((await store.get('a')).body)).toBe('one');
    });

    test('update writes only over the object whose ETag was read', async () => {
      const store = await make();
      const { etag: first } = await store.put('a', 'one');
      const { etag: second } = await store.put('a', 'two', { update: first });
      await expect(store.put('a', 'three', { update: first })).rejects.toThrow(Conflict);
      await expect(store.put('b', 'one', { update: second })).rejects.toThrow(Conflict);
      expect(text((await store.get('a')).body)).toBe('two');
    });

    test('of twenty that create one key at once exactly one wins', async () => {
      const store = await make();
      const tries = Array.from({ length: 20 }, (_, n) => store.put('a', `${n}`, { create: true }));
      const won = (await Promise.allSettled(tries)).flatMap(({ status }, n) =>
        status === 'fulfilled' ? [n] : [],
      );
      expect(won).toHaveLength(1);
      expect(text((await store.get('a')).body)).toBe(`${won[0]}`);
    });

    test('of twenty that update one object at once exactly one wins', async () => {
      const store = await make();
      const { etag } = await store.put('a', 'start');
      const tries = Array.from({ length: 20 }, (_, n) => store.put('a', `${n}`, { update: etag }));
      const won = (await Promise.allSettled(tries)).filter(({ status }) => status === 'fulfilled');
      expect(won).toHaveLength(1);
    });

    test('lists are in the byte order of UTF-8, also between a folder and its likes', async () => {
      const store = await make();
      const keys = [
        'a/z',
        'a-b',
        'a',
        'aa',
        'a/b/c',
        'a.b',
        'Z',
        'ё',
        '\u{1f600}',
        '\uff5e',
        'a/b-c',
      ];
      for (const key of keys) if (key !== 'a') await store.put(key, key);
      const expected = keys.filter((key) => key !== 'a');
      expected.sort((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y)));
      const listed = await store.list('');
      expect(listed.objects.map(({ key }) => key)).toEqual(expected);
      expect(listed.more).toBe(false);
    });

    test('a list has the keys with the prefix, also one that ends inside a name', async () => {
      const store = await make();
      for (const key of ['tags/do/x', 'tags/docker/x', 'tags/e/x', 'tag/do'])
        await store.put(key, '1');
      const keys = async (prefix: string) =>
        (await store.list(prefix)).objects.map(({ key }) => key);
      expect(await keys('tags/do')).toEqual(['tags/do/x', 'tags/docker/x']);
      expect(await keys('tags/do/')).toEqual(['tags/do/x']);
      expect(await keys('nothing/')).toEqual([]);
    });

    test('a list goes on after a key, whether or not that key exists', async () => {
      const store = await make();
      const keys = ['a/1', 'a/2', 'a/2/x', 'b/1', 'c'];
      for (const key of keys) if (key !== 'a/2') await store.put(key, '1');
      const keysAfter = async (key: string) =>
        (await store.list('', { after: key })).objects.map((listed) => listed.key);
      expect(await keysAfter('a/1')).toEqual(['a/2/x', 'b/1', 'c']);
      expect(await keysAfter('a/2')).toEqual(['a/2/x', 'b/1', 'c']);
      expect(await keysAfter('a/3')).toEqual(['b/1', 'c']);
      expect(await keysAfter('c')).toEqual([]);
    });

    test('a list stops at its limit and says that there is more', async () => {
      const store = await make();
      for (let n = 0; n < 5; n++) await store.put(`k${n}`, '');
      expect(await store.list('', { limit: 5 })).toMatchObject({ more: false });
      const first = await store.list('', { limit: 2 });
      expect(first.objects.map(({ key }) => key)).toEqual(['k0', 'k1']);
      expect(first.more).toBe(true);
    });

    test('listAll gives every key once, over more than one list', async () => {
      const store = await make();
      const keys = Array.from({ length: 1203 }, (_, n) => `n/${String(n).padStart(4, '0')}`);
      await Promise.all(keys.map((key) => store.put(key, '')));
      const listed: string[] = [];
      for await (const { key } of listAll(store, 'n/')) listed.push(key);
      expect(listed).toEqual(keys);
    });

    test('a list tells the ETag of an object, or none', async () => {
      const store = await make();
      await store.put('a/1', 'grüße');
      const { etag } = await store.head('a/1');
      const [listed] = (await store.list('a/')).objects;
      expect({ etag, ...listed }).toEqual({ key: 'a/1', etag });
    });

    test('keys of every script and with every sign are put, got, listed and deleted', async () => {
      const store = await make();
      const keys = [
        ' lead and trail ',
        '100%25 + 1%',
        'a?b#c=d&e',
        '~(*)!\'"<t>',
        'блог/привет.md',
        '\u{1f600}/\uffff',
        'e\u0301',
        '\u00e9',
        'a.'.repeat(100),
        `${'x'.repeat(200)}/`.repeat(4) + 'y'.repeat(196),
      ];
      for (const key of keys) await store.put(key, key);
      for (const key of keys) expect(text((await store.get(key)).body)).toBe(key);
      const listed = (await store.list('')).objects.map(({ key }) => key);
      expect(listed.toSorted()).toEqual(keys.toSorted());
      for (const key of keys) await store.delete(key);
      expect((await store.list('')).objects).toEqual([]);
    });

    test('what is deleted while it is listed is in the list, or it is not', async () => {
      const store = await make();
      const keys = ['a/1', 'a/2', 'b/1'];
      // A list takes some steps: they are deleted after each.
      for (let steps = 0; steps < 30; steps++) {
        await Promise.all(keys.map((key) => store.put(key, 'x')));
        const listing = store.list('');
        for (let step = 0; step < steps; step++) await Promise.resolve();
        await Promise.all(keys.map((key) => store.delete(key)));
        for (const { key } of (await listing).objects) expect(keys).toContain(key);
      }
    });

    test('a write is in the next list, and a delete is not', async () => {
      const store = await make();
      await store.put('a/1', '');
      await store.list('a/');
      await store.put('a/2', '');
      await store.delete('a/1');
      expect((await store.list('a/')).objects.map(({ key }) => key)).toEqual(['a/2']);
      await store.delete('a/2');
      expect((await store.list('')).objects).toEqual([]);
      await store.put('a/1', '');
      expect((await store.list('')).objects.map(({ key }) => key)).toEqual(['a/1']);
    });
  });
}
