import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * `npm run licences`: writes `docs/licences.md`, the packages that run with Tidings, by what the
 * lockfile and the packages themselves say.
 */
const root = join(import.meta.dirname, '..');

export interface Package {
  /** Path in the lockfile, `node_modules/feed`. */
  place: string;
  name: string;
  version: string;
  licence: string;
  /** The hash that its archive must have. */
  integrity: string;
  hasInstallScript: boolean;
  /** Named in `package.json`, and not brought by another. */
  isDirect: boolean;
}

interface Locked {
  version: string;
  license?: string;
  integrity?: string;
  hasInstallScript?: boolean;
  dev?: boolean;
  devOptional?: boolean;
}

/** Everything that `npm install --omit=dev` would install. */
export function productionPackages(): Package[] {
  const { packages } = readJson('package-lock.json') as { packages: Record<string, Locked> };
  const { dependencies } = readJson('package.json') as { dependencies: Record<string, string> };
  return Object.entries(packages).flatMap(([place, locked]) => {
    if (place === '' || locked.dev || locked.devOptional) return [];
    const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
    return {
      place,
      name,
      version: locked.version,
      licence: locked.license ?? 'none',
      integrity: locked.integrity ?? '',
      hasInstallScript: locked.hasInstallScript ?? false,
      isDirect: place === `node_modules/${name}` && Object.hasOwn(dependencies, name),
    };
  });
}

/** What a package says of itself. */
export function manifestOf({ place }: Package): {
  version: string;
  license?: string;
  scripts?: Record<string, string>;
} {
  return readJson(`${place}/package.json`) as ReturnType<typeof manifestOf>;
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(join(root, path), 'utf8'));
}

/** The page as it must be. */
export function licencesPage(): string {
  const packages = productionPackages();
  const byLicence = Map.groupBy(packages, ({ licence }) => licence);
  const counts = [...byLicence]
    .sort(([a, some], [b, others]) => others.length - some.length || (a < b ? -1 : 1))
    .map(([licence, some]) => `| ${licence} | ${some.length} |`);
  const rows = packages.map(
    ({ name, version, licence, isDirect }) =>
      `| ${isDirect ? `**${name}**` : name} | ${version} | ${licence} |`,
  );
  return `# Licences of what runs with Tidings

Made by \`npm run licences\` from the lockfile; a test says when it is out of date. In bold: named in \`package.json\`. The others come with them. None runs a script when it is installed.

| licence | packages |
| --- | --- |
${counts.join('\n')}

| package | version | licence |
| --- | --- | --- |
${rows.join('\n')}
`;
}

if (import.meta.main) writeFileSync(join(root, 'docs/licences.md'), licencesPage());
