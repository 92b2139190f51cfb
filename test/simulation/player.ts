import { registerHooks } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { mutate, mutations } from './mutations.ts';

/** A thread that plays histories: without the safeguard it is given, and of the scene that shows it. */

const without: string | undefined = workerData.without;
const terms = without === undefined ? {} : mutate(without, registerHooks);
const { scene, kinds } = mutations[without ?? ''] ?? {};
// Loaded only now: what a mutation changes is changed as it is loaded.
const { shortest, simulate } = await import('./simulate.ts');

parentPort!.on('message', async ({ work, seed, runs }) => {
  const play = work === 'shrink' ? shortest : simulate;
  parentPort!.postMessage(await play({ seed, runs, terms, scene, kinds }));
});
