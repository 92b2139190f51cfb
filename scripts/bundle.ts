/**
 * `npm run bundle`: the command line as JavaScript in `dist/cli/`, which starts faster than its many
 * sources; and `dist/sbom.json`, what it is made of. `npm ci` does it.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { build, type Plugin } from 'esbuild';
import { sbom } from './sbom.ts';

/**
 * markdown-it is published with its tokens' fields set by a function, one by one, as compilers of old
 * did it. Set as they are in its source, a build of 1,879 posts takes 0.96 of the time.
 */
const plainFields: Plugin = {
  name: 'plain fields of markdown-it',
  setup({ onLoad }) {
    onLoad({ filter: /markdown-it\/dist\/markdown-it\.(?:mjs|cjs\.js)$/ }, ({ path }) => {
      const field =
        /_defineProperty\(\s*this,\s*(?:\/\*\*[^/]*?\*\/\s*)?"(\w+)",\s*([^()]*?)\s*\);/g;
      return { contents: readFileSync(path, 'utf8').replace(field, 'this.$1 = $2;') };
    });
  },
};

rmSync('dist/cli', { recursive: true, force: true });
const { outputFiles } = await build({
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
  write: false,
  plugins: [plainFields],
  // CommonJS packages require Node's own modules, and no others; `createRequire` takes 10 ms.
  banner: { js: 'const require = process.getBuiltinModule;' },
});
mkdirSync('dist/cli', { recursive: true });
for (const { path, text } of outputFiles) writeFileSync(path, withOwnModules(text));

writeFileSync('dist/sbom.json', `${JSON.stringify(sbom(), null, 2)}\n`);

/**
 * Node's own modules by `process.getBuiltinModule`, for `import` first lists what they export. That for
 * cryptography takes 7 ms to load, and is loaded when a function of it is called: a build that finds
 * nothing changed calls none. Together 0.89 of the time of such a build.
 */
function withOwnModules(code: string): string {
  const statement = /^import (?:\{([^}]+)\}|(?:\* as )?(\w+)) from "([\w:/]+)";$/gm;
  return code.replace(statement, (whole, names: string, all: string, path: string) => {
    if (!isBuiltin(path)) return whole;
    const module = `process.getBuiltinModule("${path}")`;
    if (all) return `const ${all} = ${module};`;
    if (!path.endsWith('crypto')) return `const {${names.replaceAll(' as ', ': ')}} = ${module};`;
    const called = names.split(',').map((name) => name.trim().split(' as '));
    return called
      .map(
        ([name, here = name]) =>
          `let ${here} = (...given) => (${here} = ${module}.${name})(...given);`,
      )
      .join('\n');
  });
}
