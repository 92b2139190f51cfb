import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tidings } from '../cli/terminal.ts';
import { random } from '../simulation/random.ts';
import { filesIn, freshBuild, isDraft, nthPost, put, start, writeBlog } from './blog-folder.ts';
import { broken } from './whole.ts';

const posts = 60;

/**
 * Builds that are killed at random moments, after edits, each followed by one that is left alone:
 * tells how many died at work, and what was wrong at their death or after the next.
 */
export async function killedBuilds(times: number, seed: number, hasState: boolean) {
  const chances = random(seed);
  const folder = mkdtempSync(join(tmpdir(), 'tidings-killed-'));
  const [out, state, scratch] = ['out', 'state', 'fresh'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const from = writeBlog(join(folder, 'posts'), posts);
  const args = ['build', from, '--out', out, ...(hasState ? ['--state', state] : [])];
  const wrong: string[] = [];
  let died = 0;
  let took = await timed(() => start(...args).ended);
  for (let nth = 0; nth < times; nth++) {
    const text = `Text ${nth} ${'and more '.repeat(chances.below(9))}`;
    for (let edits = chances.below(20); edits >= 0; edits--) {
      const one = chances.below(posts);
      put(from, `p${one}.md`, nthPost(one, text));
    }
    if (chances.chance(0.1)) rmSync(state, { recursive: true, force: true });
    const { child, ended } = start(...args);
    await sleep(took * (0.4 + 0.6 * chances.next()));
    child.kill('SIGKILL');
    const isDead = (await ended).status === null;
    if (isDead) died++;
    // So that it dies now early, now late, however busy the machine is.
    took *= isDead ? 1.1 : 0.7;
    const places = hasState ? [out, state] : [out];
    for (const place of places)
      wrong.push(...broken(filesIn(place)).map((name) => `${nth}: ${name} is half-written`));

    const { status, err } = await tidings(...args);
    if (status !== 0) wrong.push(`${nth}: the next build ended with ${status}: ${err}`);
    wrong.push(
      ...differences(filesIn(out), await freshBuild(from, scratch)).map((one) => `${nth}: ${one}`),
    );
    for (const place of places)
      for (const name of filesIn(place).keys())
        if (isDraft(name)) wrong.push(`${nth}: ${name} was left behind`);
  }
  rmSync(folder, { recursive: true });
  return { died, wrong };
}

/** What is not as in a fresh build. */
export function differences(found: Map<string, string>, fresh: Map<string, string>): string[] {
  const names = [...new Set([...found.keys(), ...fresh.keys()])];
  return names
    .filter((name) => found.get(name) !== fresh.get(name))
    .map((name) =>
      !found.has(name)
        ? `${name} is missing`
        : fresh.has(name)
          ? `${name} is another`
          : `${name} is too much`,
    );
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await act();
  return performance.now() - begun;
}
