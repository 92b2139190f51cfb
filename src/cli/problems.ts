import { InvalidState } from '../errors.ts';
import {
  entriesPrefix,
  entryKey,
  handleOf,
  lastSiteKey,
  problemsPrefix,
  rowsPrefix,
  siteProblemKey,
} from '../keys.ts';
import type { Problem } from '../problem.ts';
import { readRecord } from '../selection/record.ts';
import { sharedIds } from '../selection/shared-ids.ts';
import { getIfThere, listAll, type Store } from '../store/store.ts';
import { BadArguments } from './bad-arguments.ts';
import { type BucketOptions, isBucket, storeAt } from './buckets.ts';
import type { Output } from './output.ts';
import { counted, problemsText, sorted } from './summary.ts';

export interface ProblemsOptions extends BucketOptions {
  state: string;
  strict?: boolean;
}

/** `tidings problems --state STATE`: what is wrong with the posts now. Tells the exit status. */
export async function problems(options: ProblemsOptions, { out, err }: Output): Promise<number> {
  const state = await storeAt(options.state, options);
  // A stage that was deployed a moment ago has not written anything.
  if (!isBucket(options.state) && !(await isState(state)))
    throw new BadArguments(`${options.state} holds no state: name what --state names in a build`);
  const found = await allProblems(state);
  out(problemsText(found));
  err(found.length === 0 ? 'no problems\n' : `${counted(found.length, 'problem')}\n`);
  return options.strict && found.length > 0 ? 1 : 0;
}

/** True of a place that a build or a deployed stage has left something in, if only of a blog without posts. */
async function isState(store: Store): Promise<boolean> {
  const prefixes = [entriesPrefix, rowsPrefix, lastSiteKey, siteProblemKey];
  const lists = await Promise.all(prefixes.map((prefix) => store.list(prefix, { limit: 1 })));
  return lists.some(({ objects }) => objects.length > 0);
}

/** Those of the site file, then those of posts by key and line. */
export async function allProblems(state: Store): Promise<Problem[]> {
  return [
    ...(await problemOfSite(state)),
    ...sorted([...(await problemsOfPosts(state)), ...(await sharedIds(state))]),
  ];
}

async function problemOfSite(state: Store): Promise<Problem[]> {
  const stored = await getIfThere(state, siteProblemKey);
  return stored ? [JSON.parse(new TextDecoder().decode(stored.body))] : [];
}

/** Those of the records that hints name; a hint may be of an older version. */
async function problemsOfPosts(state: Store): Promise<Problem[]> {
  const handles = new Set<string>();
  for await (const { key } of listAll(state, problemsPrefix)) {
    const handle = handleOf(key);
    if (handle !== undefined) handles.add(handle);
  }
  return (await Promise.all([...handles].map((handle) => problemsIn(state, handle)))).flat();
}

async function problemsIn(state: Store, handle: string): Promise<Problem[]> {
  try {
    return (await readRecord(state, handle))?.record.problems ?? [];
  } catch (error) {
    if (!(error instanceof InvalidState)) throw error;
    return [{ key: entryKey(handle), cause: error.message, remedy: 'See tidings sync --help.' }];
  }
}
