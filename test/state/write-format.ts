import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contentsOf, livedBlog } from './lived-blog.ts';

/**
 * `node test/state/write-format.ts 2` keeps what today's code makes of a blog as the fixture of a
 * format: once, when the format has been raised. Fixtures of older ones are never written again.
 */
const [, , format] = process.argv;
if (!/^\d+$/.test(format ?? '')) throw new Error('name the format, a number');
const { pipeline } = await livedBlog();
const [posts, state] = await Promise.all([pipeline.posts, pipeline.state].map(contentsOf));
writeFileSync(
  join(import.meta.dirname, `format-${format}.json`),
  `${JSON.stringify({ posts, state }, null, 1)}\n`,
  { flag: 'wx' },
);
