import { InvalidPost } from '../errors.ts';
import type { Site } from '../site.ts';

/** What the text of a post may grow to on its way to a feed: templates and links repeat what they are given. */

/** How many times as many characters as the file may have bytes. */
const growth = 4;

/** Characters that a post may become. */
export function mostOf({ limits }: Pick<Site, 'limits'>): number {
  return limits.size * 1024 * growth;
}

/** Throws InvalidPost if a text is longer than it may be. */
export function within(length: number, most: number): void {
  if (length <= most) return;
  throw new InvalidPost(
    `the post becomes more than ${Math.floor(most / 1024)} KB of HTML`,
    'Shorten it, or raise `limits.size` in tidings.yml, of which this is four times as much.',
  );
}
