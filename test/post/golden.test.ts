import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readSource } from '../../src/post/front-matter.ts';
import { parsePost } from '../../src/post/parse.ts';
import { readSite } from '../../src/site.ts';

// Each post beside its `.json`, to be read as documents; `vitest run -u` writes them anew.
const folder = join(import.meta.dirname, 'golden');
const site = readSite(readFileSync(join(folder, 'tidings.yml'), 'utf8'));

test.each(globSync('**/*.{md,mdx}', { cwd: folder }).sort())('%s', async (name) => {
  const key = name.slice(name.indexOf('/') + 1);
  const made = parsePost(readSource(key, readFileSync(join(folder, name))), site);
  const expected = join(folder, name.replace(/mdx?$/, 'json'));
  await expect(`${JSON.stringify(made, null, 2)}\n`).toMatchFileSnapshot(expected);
});
