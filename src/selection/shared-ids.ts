import { idsPrefix, markerPrefix, parseMarkerKey, type Selection } from '../keys.ts';
import type { Problem } from '../problem.ts';
import { listAll, type Store } from '../store/store.ts';
import { claimsOf, readRecord } from './record.ts';

/**
 * A problem for each post whose id another post has too that was published before it
 * (RFC 4287 §4.2.6): of all ids, or of those with these places in the index.
 */
export async function sharedIds(state: Store, claims?: Iterable<Selection>): Promise<Problem[]> {
  const claimants = new Map<string, Set<string>>();
  for (const prefix of claims ? [...claims].map(markerPrefix) : [idsPrefix])
    for await (const { key } of listAll(state, prefix)) {
      const marker = parseMarkerKey(key);
      if (!marker) continue;
      const handles = claimants.get(marker.selection);
      if (handles) handles.add(marker.handle);
      else claimants.set(marker.selection, new Set([marker.handle]));
    }
  const shared = [...claimants].filter(([, handles]) => handles.size > 1);
  const problems = shared.map(([claim, handles]) => problemsOf(state, claim, [...handles]));
  return (await Promise.all(problems)).flat();
}

/** Of the posts that really claim an id, all but the one published first have a problem. */
async function problemsOf(state: Store, claim: string, handles: string[]): Promise<Problem[]> {
  const held = await Promise.all(handles.map((handle) => readRecord(state, handle)));
  const records = held.flatMap((one) =>
    one?.record.entry && claimsOf(one.record.entry, one.record.key).includes(claim)
      ? [one.record]
      : [],
  );
  return sharedId(records.map(({ key, entry }) => ({ key, id: entry!.id })));
}

/** A problem for each of these, newest first, that have one id, but the one published first. */
export function sharedId(claimants: readonly { key: string; id: string }[]): Problem[] {
  const first = claimants.at(-1);
  return claimants.slice(0, -1).map(({ key, id }) => ({
    key,
    cause: `its id ${id} is also that of ${first!.key}, which was published first and keeps it`,
    remedy: 'Give this post a guid of its own: feeds that would carry both leave it out.',
  }));
}
