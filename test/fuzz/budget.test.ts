import { describe, expect, test } from 'vitest';
import { InvalidPost } from '../../src/errors.ts';
import { defaultLimits, defaultSite } from '../../src/site.ts';
import { cost } from './cost.ts';
import { costly } from './costly.ts';

// An eighth of what a post may have, so that all are tried within seconds: what grows with the square
// of its length takes seconds even so. `npm run fuzz -- --costly` tries them at full length.
const size = (defaultLimits.size * 1024) / 8;

describe('a post that was made to be slow ends within two seconds', () => {
  test.each(costly.map((one) => [one.name, one] as const))('%s', (_name, one) => {
    const { milliseconds, post, error, written } = cost(one, size, defaultSite());
    if (error) {
      expect(error).toBeInstanceOf(InvalidPost);
      expect(error).toHaveProperty('remedy', expect.stringMatching(/^[A-Z].*\.$/));
    } else expect(post).toBeDefined();
    expect(milliseconds).toBeLessThan(2000);
    expect(post?.problems.length ?? 0).toBeLessThanOrEqual(201);
    // Content, and a summary no longer than it, with their escapes.
    expect(written).toBeLessThan(defaultLimits.size * 1024 * 12);
  });
});
