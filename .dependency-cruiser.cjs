/** Dependencies run one way: cli, functions → announce → publish, serve, check → selection, feed → post; the rest are leaves. */
const folder = (name) => `^src/${name}/`;
const leaves = '^src/(keys|config|errors|grouped|site[a-z-]*|problem)\\.ts$|^src/store/';
const may = (from, to) => ({
  name: `${from.replace(/\W/g, '-')}-imports-only-what-lies-below`,
  severity: 'error',
  from: { path: from.startsWith('^') ? from : folder(from) },
  to: { path: '^(src|functions)/', pathNot: [leaves, ...to.map(folder)] },
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-orphans', severity: 'error', from: { orphan: true, path: '^src/' }, to: {} },
    {
      name: 'leaves-import-nothing-above',
      severity: 'error',
      from: { path: leaves },
      to: { path: '^(src|functions)/', pathNot: leaves },
    },
    {
      name: 'source-never-imports-tests-or-dev-dependencies',
      severity: 'error',
      from: { path: '^(src|functions)/' },
      to: { path: '^(test|bench)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'run-time-packages-only',
      severity: 'error',
      from: { path: '^(src|functions)/' },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['type-only'],
      },
    },
    may('post', ['post']),
    may('selection', ['selection', 'post']),
    may('feed', ['feed', 'selection', 'post']),
    may('publish', ['publish', 'selection', 'feed', 'post']),
    may('announce', ['announce', 'publish', 'feed']),
    may('serve', ['serve', 'selection', 'feed', 'post']),
    may('check', ['check']),
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
