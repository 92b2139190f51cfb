import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { licencesPage, manifestOf, productionPackages } from '../../scripts/licences.ts';
import { sbom } from '../../scripts/sbom.ts';

const packages = productionPackages();
const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');

/** What lets anyone use, change and pass on a program that holds the package. */
const allowed = new Set(
  'MIT MIT-0 ISC 0BSD BSD-2-Clause BSD-3-Clause Apache-2.0 BlueOak-1.0.0 PSF-2.0 Unlicense CC0-1.0'.split(
    ' ',
  ),
);

describe('what runs with Tidings', () => {
  test('is listed in docs/licences.md (npm run licences)', () => {
    expect(read('docs/licences.md')).toBe(licencesPage());
  });

  test('has few packages, and no second of those that are named', () => {
    expect(packages.length).toBeLessThan(100);
    const direct = Object.keys(JSON.parse(read('package.json')).dependencies);
    expect(
      packages
        .filter(({ isDirect }) => isDirect)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(direct.sort());
  });

  test.each(packages.map((one) => [`${one.name} ${one.version}`, one] as const))(
    '%s has a licence that may be used, a hash, and no script for its installation',
    (_name, one) => {
      expect([...allowed]).toContain(one.licence);
      expect(one.integrity).toMatch(/^sha512-/);
      expect(one.hasInstallScript).toBe(false);
      // The lockfile says what the package says.
      const manifest = manifestOf(one);
      expect(manifest.version).toBe(one.version);
      expect(manifest.license).toBe(one.licence);
      const scripts = Object.keys(manifest.scripts ?? {});
      expect(scripts.filter((name) => /^(?:pre|post)?install$/.test(name))).toEqual([]);
    },
  );
});

describe('the lockfile', () => {
  const { packages: locked } = JSON.parse(read('package-lock.json')) as {
    packages: Record<string, { integrity?: string; resolved?: string; hasInstallScript?: boolean }>;
  };

  test('has a hash for every package, also of those for development, and no address', () => {
    for (const [place, { integrity, resolved }] of Object.entries(locked)) {
      if (place !== '') expect(integrity, place).toMatch(/^sha(?:512|1)-/);
      expect(resolved, place).toBeUndefined();
    }
  });

  test('is of exact versions', () => {
    const { dependencies, devDependencies } = JSON.parse(read('package.json'));
    for (const version of Object.values({ ...dependencies, ...devDependencies }))
      expect(version).toMatch(/^\d+\.\d+\.\d+(?:-[\w.]+)?$/);
  });

  test('lets no package run a script that package.json does not name', () => {
    const named = Object.keys(JSON.parse(read('package.json')).allowScripts);
    for (const [place, { hasInstallScript }] of Object.entries(locked)) {
      if (hasInstallScript)
        expect(named).toContain(place.slice(place.lastIndexOf('node_modules/') + 13));
    }
  });
});

test('the bill of materials is made at installation, beside what it is of', () => {
  const { scripts } = JSON.parse(read('package.json'));
  expect(scripts.prepare).toBe('node scripts/bundle.ts');
  expect(JSON.parse(read('dist/sbom.json'))).toMatchObject({ bomFormat: 'CycloneDX' });
});

test('the bill of materials names each, with the hash of its archive', () => {
  const { components } = sbom() as {
    components: { name: string; hashes: { content: string }[] }[];
  };
  expect(components.map(({ name }) => name)).toEqual(packages.map(({ name }) => name));
  for (const { hashes } of components) expect(hashes[0]!.content).toMatch(/^[0-9a-f]{128}$/);
});
