import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { functionNames } from '../../scripts/bundle-functions.ts';
import { readTemplate, stackOf } from './template.ts';
import { filesIn } from './zip.ts';

const packages = inject('packages');
const stack = stackOf(readTemplate(packages.plain));
const functions = stack.of('AWS::Lambda::Function').map(([, { Properties }]) => {
  const zip = Properties['Code'].S3Key.split('/').at(-1) as string;
  const [file, name] = (Properties['Handler'] as string).split(/\.(?=[^.]*$)/);
  const variables = Properties['Environment'].Variables as Record<string, string>;
  return { zip, file: `${file}.mjs`, export: name!, variables, ...Properties };
});

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'tidings-zips-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(() => {
  for (const { zip } of functions)
    for (const [name, bytes] of filesIn(join(packages.plain, zip))) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), bytes);
    }
});

/** What the export of a file is, loaded by Node 24 with these variables and no others. */
async function typeOf(file: string, name: string, variables: Record<string, string>) {
  const code = `import(${JSON.stringify(join(folder, file))}).then(
    (all) => console.log(typeof all[${JSON.stringify(name)}]),
    ({ message }) => console.log(message),
  )`;
  const node = join(root, 'node_modules/.bin/node');
  const credentials = { AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x', AWS_REGION: 'x' };
  const env = { PATH: process.env['PATH'], ...credentials, ...variables };
  return (await promisify(execFile)(node, ['-e', code], { env })).stdout.trim();
}

test('every function of the project is in the template', () => {
  expect(functions.map(({ zip }) => zip).sort()).toEqual(
    functionNames.map((name) => `${name}.zip`).sort(),
  );
});

describe.each(functions)('$FunctionName', ({ zip, file, export: name, variables, ...made }) => {
  test('runs on Node 24 on arm64', () => {
    expect(made).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] });
  });

  test('is one file, and the same bytes whenever it is packaged', () => {
    expect([...filesIn(join(packages.plain, zip)).keys()]).toEqual([file]);
    const [one, other] = [packages.plain, packages.full].map((dir) => readFileSync(join(dir, zip)));
    expect(one!.equals(other!)).toBe(true);
  });

  test('exports the handler that the template names', async () => {
    expect(await typeOf(file, name, variables)).toBe('function');
  });

  const needed = Object.keys(variables).filter((variable) => variable.startsWith('TIDINGS_'));
  test.each(needed)('without %s fails at once, and names it in one line', async (variable) => {
    const { [variable]: _, ...others } = variables;
    expect(await typeOf(file, name, others)).toBe(`set in the function's environment: ${variable}`);
  });
});

test('the edge function is the project’s own, and less than 10 KB', () => {
  const [, { Properties }] = stack.of('AWS::CloudFront::Function')[0]!;
  expect(Properties['FunctionCode']).toBe(readFileSync(join(root, 'functions/edge.js'), 'utf8'));
  expect(Buffer.byteLength(Properties['FunctionCode'])).toBeLessThan(10_240);
});
