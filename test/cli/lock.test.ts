import { existsSync, rmSync, utimesSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lock } from '../../src/cli/lock.ts';
import { lockName } from '../../src/store/filesystem.ts';
import { folderWith } from './terminal.ts';

/** What is said on the way. */
function silent() {
  const said: string[] = [];
  return { said, output: { out: () => {}, err: (text: string) => void said.push(text) } };
}
const draft = '.tidings-00000000-0000-4000-8000-000000000000';

describe('the lock of a folder', () => {
  test('lets one in at a time, and says what the other waits for', async () => {
    const folder = folderWith({});
    const { said, output } = silent();
    const order: string[] = [];
    const work = async (name: string) => {
      const release = await lock([folder], output);
      order.push(`${name} in`);
      await new Promise((done) => setTimeout(done, 20));
      order.push(`${name} out`);
      await release();
    };
    await Promise.all(['a', 'b', 'c'].map(work));
    expect(order.map((one) => one.split(' ')[1])).toEqual(['in', 'out', 'in', 'out', 'in', 'out']);
    expect(said.join('')).toContain(join(folder, lockName));
    expect(existsSync(join(folder, lockName))).toBe(false);
  });

  test('is taken in one order, so that two who want both folders do not wait for each other', async () => {
    const [a, b] = [folderWith({}), folderWith({})];
    const { output } = silent();
    const work = async (places: string[]) => {
      const release = await lock(places, output);
      await release();
    };
    await Promise.all([work([a, b]), work([b, a]), work([a, b]), work([b, a, b])]);
  });

  test('of a process that is dead is taken over, and its drafts go', async () => {
    const folder = folderWith({
      [lockName]: `${hostname()} 4194305 x`,
      [`tags/x/${draft}`]: 'half',
    });
    const { said, output } = silent();
    const release = await lock([folder], output);
    expect(existsSync(join(folder, 'tags/x', draft))).toBe(false);
    expect(said).toEqual([]);
    await release();
    expect(existsSync(join(folder, lockName))).toBe(false);
  });

  test('with our own number, of an earlier process, is taken over', async () => {
    const folder = folderWith({ [lockName]: `${hostname()} ${process.pid} x` });
    const { output } = silent();
    await (await lock([folder], output))();
  });

  test('of another machine is waited for while it is renewed', async () => {
    const folder = folderWith({ [lockName]: 'elsewhere 1 x' });
    const { said, output } = silent();
    let isIn = false;
    const waiting = lock([folder], output).then((release) => {
      isIn = true;
      return release();
    });
    utimesSync(join(folder, lockName), new Date(), new Date());
    await new Promise((done) => setTimeout(done, 300));
    expect(isIn).toBe(false);
    expect(said).toHaveLength(1);
    rmSync(join(folder, lockName));
    await waiting;
    expect(isIn).toBe(true);
  });

  test.each(['a file', 'a file/below'])(
    'is none where nothing can be written: %s in its place',
    async (name) => {
      const folder = folderWith({ 'a file': '' });
      const { output } = silent();
      await (await lock([join(folder, name)], output))();
    },
  );

  test('is none for a bucket', async () => {
    const { output } = silent();
    await (await lock(['s3://bucket/x', undefined], output))();
  });
});
