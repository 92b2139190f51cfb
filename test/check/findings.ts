import { type CheckOptions, check } from '../../src/check/check.ts';

const encoder = new TextEncoder();

/** Findings of a document, short: `error MissingGuid 4`. */
export function findings(document: string | Uint8Array, options: CheckOptions = {}): string[] {
  const bytes = typeof document === 'string' ? encoder.encode(document) : document;
  return check(bytes, options).findings.map(
    ({ severity, name, line }) => `${severity} ${name} ${line}`,
  );
}
