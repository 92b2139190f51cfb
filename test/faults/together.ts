import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { random } from '../simulation/random.ts';
import { filesIn, freshBuild, isDraft, nthPost, put, start, writeBlog } from './blog-folder.ts';
import { differences } from './killed.ts';

const posts = 40;
const builds = 3;

/**
 * Builds that are started while others of the same blog into the same folders are at work, with
 * edits in between, and the first of them is suspended for a while: tells what was wrong when all
 * have ended.
 */
export async function buildsTogether(
  times: number,
  seed: number,
  hasState: boolean,
): Promise<string[]> {
  const chances = random(seed);
  const folder = mkdtempSync(join(tmpdir(), 'tidings-together-'));
  const [out, state] = [join(folder, 'out'), join(folder, 'state')];
  const from = writeBlog(join(folder, 'posts'), posts);
  const args = ['build', from, '--out', out, ...(hasState ? ['--state', state] : [])];
  const wrong: string[] = [];
  for (let nth = 0; nth < times; nth++) {
    const running: ReturnType<typeof start>[] = [];
    for (let build = 0; build < builds; build++) {
      for (let edits = chances.below(20); edits >= 0; edits--) {
        const one = chances.below(posts);
        put(
          from,
          `p${one}.md`,
          nthPost(one, `Text ${nth} of ${build}.${'.'.repeat(chances.below(5))}`),
        );
      }
      running.push(start(...args));
      await sleep(150 + chances.below(300));
      // Asleep in the middle of its work, while the next one begins: it knows nothing of the edits.
      if (build === 0) running[0]!.child.kill('SIGSTOP');
    }
    await sleep(500);
    running[0]!.child.kill('SIGCONT');
    for (const { status, err } of await Promise.all(running.map(({ ended }) => ended)))
      if (status !== 0) wrong.push(`${nth}: ended with ${status}: ${err}`);
    const fresh = await freshBuild(from, join(folder, 'fresh'));
    wrong.push(...differences(filesIn(out), fresh).map((one) => `${nth}: ${one}`));
    if (hasState)
      for (const name of filesIn(state).keys())
        if (isDraft(name)) wrong.push(`${nth}: ${name} was left behind`);
  }
  rmSync(folder, { recursive: true });
  return wrong;
}
