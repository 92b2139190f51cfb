import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll } from 'vitest';
import { run } from '../../src/cli/program.ts';

const root = join(import.meta.dirname, '../..');

/** The command line that is tested, if that is not the sources in this process: `npm run test:bundle`. */
const bundled = process.env['TEST_COMMAND_LINE'];
/** What Node runs for it, in a process of its own. */
export const commandLine = join(root, bundled ?? 'src/cli/main.ts');

interface Told {
  status: number;
  out: string;
  err: string;
}

/** A command run as from a shell: what it printed, and its exit status. */
export async function tidings(...args: string[]): Promise<Told> {
  if (bundled !== undefined) return inProcessOfItsOwn(args);
  let out = '';
  let err = '';
  const status = await run(args, {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
  });
  return { status, out, err };
}

async function inProcessOfItsOwn(args: string[]): Promise<Told> {
  const child = spawn(process.execPath, ['--import', clockOfThis(), commandLine, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { status, out, err };
}

/** A module that sets another process's clock as far ahead as a test has set this one's. */
function clockOfThis(): string {
  const ahead = Math.round(Date.now() - performance.timeOrigin - performance.now());
  return `data:text/javascript,const {now}=Date;Date.now=()=>now()+${ahead}`;
}

/**
 * How a process is started that may not read everything, as root may: as the user `nobody`. Undefined
 * where that one cannot reach these sources; that is said.
 */
export function asNobody(): { uid?: number; gid?: number } | undefined {
  if (process.getuid?.() !== 0) return {};
  const nobody = { uid: 65_534, gid: 65_534 };
  const { status } = spawnSync(process.execPath, [commandLine, '--version'], nobody);
  if (status === 0) return nobody;
  console.log(`skipped, for the user nobody may not read ${root}`);
  return undefined;
}

/** A folder of its own for a test, with these files; it is deleted afterwards. */
export function folderWith(files: Record<string, string | Uint8Array>): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidings-cli-'));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) put(folder, name, content);
  return folder;
}

export function put(folder: string, name: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), content);
}

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
