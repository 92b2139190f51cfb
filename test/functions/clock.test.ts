import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pipelineNeeds, readConfig, serveNeeds } from '../../src/config.ts';
import { openShelves } from '../../src/publish/shelves.ts';
import { openStage } from '../../src/publish/stage.ts';
import { getIfThere } from '../../src/store/store.ts';
import { countIn, receiveAll } from '../cloud.ts';
import { testStage } from './stage.ts';

/** Publishers whose clocks are not each other's. */

let stage: Awaited<ReturnType<typeof testStage>>;
beforeAll(async () => {
  stage = await testStage();
});
afterAll(() => stage.close());

const publisher = (now: () => number) => openStage(readConfig(pipelineNeeds), now);

/** Has a feed refreshed as ingest does: it has just written to the state. */
async function ask({ state, queue }: ReturnType<typeof publisher>): Promise<void> {
  await state.put('a', '');
  await queue.refresh(['tags/docker']);
}

test('a request is not taken for one of seconds ago because a clock stands still', async () => {
  const stopped = Date.now();
  await ask(publisher(() => stopped));
  expect(await receiveAll(stage.cloud.client, stage.feedsQueue)).toHaveLength(1);
  await sleep(3200);
  await ask(publisher(() => stopped));
  // The first is still in work.
  expect(await countIn(stage.cloud.client, stage.feedsQueue)).toBe(2);
});

test('a request of readers by a clock that is ahead takes no later one of a publisher’s for its own', async () => {
  const isAhead = 4000;
  // At the beginning of a window of both.
  await sleep(2000 - (Date.now() % 2000) + 100);
  const { state, queue } = openShelves(readConfig(serveNeeds), () => Date.now() + isAhead);
  await getIfThere(state, 'a');
  await queue.refresh(['tags/lxc']);
  await receiveAll(stage.cloud.client, stage.feedsQueue);
  const before = await countIn(stage.cloud.client, stage.feedsQueue);
  await sleep(isAhead);
  const { state: own, queue: publishers } = publisher(Date.now);
  await own.put('a', '');
  await publishers.refresh(['tags/lxc']);
  expect(await countIn(stage.cloud.client, stage.feedsQueue)).toBe(before + 1);
});

test('what is due soon is not left for a day by a clock that is a day behind', async () => {
  const late = publisher(() => Date.now() - 86_400_000);
  await late.state.put('a', '');
  await late.queue.schedule('a.md', Date.now() + 60_000);
  expect(stage.scheduled()).toEqual([]);
});
