import { buildAtOnce } from '../publish/at-once.ts';
import { keptQueue } from '../publish/kept.ts';
import { drain, type Progress, queueEverything, type Run } from '../publish/local.ts';
import type { SiteInForce } from '../publish/pipeline.ts';
import { sharedIds } from '../selection/shared-ids.ts';
import type { Store } from '../store/store.ts';
import { type Look, noting, unchangedShared } from './last-build.ts';
import { withProgress } from './progress.ts';
import { secondThread } from './second-thread.ts';
import { holdYoungGeneration } from './young-generation.ts';

/** The stores of a build; without one for the state it ends with the process. */
interface Stores {
  posts: Store;
  state: Store | undefined;
  feeds: Store;
}

/** What was done, and the ETag of each object of the feeds; undefined: there is none now. */
interface Built {
  run: Run;
  etags: Map<string, string | undefined>;
}

/** Publishes what a look found to differ, or everything. */
export async function buildFeeds(
  stores: Stores,
  inForce: SiteInForce,
  look: Look | undefined,
  width: number | undefined,
): Promise<Built> {
  const { state } = stores;
  const etags: Built['etags'] = new Map();
  const place = { ...stores, site: async () => inForce, now: Date.now };
  if (!state) {
    const run = await shown((onProgress) =>
      buildAtOnce(place, { onProgress, width, finisher: secondThread }),
    );
    return { run, etags };
  }
  const queue = await keptQueue(state);
  const pipeline = { ...place, state, feeds: noting(stores.feeds, etags), queue };
  if (look) {
    await queue.ingest(look.posts);
    await queue.refresh([...look.selections]);
  } else await queueEverything(pipeline);
  const findShared = async (posts: Run['posts']) => {
    if (!look) return sharedIds(state);
    const { problems, claims } = unchangedShared(look.last, posts);
    return [...problems, ...(await sharedIds(state, claims))];
  };
  const run = await shown((onProgress) => drain(pipeline, { onProgress, width, findShared }));
  return { run, etags };
}

function shown(work: (onProgress: (progress: Progress) => void) => Promise<Run>): Promise<Run> {
  return withProgress((show) =>
    work((progress) => {
      holdYoungGeneration(progress.done);
      show(progress);
    }),
  );
}
