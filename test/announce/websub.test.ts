import { afterEach, describe, expect, test } from 'vitest';
import { patience, tell } from '../../src/announce/websub.ts';
import { type Asked, stub } from '../s3/stub.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

/** A hub that answers so; `told` are the topics of the requests it got. */
async function hub(answer: Parameters<typeof stub>[0]) {
  const server = await stub(answer);
  opened.push(server);
  return { ...server, told: () => server.asked.map(topicOf) };
}
const topicOf = ({ body }: Asked) => new URLSearchParams(body.toString()).get('hub.topic');
const grant: Parameters<typeof stub>[0] = (response) => response.writeHead(204).end();
const always = () => true;
const quick = { answer: 200, pauses: [10, 20] };
const topics = (count: number) =>
  Array.from({ length: count }, (_, nth) => `https://f.example/${nth}`);

test('a hub is told of each topic once, in both spellings', async () => {
  const { endpoint, asked, told } = await hub(grant);
  const all = ['https://f.example/feed.rss', 'https://f.example/tags/%D1%91/feed.atom?a=b&c'];
  expect(await tell([endpoint], all, always)).toEqual({ untold: [], givenUp: [] });
  expect(told()).toEqual(all);
  for (const [at, { method, headers, body }] of asked.entries()) {
    expect([method, headers['content-type']]).toEqual([
      'POST',
      'application/x-www-form-urlencoded;charset=UTF-8',
    ]);
    expect([...new URLSearchParams(body.toString())]).toEqual([
      ['hub.mode', 'publish'],
      ['hub.url', all[at]],
      ['hub.topic', all[at]],
    ]);
  }
});

describe('a hub that', () => {
  test.each([500, 503, 429, 408])('answers %i at first is asked again', async (status) => {
    const { endpoint, asked } = await hub((response, _, nth) =>
      response.writeHead(nth < 3 ? status : 202).end(),
    );
    expect(await tell([endpoint], topics(1), always, quick)).toEqual({ untold: [], givenUp: [] });
    expect(asked).toHaveLength(3);
  });

  test('answers 500 is asked three times, and for other topics no more', async () => {
    const { endpoint, asked } = await hub((response) => response.writeHead(500).end('oh'));
    const all = topics(30);
    const { givenUp } = await tell([endpoint], all, always, quick);
    expect(givenUp).toMatchObject([{ hub: endpoint, reason: 'it answers 500' }]);
    expect(givenUp[0]!.topics.toSorted()).toEqual(all.toSorted());
    // Eight at a time: those that were on their way have their tries.
    expect(asked.length).toBeLessThanOrEqual(8 * 3);
  });

  test('hangs costs three time-outs, however many topics there are', async () => {
    const { endpoint } = await hub(() => {});
    const begun = performance.now();
    const { givenUp } = await tell([endpoint], topics(100), always, quick);
    expect(givenUp).toMatchObject([{ reason: 'no answer within 200 ms' }]);
    expect(givenUp[0]!.topics).toHaveLength(100);
    expect(performance.now() - begun).toBeLessThan(3 * 200 + 30 + 500);
  });

  test('sends its answer’s head and then hangs counts as told', async () => {
    const { endpoint } = await hub((response) => response.writeHead(202).write('…'));
    expect(await tell([endpoint], topics(1), always, quick)).toEqual({ untold: [], givenUp: [] });
  });

  test('is slow is waited for', async () => {
    const { endpoint, told } = await hub((response) => {
      setTimeout(() => response.writeHead(204).end(), 100);
    });
    expect(await tell([endpoint], topics(9), always, quick)).toEqual({ untold: [], givenUp: [] });
    expect(told()).toHaveLength(9);
  });

  test('refuses one topic is told of the others', async () => {
    const all = topics(20);
    const { endpoint, told } = await hub((response, asked) =>
      response.writeHead(topicOf(asked) === all[3] ? 403 : 204).end(),
    );
    const { givenUp } = await tell([endpoint], all, always, quick);
    expect(givenUp).toEqual([{ hub: endpoint, reason: 'it answers 403', topics: [all[3]] }]);
    expect(told().toSorted()).toEqual(all.toSorted());
  });

  test('is not there is given up, while another is told', async () => {
    const gone = await stub(grant);
    await gone.close();
    const { endpoint, told } = await hub(grant);
    const { givenUp } = await tell([gone.endpoint, endpoint], topics(3), always, quick);
    expect(givenUp).toMatchObject([
      { hub: gone.endpoint, reason: expect.stringMatching('ECONNREFUSED') },
    ]);
    expect(told()).toHaveLength(3);
  });

  test('has another address now is told there', async () => {
    const { endpoint, told } = await hub(grant);
    const moved = await hub((response) =>
      response.writeHead(308, { location: `${endpoint}/` }).end(),
    );
    expect((await tell([moved.endpoint], topics(1), always, quick)).givenUp).toEqual([]);
    expect(told()).toEqual(topics(1));
  });
});

test('without time no topic is begun; those at the end are left', async () => {
  const { endpoint, told } = await hub(grant);
  let asked = 0;
  const { untold } = await tell([endpoint], topics(20), () => asked++ < 12, quick);
  expect(untold).toEqual(topics(20).slice(12));
  expect(told().toSorted()).toEqual(topics(12).toSorted());
});

test('all tries at a hub fit in the time that announcing keeps for them', () => {
  const { answer, pauses } = patience;
  const worst = answer * (pauses.length + 1) + pauses.reduce((sum, one) => sum + one, 0);
  expect(worst).toBeLessThan(45_000);
});
