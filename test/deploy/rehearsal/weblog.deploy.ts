import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, inject, test } from 'vitest';
import { readTemplate } from '../template.ts';
import { filesOf, publication } from './publication.ts';
import { type Rig, startRig } from './rig.ts';

/** A real weblog of 1,879 posts, synced in at once; it lies beside the project, and is read there. */

const folder = inject('packages').plain;
const posts = join(import.meta.dirname, '../../../../shared/posts');
const isThere = existsSync(join(posts, 'weblog'));
if (!isThere) console.warn(`${posts} is not there: the rehearsal of a whole weblog is left out`);

let rig: Rig | undefined;
afterAll(() => rig?.close());

test.runIf(isThere)(
  'a whole weblog becomes the feeds of a build, byte for byte',
  { timeout: 240_000 },
  async () => {
    rig = await startRig({ folder, template: readTemplate(folder) });
    const blog = publication(rig);
    await blog.write('tidings.yml', readFileSync(join(posts, 'weblog.yml')));
    const files = filesOf(join(posts, 'weblog'));
    for (const [key, bytes] of files) await blog.write(key, bytes);
    const began = rig.clock.now();
    await blog.publish();
    const seconds = (rig.clock.now() - began) / 1000;
    expect(files.size).toBe(1879);
    expect(await blog.differences()).toEqual([]);
    expect(rig.functions.failures).toEqual([]);
    const feeds = rig.s3.keys(blog.bucket.feeds).length;
    const calls = [...rig.ledger.counts().values()].reduce((sum, count) => sum + count, 0);
    console.log(
      `${files.size} posts → ${feeds} objects; ${calls} calls, ${seconds.toFixed(0)} s of the rig’s time`,
    );
  },
);
