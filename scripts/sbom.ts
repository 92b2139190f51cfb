import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { productionPackages } from './licences.ts';

/**
 * `npm run -s sbom > sbom.json`: the bill of materials of what runs with Tidings, CycloneDX 1.5, from
 * the lockfile. npm's own (`npm sbom --omit=dev`) leaves out what a package for development uses too.
 */
export function sbom(): object {
  const text = readFileSync(join(import.meta.dirname, '../package.json'), 'utf8');
  const { name, version } = JSON.parse(text) as { name: string; version: string };
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.5.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: {
      component: { type: 'application', name, version, 'bom-ref': `${name}@${version}` },
    },
    components: productionPackages().map((one) => ({
      type: 'library',
      'bom-ref': one.place,
      name: one.name,
      version: one.version,
      purl: `pkg:npm/${one.name.replace('@', '%40')}@${one.version}`,
      licenses: [{ license: { id: one.licence } }],
      hashes: [
        {
          alg: 'SHA-512',
          content: Buffer.from(one.integrity.replace('sha512-', ''), 'base64').toString('hex'),
        },
      ],
    })),
  };
}

if (import.meta.main) console.log(JSON.stringify(sbom(), null, 2));
