import { askedKey, askedPrefix } from '../keys.ts';
import { listAll, type Store } from '../store/store.ts';
import { type LocalQueue, localQueue } from './local.ts';

/**
 * A queue in this process whose refresh requests outlive it, in the state: a record that says it
 * is settled must not be the last that is heard of it. It begins with what was left undone.
 */
export async function keptQueue(state: Store): Promise<LocalQueue> {
  const queue = localQueue();
  for await (const { key } of listAll(state, askedPrefix))
    queue.selections.add(key.slice(askedPrefix.length));
  return {
    ...queue,
    refresh: async (wanted) => {
      const unasked = wanted.filter((one) => !queue.selections.has(one));
      await Promise.all(unasked.map((one) => state.put(askedKey(one), '')));
      await queue.refresh(wanted);
    },
    refreshed: (selection) => state.delete(askedKey(selection)),
  };
}
