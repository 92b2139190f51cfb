import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** Bytes of V8's young generation, of which one half is used at a time. */
const enough = 2 * 12 * 2 ** 20;

/**
 * To be called as posts are read: lets V8's young generation grow until it is large enough, and no
 * further. By itself it would double for nothing: what a post leaves behind is garbage at once. But
 * it begins with a megabyte, and held there it is collected many times as often.
 */
export function holdYoungGeneration(done: number): void {
  // To ask takes as long as a small part of a post.
  if (done % 16 > 0) return;
  const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
  if (young) setFlagsFromString(`--semi-space-growth-factor=${growthFrom(young.space_size)}`);
}

/** Thrice where that is not too much: from the eight that a bundle begins to read posts with it comes to 24. */
function growthFrom(size: number): number {
  if (size >= enough) return 1;
  return 3 * size <= enough ? 3 : 2;
}
