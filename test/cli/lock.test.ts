import { existsSync, rmSync, utimesSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { locked } from '../../src/cli/lock.ts';
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
    const work = (name: string) =>
      locked([folder], output, async () => {
        order.push(`${name} in`);
        await new Promise((done) => setTimeout(done, 20));
        order.push(`${name} out`);
        return 0;
      });
    await Promise.all(['a', 'b', 'c'].map(work));
    expect(order.map((one) => one.split(' ')[1])).toEqual(['in', 'out', 'in', 'out', 'in', 'out']);
    expect(said.join('')).toContain(join(folder, lockName));
    expect(existsSync(join(folder, lockName))).toBe(false);
  });

  test('is taken in one order, so that two who want both folders do not wait for each other', async () => {
    const [a, b] = [folderWith({}), folderWith({})];
    const { output } = silent();
    const work = (places: string[]) => locked(places, output, async () => 0);
    await Promise.all([work([a, b]), work([b, a]), work([a, b]), work([b, a, b])]);
  });

  test('of a process that is dead is taken over, and its drafts go', async () => {
    const folder = folderWith({
      [lockName]: `${hostname()} 4194305 x`,
      [`tags/x/${draft}`]: 'half',
    });
    const { said, output } = silent();
    await locked([folder], output, async () => {
      expect(existsSync(join(folder, 'tags/x', draft))).toBe(false);
      return 0;
    });
    expect(said).toEqual([]);
    expect(existsSync(join(folder, lockName))).toBe(false);
  });

  test('of a process that died before it could say who it was is taken over after a second', async () => {
    const folder = folderWith({ [lockName]: '', [draft]: 'half' });
    const { output } = silent();
    const begun = performance.now();
    await locked([folder], output, async () => {
      expect(existsSync(join(folder, draft))).toBe(false);
      return 0;
    });
    expect(performance.now() - begun).toBeLessThan(3000);
  });

  test('with our own number, of an earlier process, is taken over', async () => {
    const folder = folderWith({ [lockName]: `${hostname()} ${process.pid} x` });
    const { output } = silent();
    expect(await locked([folder], output, async () => 3)).toBe(3);
  });

  test('of another machine is waited for while it is renewed', async () => {
    const folder = folderWith({ [lockName]: 'elsewhere 1 x' });
    const { said, output } = silent();
    let isIn = false;
    const waiting = locked([folder], output, async () => {
      isIn = true;
      return 0;
    });
    utimesSync(join(folder, lockName), new Date(), new Date());
    await new Promise((done) => setTimeout(done, 300));
    expect(isIn).toBe(false);
    expect(said).toHaveLength(1);
    rmSync(join(folder, lockName));
    await waiting;
    expect(isIn).toBe(true);
  });

  test('tells of a folder that was deleted meanwhile, with status 1', async () => {
    const folder = folderWith({});
    const { said, output } = silent();
    const status = await locked([folder], output, async () => {
      rmSync(folder, { recursive: true });
      return 0;
    });
    expect(status).toBe(1);
    expect(said).toEqual([`${folder} was deleted or replaced while it was written: build again\n`]);
  });

  test('is given free when the work fails', async () => {
    const folder = folderWith({});
    const { output } = silent();
    const failing = locked([folder], output, () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    expect(existsSync(join(folder, lockName))).toBe(false);
  });

  test.each(['a file', 'a file/below'])(
    'is none where nothing can be written: %s in its place',
    async (name) => {
      const folder = folderWith({ 'a file': '' });
      const { output } = silent();
      expect(await locked([join(folder, name)], output, async () => 0)).toBe(0);
    },
  );

  test('is none for a bucket', async () => {
    const { output } = silent();
    expect(await locked(['s3://bucket/x'], output, async () => 0)).toBe(0);
  });
});
