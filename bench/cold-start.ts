/**
 * `npm run bench -- cold`: how large each function's bundle is, what is in it, and how long Node takes
 * to start and load it, from the zips that would be deployed. Medians of 15 processes, in turn.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../scripts/bundle-functions.ts';
import { pack } from '../test/deploy/pack.ts';
import { unpack } from '../test/deploy/unpacked.ts';

const runs = 15;
/** Bytes and milliseconds that a function should stay below. */
const targets: Record<string, { bytes: number; init: number }> = {
  ingest: { bytes: 1_200_000, init: 280 },
  refresh: { bytes: 650_000, init: 180 },
  serve: { bytes: 650_000, init: 180 },
};

/** What the parts of the bundles are for, largest first. */
const purposes: [RegExp, string][] = [
  [/^@aws-sdk\/client-s3$/, 'S3: its operations, and the rules by which its host names are found'],
  [/^@aws-sdk\/client-sqs$/, 'SQS: its operations'],
  [/^@aws-sdk\/client-scheduler$/, 'EventBridge Scheduler: its operations'],
  [/^@aws-sdk\/client-cloudfront$/, 'CloudFront: its operations'],
  [
    /^@(smithy|aws-sdk|aws)\//,
    'what all AWS clients share: signing, repeats, XML and JSON, checksums',
  ],
  [/^@aws-lambda-powertools\//, 'partial failures of batches, structured logs, metrics'],
  [/^(markdown-it|linkify-it|mdurl|uc\.micro|punycode)/, 'Markdown, and its extensions'],
  [/^liquidjs$/, 'Liquid, the templates of Jekyll'],
  [/^(htmlparser2|entities|dom.*)$/, 'the pass over HTML; entities'],
  [/^js-yaml$/, 'YAML: the site file, front matter'],
  [
    /^(smol-toml|gray-matter|section-matter|kind-of|strip-bom-string)$/,
    'front matter in TOML, and cutting it from the body',
  ],
  [/^luxon$/, 'dates in posts: zones, old forms'],
  [/^(feed|xml-js|sax|saxes|xmlchars)$/, 'the elements of RSS, Atom and JSON Feed'],
  [/^src\//, 'Tidings itself'],
];

const folder = mkdtempSync(join(tmpdir(), 'tidings-cold-'));
const packaged = join(folder, 'packaged');
pack(packaged);
const functions = unpack(packaged, join(folder, 'functions'));
const empty = join(folder, 'empty.mjs');
writeFileSync(empty, 'export const handler = () => {};\n');
const measured = [{ name: '(nothing)', file: empty, variables: {} }, ...functions];

const figures = new Map(measured.map(({ name }) => [name, [] as Figure[]]));
for (let run = -1; run < runs; run++)
  for (const { name, file, variables } of measured) {
    const figure = started(file, variables);
    // The first of each brings the file into the cache.
    if (run >= 0) figures.get(name)!.push(figure);
  }

console.log(
  `node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}; medians of ${runs}\n`,
);
console.log(
  '| function | bundle, bytes | zip, bytes | load, ms | init, ms | processor, ms | target |',
);
console.log('| --- | ---: | ---: | ---: | ---: | ---: | --- |');
for (const { name, file } of measured) {
  const [load, init, processor] = (['load', 'init', 'processor'] as const).map((what) =>
    median(figures.get(name)!.map((figure) => figure[what])),
  );
  const bytes = statSync(file).size;
  const zip = file === empty ? '' : grouped(statSync(join(packaged, `${name}.zip`)).size);
  const target = targets[name];
  const met = target && (bytes < target.bytes && init! < target.init ? 'met' : 'NOT MET');
  const limits = target ? `${grouped(target.bytes)} bytes, ${target.init} ms: ${met}` : '';
  console.log(
    `| ${name} | ${grouped(bytes)} | ${zip} | ${load!.toFixed(0)} | ${init!.toFixed(0)} | ${processor!.toFixed(0)} | ${limits} |`,
  );
}

console.log('\nWhat is in them, KB:\n');
const parts = new Map<string, Map<string, number>>();
for (const { name } of functions) parts.set(name, await partsOf(name));
const all = [...new Set([...parts.values()].flatMap((one) => [...one.keys()]))];
const largest = (purpose: string) =>
  Math.max(...[...parts.values()].map((one) => one.get(purpose) ?? 0));
console.log(`| part | ${functions.map(({ name }) => name).join(' | ')} |`);
console.log(`| --- |${' ---: |'.repeat(functions.length)}`);
for (const purpose of all.sort((a, b) => largest(b) - largest(a))) {
  const cells = functions.map(({ name }) =>
    ((parts.get(name)!.get(purpose) ?? 0) / 1000).toFixed(0),
  );
  console.log(`| ${purpose} | ${cells.map((cell) => (cell === '0' ? '' : cell)).join(' | ')} |`);
}
rmSync(folder, { recursive: true });

/** Milliseconds: to load a file; from the start of the process until then, and of its processor time. */
interface Figure {
  load: number;
  init: number;
  processor: number;
}

function started(file: string, variables: Record<string, string>): Figure {
  const code = `const begun = performance.now();
    import(${JSON.stringify(file)}).then(() => {
      const now = performance.now();
      const { user, system } = process.cpuUsage();
      console.log(JSON.stringify({ load: now - begun, init: now, processor: (user + system) / 1000 }));
      process.exit();
    });`;
  const credentials = {
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
    AWS_REGION: 'eu-central-1',
  };
  const env = { PATH: process.env['PATH'], ...credentials, ...variables };
  return JSON.parse(execFileSync(process.execPath, ['-e', code], { env, encoding: 'utf8' }));
}

/** Bytes in a function's bundle by what they are for. */
async function partsOf(name: string): Promise<Map<string, number>> {
  const [output] = Object.values((await bundle(name, join(folder, 'parts'))).outputs);
  const sums = new Map<string, number>();
  for (const [file, { bytesInOutput }] of Object.entries(output!.inputs)) {
    const part =
      /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ??
      file.replace(/^(functions|deploy)\//, 'src/');
    const purpose = purposes.find(([pattern]) => pattern.test(part))?.[1] ?? 'the rest';
    sums.set(purpose, (sums.get(purpose) ?? 0) + bytesInOutput);
  }
  return sums;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function grouped(bytes: number): string {
  return bytes.toLocaleString('en');
}
