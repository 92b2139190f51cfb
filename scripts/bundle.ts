/**
 * `npm run bundle`: the command line as JavaScript in `dist/cli/`, which starts faster than its many
 * sources; and `dist/sbom.json`, what it is made of. `npm ci` does it.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { sbom } from './sbom.ts';

rmSync('dist/cli', { recursive: true, force: true });
await build({
  entryPoints: ['src/cli/main.ts', 'src/cli/rendering-thread.ts'],
  outdir: 'dist/cli',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  // Commands load what they need when they are called.
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  mainFields: ['module', 'main'],
  legalComments: 'none',
  // CommonJS packages require Node's own modules, and no others; `createRequire` takes 10 ms.
  banner: { js: 'const require = process.getBuiltinModule;' },
});

writeFileSync('dist/sbom.json', `${JSON.stringify(sbom(), null, 2)}\n`);
