/**
 * `npm run bench -- parts [NAME…]`: what each part of the way from a post to a feed takes, by Vitest.
 * Posts are a real blog's where it lies beside the project, else made ones: compare like with like.
 */
import { fileURLToPath } from 'node:url';
import { startVitest } from 'vitest/node';

const dir = fileURLToPath(new URL('parts', import.meta.url));
const vitest = await startVitest('benchmark', process.argv.slice(2), { dir, watch: false });
await vitest.close();
