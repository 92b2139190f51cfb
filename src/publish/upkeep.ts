import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import type { Worker } from './batches.ts';
import { scheduleOnce } from './schedule.ts';
import { sweep } from './sweep.ts';
import { compare } from './sync.ts';

/** What a stage is to do with all it has: build it anew, or look for what events have missed. */
export type Upkeep = { kind: 'rebuild' } | { kind: 'sync'; from?: SyncFrom };

/** Where a sync goes on that ran out of time: comparing after a handle, or sweeping after a key. */
export type SyncFrom = { step: 'compare' | 'sweep'; after?: string };

/** Milliseconds before the end at which no more is compared: what was found is to be queued yet. */
const reserve = 60_000;

/**
 * A rebuild is begun with one message, on which `ingest` works. A sync compares posts and state,
 * queues what differs, and sweeps the index; what there is no time for is done by another call of
 * the function, a minute later. Both may be begun at any time, and twice.
 */
export async function upkeep(event: Upkeep, context: Context, worker: Worker): Promise<void> {
  if (event.kind === 'rebuild') return worker.stage.queue.rebuild({});
  if (event.kind !== 'sync')
    throw new Error(`give {"kind":"sync"} or {"kind":"rebuild"}, not ${JSON.stringify(event)}`);
  const next = await sync(event.from ?? { step: 'compare' }, context, worker);
  if (!next) return;
  const { now, schedules } = worker.stage;
  const Input = JSON.stringify({ kind: 'sync', from: next } satisfies Upkeep);
  const at = now() + 60_000;
  await scheduleOnce(schedules, { name: 'sync', at, Arn: context.invokedFunctionArn, Input });
}

/** Tells where to go on, if time ran out. */
async function sync(
  { step, after }: SyncFrom,
  context: Context,
  { stage, logger, metrics }: Worker,
): Promise<SyncFrom | undefined> {
  const part = { hasTime: () => context.getRemainingTimeInMillis() > reserve };
  let settled = new Map<string, number>();
  if (step === 'compare') {
    const found = await compare(stage, undefined, { ...part, after });
    const { compared, outdated, broken, next } = found;
    for (const { handle, key, error } of broken) logger.error(error.message, { handle, key });
    if (broken.length > 0) metrics.addMetric('BrokenRecords', MetricUnit.Count, broken.length);
    await stage.queue.ingest(outdated);
    if (found.hasNewSettings) await stage.queue.rebuild({});
    logger.info('compared', { compared, outdated: outdated.length, broken: broken.length });
    if (next !== undefined) return { step, after: next };
    if (!part.hasTime()) return { step: 'sweep' };
    settled = found.settled;
  }
  const { removed, next } = await sweep(stage, settled, {
    ...part,
    after: step === 'sweep' ? after : undefined,
  });
  logger.info('swept', { removed });
  return next === undefined ? undefined : { step: 'sweep', after: next };
}
