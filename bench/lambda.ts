/**
 * `npm run bench -- lambda [EVENTS]`: the functions from the zips that would be deployed, each in a
 * process of Node with Lambda's own runtime client, on a real S3 server (Ceph's gateway) and a local
 * SQS: milliseconds of the first event, start included, and of warm ones, processor time, memory;
 * and what a thousand publishes cost by AWS's list prices. How they start alone: `bench -- cold`.
 */
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { feedKey, formats, rankOf, site, term } from '../src/keys.ts';
import { account } from '../test/deploy/aws-names.ts';
import { pack } from '../test/deploy/pack.ts';
import { startClock } from '../test/deploy/rehearsal/clock.ts';
import { invalidations } from '../test/deploy/rehearsal/invalidations.ts';
import { type FunctionPlan, startSandbox } from '../test/deploy/rehearsal/lambda.ts';
import { functionsIn, localStack, rolesOf } from '../test/deploy/rehearsal/plan.ts';
import { readTemplate } from '../test/deploy/template.ts';
import { batchWith } from '../test/functions/stage.ts';
import { start } from '../test/s3/ceph.ts';
import { stub } from '../test/s3/stub.ts';
import { bareClient } from './bare.ts';
import { printBill } from './lambda-bill.ts';
import { tags } from './past.ts';
import { count, machine, quantile, table } from './print.ts';
import { openPublisher } from './publisher.ts';
import { startQueues } from './queues.ts';

const events = Number(process.argv[2] ?? 50);
const size = 100;

/** What a function did: milliseconds, and MB. */
export interface Measured {
  first: number;
  warm: number[];
  /** Of one event, on average. */
  processor: number;
  peak: number;
  memory: number;
}

interface Job {
  /** Of the template. */
  name: string;
  what: string;
  /** Each event, made when it is its turn. */
  event(nth: number): Promise<unknown> | unknown;
}

const folder = mkdtempSync(join(tmpdir(), 'tidings-lambda-'));
const clock = startClock(join(folder, 'clock'));
const queues = await startQueues();
const server = await start({ memory: 2 * 2 ** 30 });
const bare = bareClient(server);
const cdn = await startCdn();
const publisher = await openPublisher({ size, server, queues, bare });
try {
  const packaged = join(folder, 'packaged');
  pack(packaged);
  const stack = localStack(readTemplate(packaged), queues.endpoint);
  const plans = functionsIn(stack, { roles: rolesOf(stack), folder: packaged, into: folder });
  // Feeds, rows and the directory are there, as after a first build.
  await publisher.write('first.md', 0);
  await publisher.publish('first.md');
  const all = new Map<string, Measured>();
  for (const job of jobs()) {
    const plan = [...plans.values()].find(({ name }) => name.endsWith(`-${job.name}`))!;
    all.set(job.what, await measure(plan, job));
  }
  report(all);
  printBill(all);
} finally {
  publisher.close();
  bare.close();
  clock.close();
  queues.stop();
  await cdn.close();
  await server.stop();
  rmSync(folder, { recursive: true });
}

function jobs(): Job[] {
  const selections = [site, ...tags.map((tag) => term('tags', tag))];
  const stored = selections.flatMap((one) => formats.map((format) => feedKey(one, format)));
  return [
    {
      name: 'ingest',
      what: 'ingest: a new post of 6 KB with five tags',
      event: async (nth) => {
        await publisher.write(`lambda-${nth}.md`, 1000 + nth);
        return batchWith(changed(`lambda-${nth}.md`));
      },
    },
    {
      name: 'ingest',
      what: 'ingest: an edit',
      event: async (nth) => {
        await publisher.write('lambda-0.md', 2000 + nth);
        return batchWith(changed('lambda-0.md'));
      },
    },
    {
      name: 'refresh',
      what: 'refresh: its six feeds in one batch',
      event: async (nth) => {
        await publisher.write('lambda-0.md', 3000 + nth);
        await publisher.ingest('lambda-0.md');
        return batchWith(...selections.map((selection) => ({ selection })));
      },
    },
    {
      name: 'announce',
      what: 'announce: the 36 objects of six feeds',
      event: () => batchWith(...stored.flatMap((key) => [changed(key), changed(`${key}.gz`)])),
    },
    {
      name: 'serve',
      what: 'serve: a mix of two tags',
      event: () => asked('/mix/tags:a+tags:b/feed.rss'),
    },
    {
      name: 'serve',
      what: 'serve: older entries of a tag',
      event: () => asked(`/tags/a/before/20250101T000000Z~${rankOf('x')}~${'0'.repeat(32)}.rss`),
    },
    {
      name: 'rebuild',
      what: `rebuild: ${size} posts compared`,
      event: () => ({ kind: 'sync' }),
    },
  ];
}

/** S3's own event. */
function changed(key: string) {
  return { Records: [{ eventName: 'ObjectCreated:Put', s3: { object: { key } } }] };
}

/** A request as CloudFront and the function URL hand it over. */
function asked(rawPath: string) {
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString: '',
    headers: { host: 'x.lambda-url.eu-central-1.on.aws', 'x-tidings-host': 'feeds.example' },
    requestContext: { http: { method: 'GET', path: rawPath } },
    isBase64Encoded: false,
  };
}

async function measure(plan: FunctionPlan, { event }: Job): Promise<Measured> {
  const environment = {
    ...plan.environment,
    TIDINGS_POSTS_BUCKET: publisher.names.posts,
    TIDINGS_STATE_BUCKET: publisher.names.state,
    TIDINGS_FEEDS_BUCKET: publisher.names.feeds,
    TIDINGS_POSTS_QUEUE_URL: queues.posts,
    TIDINGS_FEEDS_QUEUE_URL: queues.feeds,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: server.accessKey,
    AWS_SECRET_ACCESS_KEY: server.secretKey,
    AWS_ENDPOINT_URL_S3: server.endpoint,
    AWS_ENDPOINT_URL_SQS: queues.endpoint,
    AWS_ENDPOINT_URL_CLOUDFRONT: cdn.endpoint,
  };
  const invoke = async (given: unknown) => {
    const begun = performance.now();
    const outcome = await sandbox.invoke(given);
    const took = performance.now() - begun;
    const { payload } = outcome as { payload?: { batchItemFailures?: []; statusCode?: number } };
    const isFailed = payload?.batchItemFailures?.length || (payload?.statusCode ?? 200) !== 200;
    if ('error' in outcome || isFailed)
      throw new Error(`${plan.name}: ${JSON.stringify(outcome).slice(0, 1000)}`);
    return took;
  };
  const given = await event(-1);
  const begun = performance.now();
  let log = '';
  const options = {
    clock,
    environment: () => ({}),
    log: (text: string) => {
      log += text;
    },
  };
  const sandbox = await startSandbox({ ...plan, environment }, options);
  try {
    await invoke(given);
    const first = performance.now() - begun;
    // Until the compiler has done its work.
    for (let nth = 0; nth < 10; nth++) await invoke(await event(nth));
    const warm: number[] = [];
    const before = processorOf(plan.code);
    for (let nth = 10; nth < 10 + events; nth++) warm.push(await invoke(await event(nth)));
    const processor = (processorOf(plan.code) - before) / events;
    return { first, warm, processor, peak: sandbox.peak(), memory: plan.memory };
  } catch (error) {
    throw new Error(log.slice(-2000), { cause: error });
  } finally {
    await sandbox.close();
  }
}

/** Milliseconds of processor time that the process working in this folder has taken: proc(5), in ticks of 10 ms. */
function processorOf(code: string): number {
  const id = readdirSync('/proc').find((one) => {
    try {
      return /^\d+$/.test(one) && readlinkSync(`/proc/${one}/cwd`) === code;
    } catch {
      return false;
    }
  });
  const fields = readFileSync(`/proc/${id}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** CloudFront, as far as announcing goes: an invalidation is done at once. */
async function startCdn() {
  const { serve } = invalidations(account, () => true);
  return stub((response, { method, url, headers, body }) => {
    const request = { method, path: url, headers, body } as Parameters<typeof serve>[0];
    serve(request).then(({ status, headers: told, body: said }) => {
      response.writeHead(status, told);
      response.end(said);
    });
  });
}

function report(all: Map<string, Measured>): void {
  console.log(`${machine()}; Ceph's gateway and one OSD in memory, on the same processors`);
  console.log(`${size} posts in the state; ${events} warm events of each kind, after ten`);
  const rows = [...all].map(([what, { first, warm, processor, peak, memory }]) => [
    what,
    ...[first, quantile(warm, 0.5), quantile(warm, 0.99), processor].map((one) => one.toFixed(0)),
    `${count(peak)} of ${count(memory)}`,
  ]);
  table(['', 'first event, ms', 'warm, ms, p50', 'p99', 'processor, ms', 'memory, MB'], rows);
}
