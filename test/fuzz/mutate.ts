import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from '../simulation/random.ts';
import { evil, word } from './words.ts';

/** Real posts, and what becomes of them under a careless or evil hand. */
export interface RealPost {
  key: string;
  text: string;
}

/** The posts beside the project where they lie there, else, or if it is to be alone, its examples. */
export function realPosts({ isAlone = false } = {}): RealPost[] {
  const root = join(import.meta.dirname, '../..');
  const beside = join(root, '../shared/posts');
  const folder = !isAlone && existsSync(beside) ? beside : join(root, 'examples/posts');
  return globSync('**/*.{md,markdown,html,mdx}', { cwd: folder })
    .sort()
    .map((key) => ({ key, text: readFileSync(join(folder, key), 'utf8') }));
}

/** A post with a few changes, near its front as often as anywhere. */
export function mutated(random: Random, posts: readonly RealPost[]): RealPost {
  const { key, text } = random.pick(posts);
  // Long ones are cut, for the time that they take finds no more.
  let made = text.slice(0, 6000);
  for (let left = 1 + random.below(5); left > 0; left--) made = change(random, made, posts);
  return { key, text: made };
}

function change(random: Random, text: string, posts: readonly RealPost[]): string {
  const at = random.below((random.chance(0.5) ? Math.min(text.length, 400) : text.length) + 1);
  const end = Math.min(text.length, at + random.below(random.pick([2, 20, 200])));
  const [before, piece, after] = [text.slice(0, at), text.slice(at, end), text.slice(end)];
  switch (random.below(8)) {
    case 0:
      return before + after;
    case 1:
      return before + random.pick(evil) + piece + after;
    case 2:
      return before + word(random) + after;
    case 3:
      return before + piece + piece + after;
    case 4:
      return before + piece.repeat(random.below(20)) + after;
    case 5: {
      const other = random.pick(posts).text;
      const from = random.below(other.length);
      return before + other.slice(from, from + random.below(300)) + after;
    }
    case 6:
      return before + [...piece].reverse().join('') + after;
    default:
      return before + String.fromCodePoint(random.below(random.pick([128, 0xd800]))) + after;
  }
}
