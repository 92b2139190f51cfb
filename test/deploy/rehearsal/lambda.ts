import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import type { Clock } from './clock.ts';

/**
 * A sandbox of Lambda's: a process of Node with Lambda's own runtime client, nothing in its
 * environment but what the function's configuration gives it, and the Runtime API that it asks for
 * events (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html).
 */

export interface FunctionPlan {
  /** As the template names it. */
  name: string;
  arn: string;
  /** Folder that its zip was unpacked into. */
  code: string;
  handler: string;
  /** Seconds. */
  timeout: number;
  /** MB. */
  memory: number;
  environment: Record<string, string>;
  logGroup: string;
}

export type Outcome = { payload: unknown } | { error: { errorType: string; errorMessage: string } };

export interface Sandbox {
  id: string;
  /** Runs it; a function that dies or takes too long is an outcome too. */
  invoke(event: unknown): Promise<Outcome>;
  /** Whether it can be invoked again. */
  isAlive(): boolean;
  /** True from `freeze` until it is killed. */
  isFrozen(): boolean;
  /** Ends the process as if its machine had gone. */
  kill(): void;
  /** Stops the process where it is: it neither works nor ends. */
  freeze(): void;
  /** MB that it had at once, at most. */
  peak(): number;
  close(): Promise<void>;
}

const runtime = createRequire(import.meta.url).resolve('aws-lambda-ric');
/** Milliseconds that a function may take to load. */
const initialisation = 10_000;

/** Starts a sandbox; an error in its initialisation is the outcome of its first invocation. */
export async function startSandbox(
  plan: FunctionPlan,
  { clock, environment, log }: SandboxOptions,
): Promise<Sandbox> {
  const id = randomUUID();
  /** The runtime's request for an event, as long as there is none. */
  let waiting: ServerResponse | undefined;
  let current: { id: string; event?: string; done(outcome: Outcome): void } | undefined;
  let dead: Outcome | undefined;
  let [isFrozen, peak] = [false, 0];
  const server = await runtimeApi();
  const child = start((server.address() as AddressInfo).port);
  const ended = once(child, 'exit').then(() => {
    dead ??= failure('Runtime.ExitError', 'the process ended');
    current?.done(dead);
  });
  const takeBack = clock.after(initialisation, () => {
    dead = failure('Sandbox.Timedout', `not loaded after ${initialisation} ms`);
    child.kill('SIGKILL');
  });
  return {
    id,
    invoke,
    isAlive: () => !dead,
    isFrozen: () => isFrozen,
    kill: () => child.kill('SIGKILL'),
    freeze: () => {
      isFrozen = child.kill('SIGSTOP');
    },
    peak: () => peak,
    close: async () => {
      takeBack();
      child.kill('SIGKILL');
      await ended;
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };

  async function invoke(event: unknown): Promise<Outcome> {
    if (dead) return dead;
    let takeBackTimeout = () => {};
    const outcome = await new Promise<Outcome>((done) => {
      current = { id: randomUUID(), event: JSON.stringify(event), done };
      takeBackTimeout = clock.after(plan.timeout * 1000, () => {
        isFrozen = false;
        dead = failure('Sandbox.Timedout', `Task timed out after ${plan.timeout}.00 seconds`);
        child.kill('SIGKILL');
      });
      handOver();
    });
    takeBackTimeout();
    current = undefined;
    peak = Math.max(peak, memoryOf(child));
    return outcome;
  }

  function handOver(): void {
    // The runtime may ask for the next event before it has told of the last.
    if (!waiting || current?.event === undefined) return;
    takeBack();
    waiting.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': current.id,
      'lambda-runtime-deadline-ms': String(clock.now() + plan.timeout * 1000),
      'lambda-runtime-invoked-function-arn': plan.arn,
      'lambda-runtime-trace-id': 'Root=1-0-0;Sampled=0',
    });
    waiting.end(current.event);
    delete current.event;
    waiting = undefined;
  }

  async function runtimeApi(): Promise<Server> {
    const listening = createServer(async (request, response) => {
      const path = request.url!.replace('/2018-06-01/runtime/', '');
      if (path === 'invocation/next') {
        waiting = response;
        return handOver();
      }
      const said = Buffer.concat(await request.toArray()).toString();
      response.writeHead(202).end();
      const [, of, what] = path.split('/');
      if (path === 'init/error') {
        dead = { error: JSON.parse(said) };
        current?.done(dead);
      } else if (of !== current?.id) return;
      else if (what === 'response') current!.done({ payload: JSON.parse(said || 'null') });
      else current!.done({ error: JSON.parse(said) });
    }).listen(0, '127.0.0.1');
    await once(listening, 'listening');
    return listening;
  }

  function start(port: number): ChildProcess {
    const preload = new URL('sandbox.ts', import.meta.url);
    preload.searchParams.set('clock', clock.file);
    const heap = `--max-old-space-size=${Math.floor(plan.memory * 0.9)}`;
    const started = spawn(process.execPath, [heap, '--import', preload.href, runtime], {
      cwd: plan.code,
      env: {
        ...reserved(plan),
        ...environment(id),
        ...plan.environment,
        AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [started.stdout, started.stderr])
      stream.setEncoding('utf8').on('data', log);
    return started;
  }
}

export interface SandboxOptions {
  clock: Clock;
  /** What the rig adds: credentials, addresses. */
  environment(sandbox: string): Record<string, string>;
  log(text: string): void;
}

function failure(errorType: string, errorMessage: string): Outcome {
  return { error: { errorType, errorMessage } };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
function reserved(plan: FunctionPlan): Record<string, string> {
  return {
    _HANDLER: plan.handler,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: plan.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(plan.memory),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: plan.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: 'rehearsal',
    AWS_LAMBDA_NODEJS_USE_ALTERNATIVE_CLIENT_1: 'true',
    LAMBDA_TASK_ROOT: plan.code,
    TZ: ':UTC',
  };
}

/** MB that a process had at once, at most; 0 once it is gone. */
function memoryOf({ pid }: ChildProcess): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
}
