import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { revision } from '../src/site-revision.ts';

/** What the golden documents were when the revision was last looked at. */
const looked = {
  revision: 1,
  golden: '5a9bf6af87ba9cef80f816a90be6b99e3f940f6f1b27619e433f83cd9b70f0f6',
};

test('the revision is looked at when golden documents change', () => {
  const golden = createHash('sha256');
  for (const file of globSync('test/{post,feed}/golden/**/*', { withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => `${one.parentPath}/${one.name}`)
    .sort())
    golden.update(readFileSync(file));
  const remedy =
    'If posts or feeds that were published before now come out with other bytes, raise it in src/site-revision.ts. Then note here what this test found.';
  expect({ revision, golden: golden.digest('hex') }, remedy).toEqual(looked);
});
