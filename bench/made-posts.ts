import { post } from '../test/blog.ts';
import { random } from '../test/simulation/random.ts';

/** Posts that nobody wrote: as long as those of a weblog, of words in no order. */

const syllables = 'ka lo mi ter en ver da sol ra ne ti bo gen ist ul pra con der fa mo'.split(' ');
const { pick, below } = random(1);
const vocabulary = Array.from({ length: 3000 }, () =>
  Array.from({ length: 1 + below(4) }, () => pick(syllables)).join(''),
);

/** About 5 KB of Markdown, another for each seed. */
function text(seed: number): string {
  const chance = random(seed);
  // Few words are frequent, as in any language.
  const word = () => vocabulary[Math.floor(chance.next() ** 3 * vocabulary.length)]!;
  const sentence = () => `${Array.from({ length: 12 }, word).join(' ')}.`;
  const paragraph = () =>
    `${Array.from({ length: 5 }, sentence).join(' ')} [${word()}](https://b.example/${word()}/).`;
  return Array.from({ length: 14 }, paragraph).join('\n\n');
}

export interface MadePost {
  tags: readonly string[];
  /** Epoch seconds. */
  published: number;
  /** Decides the text. */
  seed: number;
}

export function madePost({ tags, published, seed }: MadePost): string {
  const date = new Date(published * 1000).toISOString();
  return post({ title: `Post ${seed}`, date, tags }, text(seed));
}
