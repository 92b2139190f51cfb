import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../../scripts/simulate.ts', import.meta.url));

/** Runs the simulation's command in a process of its own. */
export async function simulated(...given: string[]): Promise<{ status: number; output: string }> {
  const child = spawn(process.execPath, [script, ...given]);
  const ended = new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? -1)));
  const [out, error] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { status: await ended, output: out + error };
}
