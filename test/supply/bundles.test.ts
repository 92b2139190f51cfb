import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundle, functionNames } from '../../scripts/bundle-functions.ts';
import { productionPackages } from '../../scripts/licences.ts';

/**
 * What each function carries, package by package: one that is new here came with a change of ours
 * or of a package's, and somebody shall have looked at it.
 */

/** What makes calls to AWS, logs and metrics takes. */
const aws = `@aws-lambda-powertools/commons @aws-lambda-powertools/logger
@aws-lambda-powertools/metrics @aws-sdk/checksums @aws-sdk/client-s3 @aws-sdk/client-sqs
@aws-sdk/core @aws-sdk/middleware-sdk-s3 @aws-sdk/middleware-sdk-sqs
@aws-sdk/signature-v4-multi-region @aws-sdk/xml-builder @aws/lambda-invoke-store @smithy/core
@smithy/node-http-handler @smithy/signature-v4 @smithy/types`;
const siteFile = 'fastest-levenshtein js-yaml';
const feeds = 'entities feed htmlparser2 sax xml-js';
const posts = `gray-matter gray-matter/js-yaml extend-shallow is-extendable kind-of section-matter
strip-bom-string smol-toml luxon liquidjs htmlparser2 entities markdown-it
markdown-it-abbr markdown-it-attrs markdown-it-deflist markdown-it-footnote
linkify-it mdurl punycode.js uc.micro`;
const [batches, scheduler, cloudfront] = [
  '@aws-lambda-powertools/batch',
  '@aws-sdk/client-scheduler',
  '@aws-sdk/client-cloudfront',
];

const expected: Record<string, string[]> = {
  ingest: [aws, siteFile, batches, scheduler, posts],
  refresh: [aws, siteFile, batches, scheduler, feeds],
  announce: [aws, siteFile, cloudfront],
  serve: [aws, siteFile, feeds],
  rebuild: [aws, siteFile, scheduler],
};

const folder = mkdtempSync(join(tmpdir(), 'tidings-bundles-'));
/** Function → the files in its bundle. */
const files = new Map<string, string[]>();
beforeAll(async () => {
  await Promise.all(
    functionNames.map(async (name) => {
      const [output] = Object.values((await bundle(name, folder)).outputs);
      const held = Object.entries(output!.inputs).filter(([, { bytesInOutput }]) => bytesInOutput);
      files.set(
        name,
        held.map(([file]) => file),
      );
    }),
  );
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** `node_modules/gray-matter/node_modules/js-yaml`; undefined for the project's own files. */
function placeOf(file: string): string | undefined {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
}

const placesIn = (name: string) => new Set(files.get(name)!.flatMap((file) => placeOf(file) ?? []));

describe.each(functionNames)('the bundle of %s', (name) => {
  test('has these packages and no others', () => {
    const packages = [...placesIn(name)].map((place) =>
      place
        .split(/\/?node_modules\//)
        .filter(Boolean)
        .join('/'),
    );
    const wanted = expected[name]!.flatMap((some) => some.split(/\s+/));
    expect(packages.sort()).toEqual([...new Set(wanted)].sort());
  });

  test('has none that is not in the bill of materials', () => {
    const known = productionPackages().map(({ place }) => place);
    expect(known).toEqual(expect.arrayContaining([...placesIn(name)]));
  });

  test('has nothing of the command line, of checks or of tests', () => {
    const own = files.get(name)!.filter((file) => !placeOf(file));
    const rooms = new Set(own.map((file) => file.split('/').slice(0, 2).join('/')));
    for (const room of ['src/cli', 'src/check', 'test', 'scripts'])
      expect(rooms).not.toContain(room);
  });
});

test('who reads posts of others is one function, and who answers readers has no part of it', () => {
  for (const name of functionNames)
    expect(placesIn(name).has('node_modules/liquidjs'), name).toBe(name === 'ingest');
});
