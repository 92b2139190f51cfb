import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, inject, test } from 'vitest';
import { functionNames } from '../../scripts/bundle-functions.ts';
import { readTemplate, stackOf } from './template.ts';
import { unpack } from './unpacked.ts';
import { filesIn } from './zip.ts';

const packages = inject('packages');
const stack = stackOf(readTemplate(packages.plain));
const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'tidings-zips-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const functions = unpack(packages.plain, folder);

/** What an export of a file is, loaded by Node 24 with these variables and no others; else the fault. */
async function typeOf(file: string, name: string, variables: Record<string, string>) {
  const code = `import(${JSON.stringify(file)}).then(
    (all) => console.log(typeof all[${JSON.stringify(name)}]),
    ({ message }) => console.log(message),
  )`;
  const credentials = { AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x', AWS_REGION: 'x' };
  const env = { PATH: process.env['PATH'], ...credentials, ...variables };
  const node = join(root, 'node_modules/.bin/node');
  // As a module: else `require` would be there, which Lambda's modules do not have.
  const flags = ['--input-type=module', '-e', code];
  return (await promisify(execFile)(node, flags, { env })).stdout.trim();
}

test('every function of the project is in the template', () => {
  expect(functions.map(({ name }) => name).sort()).toEqual([...functionNames].sort());
});

test('all run on Node 24 on arm64', () => {
  for (const [, { Properties }] of stack.of('AWS::Lambda::Function'))
    expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] });
});

describe.each(functions)('$name', ({ name, file, handler, variables }) => {
  test('is one file, and the same bytes whenever it is packaged', () => {
    expect([...filesIn(join(packages.plain, `${name}.zip`)).keys()]).toEqual([
      `dist/functions/${name}/index.mjs`,
    ]);
    const [one, other] = [packages.plain, packages.full].map((packaged) =>
      readFileSync(join(packaged, `${name}.zip`)),
    );
    expect(one!.equals(other!)).toBe(true);
  });

  test('exports the handler that the template names', async () => {
    expect(await typeOf(file, handler, variables)).toBe('function');
  });

  test.each(Object.keys(variables))(
    'without %s fails at once, and names it in one line',
    async (variable) => {
      const { [variable]: _, ...others } = variables;
      expect(await typeOf(file, handler, others)).toBe(
        `set in the function's environment: ${variable}`,
      );
    },
  );
});

test('the edge function is the project’s own, and less than 10 KB', () => {
  const [, { Properties }] = stack.of('AWS::CloudFront::Function')[0]!;
  expect(Properties['FunctionCode']).toBe(readFileSync(join(root, 'functions/edge.js'), 'utf8'));
  expect(Buffer.byteLength(Properties['FunctionCode'])).toBeLessThan(10_240);
});
