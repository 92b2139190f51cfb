import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { guard } from './guard.ts';

const newFolder = () => mkdtemp(join(tmpdir(), 'tidings-guard-'));

/** The id that a daemon started as `daemon` wrote down. */
async function idIn(folder: string): Promise<number> {
  const file = join(folder, 'id');
  return vi.waitFor(async () => {
    const id = Number(await readFile(file, 'utf8'));
    if (!id) throw new Error('not yet');
    return id;
  });
}

const daemon = `sh -c 'echo $$ > id; exec sleep 60'`;

function runs(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch {
    return false;
  }
}

test('stop ends the daemons and removes their folder', async () => {
  const folder = await newFolder();
  const guarded = guard(folder);
  guarded.daemon(daemon);
  const id = await idIn(folder);
  expect(runs(id)).toBe(true);
  await guarded.stop();
  expect(runs(id)).toBe(false);
  expect(existsSync(folder)).toBe(false);
});

test('the daemons and their folder go with a parent that is killed', async () => {
  const folder = await newFolder();
  const program = `import { guard } from ${JSON.stringify(join(import.meta.dirname, 'guard.ts'))};
    guard(process.argv[1]).daemon(process.argv[2]); setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, [
    ...['--input-type=module', '--eval', program],
    ...['--', folder, daemon],
  ]);
  const id = await idIn(folder);
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  await vi.waitFor(() => expect([runs(id), existsSync(folder)]).toEqual([false, false]));
});
