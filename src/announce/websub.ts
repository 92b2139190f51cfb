import { setTimeout as sleep } from 'node:timers/promises';
import { turns } from '../store/s3-turns.ts';

/** The publisher's half of WebSub, https://www.w3.org/TR/websub/#publishing: hubs are told what changed. */

/** How patient one is with a hub; all in milliseconds. */
export interface Patience {
  /** For one request. */
  answer: number;
  /** Before each further try; there is one try more than there are pauses. */
  pauses: readonly number[];
}

/** A hub that is told nothing more for now, and the topics that it was not told of. */
export interface GivenUp {
  hub: string;
  /** Its last answer, or why there was none. */
  reason: string;
  topics: string[];
}

/** What came of telling the hubs: `untold` are topics for which there was no time, for any hub. */
export interface Told {
  untold: string[];
  givenUp: GivenUp[];
}

/** Three tries, 35 seconds in all. */
export const patience: Patience = { answer: 10_000, pauses: [1000, 4000] };

/** Topics in work at once. */
const width = 8;

/**
 * Tells each hub of each topic, in order, and begins none without time. A hub that fails for one
 * topic after all tries is asked no more: the others would only wait for it too.
 */
export async function tell(
  hubs: readonly string[],
  topics: readonly string[],
  hasTime: () => boolean,
  { answer, pauses }: Patience = patience,
): Promise<Told> {
  const inTurn = turns(width);
  const untold: string[] = [];
  const lines = hubs.map((hub) => ({ hub, isDown: false, reason: '', topics: [] as string[] }));
  await Promise.all(
    topics.map((topic) =>
      inTurn(async () => {
        if (!hasTime()) untold.push(topic);
        else await Promise.all(lines.map((line) => tellOne(line, topic)));
      }),
    ),
  );
  return { untold, givenUp: lines.filter(({ topics }) => topics.length > 0).map(givenUpOf) };

  async function tellOne(line: (typeof lines)[number], topic: string): Promise<void> {
    for (let tries = 0; !line.isDown; tries++) {
      const fault = await ping(line.hub, topic, answer);
      if (!fault) return;
      line.reason = fault.reason;
      if (fault.isFinal) break;
      const pause = pauses[tries];
      if (pause === undefined) line.isDown = true;
      else await sleep(pause);
    }
    line.topics.push(topic);
  }
}

function givenUpOf({ hub, reason, topics }: GivenUp): GivenUp {
  return { hub, reason, topics };
}

/** `isFinal`: another try would be answered alike, but another topic need not be. */
interface Fault {
  reason: string;
  isFinal: boolean;
}

/** One request for one topic; what went wrong, if anything did. */
async function ping(hub: string, topic: string, answer: number): Promise<Fault | undefined> {
  // The specification leaves the form open. Google's hub and Superfeedr know `hub.url`, others `hub.topic`.
  const body = new URLSearchParams([
    ['hub.mode', 'publish'],
    ['hub.url', topic],
    ['hub.topic', topic],
  ]);
  try {
    const signal = AbortSignal.timeout(answer);
    const response = await fetch(hub, { method: 'POST', body, signal });
    await response.body?.cancel();
    const { ok, status } = response;
    if (ok) return undefined;
    return {
      reason: `it answers ${status}`,
      isFinal: status < 500 && !/^(408|429)$/.test(`${status}`),
    };
  } catch (error) {
    const { name, cause, message } = error as Error;
    const reason =
      name === 'TimeoutError'
        ? `no answer within ${answer} ms`
        : ((cause as Error | undefined)?.message ?? message);
    return { reason, isFinal: false };
  }
}
