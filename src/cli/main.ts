#!/usr/bin/env node
import { enableCompileCache } from 'node:module';

// As `npm install` does not see to it. Older ones lack what the next line calls.
if (Number.parseInt(process.versions.node, 10) < 24) {
  process.stderr.write(`tidings needs Node.js 24 or newer, and this is ${process.version}\n`);
  process.exit(2);
}
// Before anything else is loaded: compiled code is kept for the next start.
enableCompileCache();
const { run } = await import('./program.ts');

let isCut = false;
// Whoever reads through a pipe may stop reading: `tidings explain post.md | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  // As on a full disk. What is under way is worth more than its summary.
  if (!isCut) process.stderr.write(`what is printed here is cut off: ${error.message}\n`);
  isCut = true;
  process.exitCode ||= 1;
});
process.stderr.on('error', () => {});

const status = await run(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  isTerminal: process.stderr.isTTY,
});
process.exitCode = status || (isCut ? 1 : 0);
