import { hasFeed, parseMarkerKey, type Selection } from '../keys.ts';
import { readRecord } from '../selection/record.ts';
import { listAll, type Store } from '../store/store.ts';
import type { Queue } from './pipeline.ts';

/**
 * Removes from the index the markers that their posts have outgrown, and has their selections
 * refreshed; tells how many. A publisher that dies after it put markers too late leaves such ones
 * behind: no feed shows them, but deep in a long selection they are counted. Part of a `sync`,
 * which knows the versions of settled records: those of their markers are not looked into.
 */
export async function sweep(
  { state, queue }: { state: Store; queue: Pick<Queue, 'refresh'> },
  settled: ReadonlyMap<string, number> = new Map(),
): Promise<number> {
  const selections = new Set<Selection>();
  let removed = 0;
  for await (const { key } of listAll(state, 'index/')) {
    const marker = parseMarkerKey(key);
    if (!marker || settled.get(marker.handle) === marker.version) continue;
    const held = await readRecord(state, marker.handle);
    if (!held?.record.settled || marker.version >= held.record.version) continue;
    await state.delete(key);
    if (hasFeed(marker.selection)) selections.add(marker.selection);
    removed++;
  }
  if (selections.size > 0) await queue.refresh([...selections]);
  return removed;
}
