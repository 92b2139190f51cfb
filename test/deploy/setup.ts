import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { pack, type Variant, variants } from './pack.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folders of what osls packaged, by variant. */
    packages: Record<Variant, string>;
  }
}

const folder = mkdtempSync(join(tmpdir(), 'tidings-deploy-'));

/** Packages each variant once for all tests. */
export function setup({ provide }: TestProject): void {
  // One after the other: osls works in `.serverless` first.
  const packages = Object.entries(variants).map(([variant, params]) => {
    const into = join(folder, variant);
    pack(into, params);
    return [variant, into];
  });
  provide('packages', Object.fromEntries(packages));
}

export function teardown(): void {
  rmSync(folder, { recursive: true, force: true });
}
