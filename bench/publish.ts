/**
 * `npm run bench -- publish [SIZES] [SAMPLES]`: one post published on a real S3 server (Ceph's
 * gateway, test/s3/ceph.ts), with few and with many posts in the state: milliseconds from the event
 * to the last feed written without the queue's delay, requests and round trips. After each, the same
 * requests are made again without the work, in the same order: bare, and through the SDK. SIZES is `100,10000,100000`, SAMPLES 100 of each kind.
 */
import { start } from '../test/s3/ceph.ts';
import { bareClient } from './bare.ts';
import type { Task } from './calls.ts';
import { count, machine, quantile, table } from './print.ts';
import { openPublisher, type Publisher } from './publisher.ts';
import { startQueues } from './queues.ts';
import { tripsOf } from './replay.ts';

const [sizes = '100,10000,100000', samples = '100'] = process.argv.slice(2);
/** Of each size, not counted. */
const warmUps = 5;
const targets = { trips: 12, ratio: 1.3 };
const kinds = ['new post', 'edit'] as const;

/** Milliseconds from the event to the requests to refresh, from there to the last feed, and of the processor. */
interface Times {
  ingest: number;
  refresh: number;
  processor: number;
}

interface Sample extends Record<Who, Times> {
  tasks: Task[];
}

const whos = ['ours', 'bare', 'sdk'] as const;
type Who = (typeof whos)[number];
type Again = Exclude<Who, 'ours'>;

function timesOf(tasks: Omit<Task, 'calls'>[], processor: NodeJS.CpuUsage): Times {
  const [ingest, ...refreshes] = tasks;
  const begun = Math.min(...refreshes.map((one) => one.begun));
  return {
    ingest: ingest!.asked - ingest!.begun,
    refresh: Math.max(...refreshes.map((one) => one.put)) - begun,
    processor: (processor.user + processor.system) / 1000,
  };
}

/** Publishes what a post is now, and makes the same requests again. */
async function sample(publisher: Publisher, key: string): Promise<Sample> {
  const before = process.cpuUsage();
  const tasks = await publisher.publish(key);
  const ours = timesOf(tasks, process.cpuUsage(before));
  return { ours, bare: await again(publisher.bare), sdk: await again(publisher.sdk), tasks };

  async function again({ prepare, replay }: Publisher[Again]): Promise<Times> {
    for (const task of tasks) await prepare(task);
    const [ingest, ...refreshes] = tasks;
    const before = process.cpuUsage();
    const made = [await replay(ingest!), ...(await Promise.all(refreshes.map(replay)))];
    return timesOf(made, process.cpuUsage(before));
  }
}

async function measure(publishers: Publisher[]): Promise<Map<string, Sample[]>> {
  const all = new Map<string, Sample[]>();
  for (let nth = -warmUps; nth < Number(samples); nth++)
    for (const publisher of publishers) {
      const key = `new-${nth + warmUps}.md`;
      for (const kind of kinds) {
        await publisher.write(key, nth * 10 + kinds.indexOf(kind));
        const one = await sample(publisher, key);
        const id = `${count(publisher.size)} posts, ${kind}`;
        if (nth >= 0) all.set(id, [...(all.get(id) ?? []), one]);
      }
      // The next one finds as many posts as this one did.
      await publisher.remove(key);
    }
  return all;
}

function report(all: Map<string, Sample[]>): void {
  const total = ({ ingest, refresh }: Times) => ingest + refresh;
  const first = new Map<string, number>();
  const rows = [...all].map(([id, found]) => {
    const of = (who: Who, figure: (times: Times) => number, part = 0.5) =>
      quantile(
        found.map((one) => figure(one[who])),
        part,
      );
    const trips = Math.max(...found.map(({ tasks }) => allTrips(tasks)));
    const requests = found.at(-1)!.tasks.reduce((sum, { calls }) => sum + calls.length, 0);
    const ratio = of('ours', total) / of('bare', total);
    const kind = id.split(', ')[1]!;
    const small = first.get(kind) ?? of('ours', total);
    first.set(kind, small);
    const isMet = trips <= targets.trips && ratio <= targets.ratio;
    return [
      id,
      String(requests),
      String(trips),
      ...[of('ours', total), of('ours', total, 0.99)].map((one) => one.toFixed(0)),
      ...[of('ours', (one) => one.ingest), of('ours', (one) => one.refresh)].map((one) =>
        one.toFixed(0),
      ),
      ...[of('bare', total), of('bare', total, 0.99)].map((one) => one.toFixed(0)),
      ratio.toFixed(2),
      of('sdk', total).toFixed(0),
      (of('ours', total) / of('sdk', total)).toFixed(2),
      whos.map((who) => of(who, (one) => one.processor).toFixed(0)).join(', '),
      (of('ours', total) / small).toFixed(2),
      isMet ? 'met' : 'NOT MET',
    ];
  });
  const head = ['in the state', 'requests', 'round trips', 'ms, p50', 'p99'];
  head.push('ingest', 'refresh', 'bare, p50', 'p99', 'ratio', "the SDK's, p50", 'ratio');
  head.push(`processor, ms: ${whos.join(', ')}`);
  table([...head, 'to the smallest', `${targets.trips} trips, ${targets.ratio} times bare`], rows);
}

function allTrips([ingest, ...refreshes]: Task[]): number {
  return tripsOf(ingest!, 'asked') + Math.max(...refreshes.map((one) => tripsOf(one, 'put')));
}

const queues = await startQueues();
const server = await start({ memory: 12 * 2 ** 30 });
const bare = bareClient(server);
const publishers: Publisher[] = [];
try {
  console.log(`${machine()}; Ceph's gateway and one OSD in memory, on the same processors`);
  for (const size of sizes.split(',').map(Number)) {
    const begun = performance.now();
    const publisher = await openPublisher({ size, server, queues, bare });
    const seconds = (performance.now() - begun) / 1000;
    console.log(`${count(size)} posts: ${count(publisher.objects)} objects in ${count(seconds)} s`);
    publishers.push(publisher);
  }
  report(await measure(publishers));
} finally {
  for (const one of publishers) one.close();
  bare.close();
  queues.stop();
  await server.stop();
}
