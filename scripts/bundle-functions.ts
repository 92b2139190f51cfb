/** `npm run bundle:functions`: each function as one file, `dist/functions/<name>/index.mjs`; the same sources give the same bytes. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { markdownIt } from './bundle-markdown-it.ts';

const root = join(import.meta.dirname, '..');

/** Names of the functions: the files of `functions/`. */
export const functionNames = readdirSync(join(root, 'functions'))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length));

const options: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  minify: true,
  legalComments: 'none',
  // The AWS SDK's ES modules: a third less than its CommonJS.
  mainFields: ['module', 'main'],
  // What is CommonJS only (gray-matter, sax) asks for Node's own modules by `require`.
  banner: {
    js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
  },
  plugins: [markdownIt],
  alias: { '@aws-sdk/credential-provider-node': './deploy/credentials.ts' },
  metafile: true,
  logLevel: 'warning',
};

/** Bundles a function; tells what is in it. */
export async function bundle(name: string, outdir: string): Promise<Metafile> {
  const outfile = join(outdir, name, 'index.mjs');
  const { metafile } = await build({
    ...options,
    entryPoints: [`functions/${name}.ts`],
    outfile,
  });
  return metafile!;
}

if (import.meta.main) {
  const outdir = join(root, 'dist/functions');
  rmSync(outdir, { recursive: true, force: true });
  await Promise.all(functionNames.map((name) => bundle(name, outdir)));
}
