#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';

// Before anything else is loaded. Compiled code is kept for the next start; and the young
// generation stays small, which costs a twentieth of the time and saves a quarter of the memory.
enableCompileCache();
setFlagsFromString('--semi-space-growth-factor=1');
const { run } = await import('./program.ts');

process.exitCode = await run(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
});
