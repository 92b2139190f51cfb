import { NotFound } from '../errors.ts';
import { feedKey, site } from '../keys.ts';
import type { Store } from '../store/store.ts';
import { storeAt } from './buckets.ts';
import type { Output } from './output.ts';
import { allProblems } from './problems.ts';
import { messagesIn, type QueueUrls, type StageOptions, stageNames } from './stage.ts';
import { counted } from './summary.ts';

/**
 * `tidings status --stage S`: what waits, what failed for good, what is wrong with posts, when the
 * site's feed was last written. Tells the exit status: 1 where a person is needed.
 */
export async function status(options: StageOptions, { out, err }: Output): Promise<number> {
  const { stack, address, stateBucket, feedsBucket, queues } = await stageNames(options);
  const location = `s3://${stateBucket}`;
  const [state, feeds] = [await storeAt(location, {}), await storeAt(`s3://${feedsBucket}`, {})];
  const [counts, problems, published] = await Promise.all([
    Promise.all(queues.map(countsOf)),
    allProblems(state),
    lastPublished(feeds),
  ]);
  out(`${stack} · ${address}\n`);
  out(`published       ${published}\n`);
  for (const [at, { name }] of queues.entries()) {
    const { waiting, inWork, dead } = counts[at]!;
    out(
      `${name.padEnd(16)}${waiting} waiting, ${inWork} in work, ${counted(dead, 'dead letter')}\n`,
    );
  }
  out(`problems        ${problems.length === 0 ? 'none' : counted(problems.length, 'problem')}\n`);
  if (problems.length > 0) err(`tidings problems --state ${location} lists the problems\n`);
  const dead = counts.some((one) => one.dead > 0);
  if (dead)
    err(
      `when what made them fail is mended, tidings redrive --stage ${options.stage} tries the dead letters again\n`,
    );
  return dead ? 1 : 0;
}

interface Counts {
  waiting: number;
  inWork: number;
  dead: number;
}

async function countsOf({ queue, deadLetters }: QueueUrls): Promise<Counts> {
  const [own, dead] = await Promise.all([messagesIn(queue), messagesIn(deadLetters)]);
  return {
    waiting: own.visible + own.delayed,
    inWork: own.inWork,
    dead: dead.visible + dead.inWork,
  };
}

async function lastPublished(feeds: Store): Promise<string> {
  try {
    const { modified } = await feeds.head(feedKey(site, 'rss'));
    return `${new Date(modified).toISOString().slice(0, 19).replace('T', ' ')} UTC, the site's feed`;
  } catch (error) {
    if (error instanceof NotFound) return 'nothing yet';
    throw error;
  }
}
