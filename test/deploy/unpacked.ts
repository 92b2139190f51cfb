import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readTemplate, stackOf } from './template.ts';
import { filesIn } from './zip.ts';

/** A function as Lambda would have it on its disk. */
export interface Unpacked {
  /** `ingest`. */
  name: string;
  /** Path of the file that its handler is in. */
  file: string;
  /** What the handler is called there. */
  handler: string;
  variables: Record<string, string>;
}

/** Unpacks the functions of a folder that osls packaged into. */
export function unpack(packaged: string, into: string): Unpacked[] {
  const stack = stackOf(readTemplate(packaged));
  return stack.of('AWS::Lambda::Function').map(([, { Properties }]) => {
    const zip = (Properties['Code'].S3Key as string).split('/').at(-1)!;
    const name = zip.slice(0, -'.zip'.length);
    for (const [path, bytes] of filesIn(join(packaged, zip))) {
      mkdirSync(dirname(join(into, name, path)), { recursive: true });
      writeFileSync(join(into, name, path), bytes);
    }
    const [, path, handler] = /^(.*)\.([^.]+)$/.exec(Properties['Handler'])!;
    const file = join(into, name, `${path}.mjs`);
    return { name, file, handler: handler!, variables: Properties['Environment'].Variables };
  });
}
