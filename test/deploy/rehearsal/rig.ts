import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildApp } from 'fauxqs';
import { account, region } from '../aws-names.ts';
import type { Template } from '../template.ts';
import { cdn as cdnOf } from './cdn.ts';
import { startClock } from './clock.ts';
import { frontDoor, type Request } from './front-door.ts';
import { functionsOf } from './functions.ts';
import { invalidations as invalidationsOf } from './invalidations.ts';
import { ledgerOf } from './ledger.ts';
import { notificationsOf } from './notifications.ts';
import { functionsIn, localStack, queuesIn, rolesOf } from './plan.ts';
import { mappingOf, pollerOf } from './pollers.ts';
import { nameOf, queues as queuesOn } from './queues.ts';
import { s3 as s3On } from './s3.ts';
import { type Schedule, scheduler as schedulerOf } from './scheduler.ts';
import { troublesOf } from './troubles.ts';

/**
 * A whole system on this machine, made of a compiled template and nothing else: what the template
 * does not say is not there. S3 and SQS are fauxqs's; the zips run as Lambda runs them; every call
 * is judged by the role of the function that makes it.
 */

const place = { region, account };
const services = ['S3', 'SQS', 'SCHEDULER', 'CLOUDFRONT'];

export type Rig = Awaited<ReturnType<typeof startRig>>;

export interface RigOptions {
  /** What osls packaged into. */
  folder: string;
  /** The one in the folder, or a variation of it. */
  template: Template;
  /** File of a certificate that functions are to trust. */
  trusted?: string;
  /** Buckets of somebody else's that were there before. */
  existing?: string[];
}

/** Throws what a deployment would fail for. */
export async function startRig(options: RigOptions) {
  const undo: (() => unknown)[] = [];
  const close = async () => {
    for (const one of undo.splice(0).reverse()) await one();
  };
  try {
    return { ...(await deploy(options, undo)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** `undo`: takes what is to be done at the end, the last first. */
async function deploy(
  { folder, template, trusted, existing = [] }: RigOptions,
  undo: (() => unknown)[],
) {
  const own = mkdtempSync(join(tmpdir(), 'tidings-rig-'));
  undo.push(() => rmSync(own, { recursive: true }));
  const clock = startClock(join(own, 'clock'));
  undo.push(clock.close);
  const troubles = troublesOf(clock);
  const app = buildApp({ logger: false, defaultRegion: region });
  let repeats = 0;
  let isDeaf = false;
  /** Calls that schedules made and that run. */
  const fired = new Set<Promise<unknown>>();
  const door = await frontDoor({
    s3: (request) => s3.serve(request),
    sqs: (request) => queues.serve(request),
    scheduler: (request) => scheduler.serve(request),
    cloudfront: (request) => invalidations.serve(request),
  });
  undo.push(door.close, () => app.close());

  const stack = localStack(template, door.address);
  const roles = rolesOf(stack);
  const plans = functionsIn(stack, { roles, folder, into: own });
  const ledger = ledgerOf(new Map([...plans].map(([name, { role }]) => [name, role.statements])));
  const notifications = notificationsOf(stack, place);
  const queuesMade = queuesIn(stack);
  const s3 = s3On({
    app,
    allows,
    changed: async (change) => {
      for (const { queue, body } of isDeaf ? [] : notifications.of(change))
        await queues.send(queue, body);
    },
  });
  const queues = queuesOn({
    app,
    allows,
    arnOf: (name) => `arn:aws:sqs:${region}:${account}:${name}`,
  });
  const scheduler = schedulerOf({ stack, place, roles, allows });
  const invalidations = invalidationsOf(account, allows);
  const functions = functionsOf(plans, {
    clock,
    environment: (name, sandbox) => ({
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: name,
      AWS_SECRET_ACCESS_KEY: 'none',
      AWS_SESSION_TOKEN: sandbox,
      ...(trusted ? { NODE_EXTRA_CA_CERTS: trusted } : {}),
      ...Object.fromEntries(services.map((one) => [`AWS_ENDPOINT_URL_${one}`, door.address])),
    }),
    logs: (caller, action) => {
      const stream = `log-group:${plans.get(caller)!.logGroup}:log-stream:rehearsal`;
      const resource = `arn:aws:logs:${region}:${account}:${stream}`;
      ledger.allows({ caller, action: `logs:${action}`, resource });
    },
  });

  undo.push(functions.close);

  for (const { properties } of queuesMade) await queues.make(properties);
  const buckets = stack.of('AWS::S3::Bucket').map(([id]) => stack.name(id));
  for (const bucket of [...buckets, ...existing]) await s3.make(bucket);
  for (const { queue, body } of notifications.tests()) await queues.send(queue, body);
  const mappings = stack
    .of('AWS::Lambda::EventSourceMapping')
    .map(([, { Properties }]) => mappingOf(Properties, nameOf));
  const pollers = mappings.map((mapping) =>
    pollerOf(mapping, {
      clock,
      queues,
      functions,
      region,
      allows: ({ function: caller, queue }, action) =>
        ledger.allows({ caller, action, resource: queue }),
      repeats: () => repeats,
    }),
  );

  return {
    stack,
    s3,
    queues,
    scheduler,
    invalidations,
    functions,
    ledger,
    clock,
    /** What a reader gets. */
    get: cdnOf({ stack, place, read: s3.read, invoke: functions.invoke }),
    settle,
    /** Has every batch that was done handed over again so many times. */
    redeliver: (times: number) => {
      repeats = times;
    },
    ...troubles.faults,
    /** Lets time pass, and then what it brings. */
    windTo: async (time: number) => {
      clock.windTo(time);
      await settle();
    },
    /** Fires a schedule that recurs. */
    wake: (name: string) => fire(scheduler.all().filter((one) => one.name === name)),
    /** Does what nobody is told of: events get lost. */
    unheard: async (work: () => Promise<unknown>) => {
      isDeaf = true;
      await work();
      isDeaf = false;
    },
  };

  function allows(
    { caller, sandbox }: Request,
    action: string,
    resource: string,
    context: Record<string, string> = {},
  ): boolean {
    const call = { caller, action, resource, context };
    troubles.meet(call, functions.sandbox(sandbox)!);
    return ledger.allows(call);
  }

  /**
   * Lets everything happen that is to happen within so many seconds of the rig's time, skipping
   * the time in which nothing does, until the queues of these functions are empty. Throws what is
   * left in them after that.
   */
  async function settle(
    wanted = mappings.map((mapping) => mapping.function),
    within = 3600,
  ): Promise<void> {
    const end = clock.now() + within * 1000;
    const watched = mappings.filter((one) => wanted.some((name) => one.function.endsWith(name)));
    for (;;) {
      await fire(scheduler.due(clock.now()));
      const took = await Promise.all(pollers.map((poller) => poller.poll()));
      if (took.includes(true)) continue;
      if (running() > 0) {
        await sleep(5);
        continue;
      }
      // Nobody works, and nobody takes a message but by `poll`: what is held now stays.
      const held = await Promise.all(watched.map(({ queue }) => queues.held(queue)));
      const left = held.flatMap(({ bodies }) => bodies);
      if (left.length === 0) return;
      const alarm = clock.next() ?? Number.POSITIVE_INFINITY;
      const next = Math.min(alarm, ...held.flatMap(({ later }) => later));
      if (next > end) throw new Error(whatIsLeft(left));
      clock.windTo(next);
    }
  }

  function running(): number {
    const batches = pollers.reduce((sum, poller) => sum + poller.running(), 0);
    return batches + fired.size - functions.frozen();
  }

  function whatIsLeft(bodies: string[]): string {
    const some = bodies.slice(0, 3).map((body) => body.slice(0, 300));
    const why = [...ledger.refused(), ...functions.failures].slice(-5);
    return [`${bodies.length} messages are left, such as`, ...some, 'for', ...why].join('\n');
  }

  /** Does what schedules ask for; a function that they call is not waited for. */
  async function fire(due: Schedule[]): Promise<void> {
    for (const { target } of due) {
      if (target.Arn.includes(':sqs:')) await queues.send(target.Arn, target.Input);
      else {
        const call = functions.invoke(nameOf(target.Arn), JSON.parse(target.Input));
        fired.add(call);
        void call.finally(() => fired.delete(call));
      }
    }
  }
}
