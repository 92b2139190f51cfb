import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** As `npm ci` made it, or `npm run bundle`. */
const bundle = join(import.meta.dirname, '../../dist/cli');
const files = readdirSync(bundle).filter((name) => name.endsWith('.mjs'));
/** Those that begin to work when they are loaded. */
const entries = ['main.mjs', 'rendering-thread.mjs'];

test('each part of the bundled command line can be loaded', () => {
  const parts = files.filter((name) => !entries.includes(name)).map((name) => join(bundle, name));
  const code = `for (const part of ${JSON.stringify(parts)}) await import(part); console.log('all')`;
  const told = execFileSync(process.execPath, ['--input-type=module', '-e', code]);
  expect(parts.length).toBeGreaterThan(10);
  expect(String(told)).toBe('all\n');
});

test('npm can link a command to it', () => {
  expect(statSync(join(bundle, 'main.mjs')).mode & 0o111).toBe(0o111);
});

test("none of them imports Node's own modules, which costs a build that finds nothing a tenth", () => {
  const imports = files.flatMap((name) =>
    readFileSync(join(bundle, name), 'utf8').match(/^import .* from "(?!\.\/).*$/gm),
  );
  expect(imports.filter((one) => one !== null)).toEqual([]);
});

test('markdown-it and the table of entities are there once, which start in 5 ms each', () => {
  const text = files.map((name) => readFileSync(join(bundle, name), 'utf8')).join('\n');
  expect(text.match(/class MarkdownIt\b|MarkdownIt = class\b/g)).toHaveLength(1);
  expect(text.match(/function decodeTrieDict\(/g)).toHaveLength(1);
});
