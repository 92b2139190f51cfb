import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildApp } from 'fauxqs';
import { account, region } from '../aws-names.ts';
import type { Template } from '../template.ts';
import { cdn as cdnOf } from './cdn.ts';
import { startClock } from './clock.ts';
import { frontDoor, LineCut, Refused, type Request } from './front-door.ts';
import { functionsOf } from './functions.ts';
import { invalidations as invalidationsOf } from './invalidations.ts';
import type { Sandbox } from './lambda.ts';
import { type Call, ledgerOf } from './ledger.ts';
import { notificationsOf } from './notifications.ts';
import { functionsIn, localStack, queuesIn, rolesOf } from './plan.ts';
import { mappingOf, startPoller } from './pollers.ts';
import { nameOf, queues as queuesOn } from './queues.ts';
import { s3 as s3On } from './s3.ts';
import { type Schedule, scheduler as schedulerOf } from './scheduler.ts';

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
}

/** Throws what a deployment would fail for. */
export async function startRig({ folder, template, trusted }: RigOptions) {
  const own = mkdtempSync(join(tmpdir(), 'tidings-rig-'));
  const clock = startClock(join(own, 'clock'));
  const app = buildApp({ logger: false, defaultRegion: region });
  const traps = new Set<(call: Call, sandbox: string) => void>();
  let repeats = 0;
  let isDeaf = false;
  const door = await frontDoor({
    s3: (request) => s3.serve(request),
    sqs: (request) => queues.serve(request),
    scheduler: (request) => scheduler.serve(request),
    cloudfront: (request) => invalidations.serve(request),
  });
  const undo = [
    door.close,
    async () => clock.close(),
    async () => rmSync(own, { recursive: true }),
  ];

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

  for (const { properties } of queuesMade) await queues.make(properties);
  for (const [id] of stack.of('AWS::S3::Bucket')) await s3.make(stack.name(id));
  for (const { queue, body } of notifications.tests()) await queues.send(queue, body);
  const mappings = stack
    .of('AWS::Lambda::EventSourceMapping')
    .map(([, { Properties }]) => mappingOf(Properties, nameOf));
  const pollers = mappings.map((mapping) =>
    startPoller(mapping, {
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
    atCall,
    refuse,
    /** Once, when a call comes for which this holds: lets so many seconds pass. */
    pause: (holds: Holds, seconds: number) =>
      trap(holds, 1, () => clock.windTo(clock.now() + seconds * 1000)),
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
    close: async () => {
      await Promise.all([...pollers.map(({ stop }) => stop()), app.close()]);
      await functions.close();
      for (const one of undo) await one();
    },
  };

  function allows(
    { caller, sandbox }: Request,
    action: string,
    resource: string,
    context: Record<string, string> = {},
  ): boolean {
    const call = { caller, action, resource, context };
    for (const trap of traps) trap(call, sandbox);
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
    // Between a queue and a function there are moments in which neither has the message.
    for (let quiet = 0; ; quiet++) {
      await sleep(4);
      fire(scheduler.due(clock.now()));
      if (await isBusy()) quiet = -1;
      if (quiet < 2) continue;
      quiet = -1;
      const held = await Promise.all(watched.map(({ queue }) => queues.held(queue)));
      const left = held.flatMap(({ bodies }) => bodies);
      if (left.length === 0) return;
      const alarm = clock.next() ?? Number.POSITIVE_INFINITY;
      const next = Math.min(alarm, ...held.flatMap(({ later }) => later));
      if (next > end) throw new Error(whatIsLeft(left));
      clock.windTo(next);
    }
  }

  function whatIsLeft(bodies: string[]): string {
    const some = bodies.slice(0, 3).map((body) => body.slice(0, 300));
    const why = [...ledger.refused(), ...functions.failures].slice(-5);
    return [`${bodies.length} messages are left, such as`, ...some, 'for', ...why].join('\n');
  }

  async function isBusy(): Promise<boolean> {
    if (functions.running() > 0 || pollers.some((poller) => poller.isBusy())) return true;
    for (const { queue } of mappings) if ((await queues.visible(queue)) > 0) return true;
    return false;
  }

  function fire(due: Schedule[]): void {
    for (const { target } of due) {
      if (target.Arn.includes(':sqs:')) void queues.send(target.Arn, target.Input);
      else void functions.invoke(nameOf(target.Arn), JSON.parse(target.Input));
    }
  }

  /** Once, when a call comes for which this holds: does something to its sandbox, and cuts the line. */
  function atCall(holds: Holds, act: (sandbox: Sandbox) => void): Promise<void> {
    return new Promise((resolve) => {
      trap(holds, 1, (sandbox) => {
        act(sandbox);
        resolve();
        throw new LineCut();
      });
    });
  }

  /** Refuses the next so many calls for which this holds. */
  function refuse(holds: Holds, times: number): void {
    trap(holds, times, () => {
      throw new Refused();
    });
  }

  function trap(holds: Holds, times: number, act: (sandbox: Sandbox) => void): void {
    let left = times;
    const set = (call: Call, sandbox: string) => {
      if (!holds(call)) return;
      if (--left === 0) traps.delete(set);
      act(functions.sandbox(sandbox)!);
    };
    traps.add(set);
  }
}

type Holds = (call: Call) => boolean;
