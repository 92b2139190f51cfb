import type { Outcome, Play } from './world.ts';

/** The shortest play found that still goes wrong: acts and faults are left out for as long as that is so. */
export async function shrink(
  first: Play,
  play: (play: Play) => Promise<Outcome>,
  attempts = 400,
): Promise<Play> {
  let best = first;
  let left = attempts;
  const isWrong = async (candidate: Play) => {
    if (left-- <= 0) return undefined;
    const outcome = await play(candidate);
    return outcome.divergences.length > 0 ? outcome : undefined;
  };
  for (let size = Math.ceil(best.acts.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 1; at < best.acts.length; ) {
      const acts = [...best.acts.slice(0, at), ...best.acts.slice(at + size)];
      // Another order of things may show the same fault where this one no longer does.
      const seeds = [best.seed, ...Array.from({ length: 8 }, (_, n) => best.seed * 31 + n)];
      let found: Play | undefined;
      for (const seed of acts.length < best.acts.length ? seeds : []) {
        if (await isWrong({ ...best, acts, seed })) {
          found = { ...best, acts, seed };
          break;
        }
      }
      if (found) best = found;
      else at += size;
    }
  }
  const outcome = await play(best);
  let faults = [...outcome.struck];
  left = Math.max(left, 100);
  for (let at = 0; at < faults.length; ) {
    const fewer = faults.filter((_, index) => index !== at);
    if (await isWrong({ ...best, faults: new Set(fewer) })) faults = fewer;
    else at++;
  }
  return { ...best, faults: new Set(faults) };
}
