import type { Clock } from './clock.ts';
import { type FunctionPlan, type Outcome, type Sandbox, startSandbox } from './lambda.ts';

/** The functions of a stack: started when they are needed, kept warm, replaced when they die. */

/** Sandboxes of one function at once: the machine's cores, whatever the template allows. */
export const widest = 2;

export interface Functions {
  /** Runs it to its end; the caller sees to it that no more than `widest` run. */
  invoke(name: string, event: unknown): Promise<Outcome>;
  /** The sandbox of this id. */
  sandbox(id: string): Sandbox | undefined;
  /** Sandboxes that stand still in the middle of their work. */
  frozen(): number;
  /** Invocations that failed, as text. */
  failures: string[];
  /** What functions wrote, line by line. */
  lines(name: string): string[];
  /** Most memory that a sandbox of it had, in MB. */
  peak(name: string): number;
  close(): Promise<void>;
}

export interface FunctionsOptions {
  clock: Clock;
  environment(name: string, sandbox: string): Record<string, string>;
  /** Told when a sandbox starts, and when it writes. */
  logs(name: string, action: 'CreateLogStream' | 'PutLogEvents'): void;
}

export function functionsOf(
  plans: Map<string, FunctionPlan>,
  { clock, environment, logs }: FunctionsOptions,
): Functions {
  const sandboxes = new Map<string, { name: string; sandbox: Sandbox; isBusy: boolean }>();
  const written = new Map<string, string>();
  const peaks = new Map<string, number>();
  const failures: string[] = [];
  return {
    invoke: async (name, event) => {
      const kept = await free(name);
      const outcome = await kept.sandbox.invoke(event);
      kept.isBusy = false;
      peaks.set(name, Math.max(peaks.get(name) ?? 0, kept.sandbox.peak()));
      if (!kept.sandbox.isAlive()) {
        sandboxes.delete(kept.sandbox.id);
        await kept.sandbox.close();
      }
      if ('error' in outcome)
        failures.push(`${name}: ${outcome.error.errorType}: ${outcome.error.errorMessage}`);
      return outcome;
    },
    sandbox: (id) => sandboxes.get(id)?.sandbox,
    frozen: () => [...sandboxes.values()].filter(({ sandbox }) => sandbox.isFrozen()).length,
    failures,
    lines: (name) => (written.get(name) ?? '').split('\n').filter(Boolean),
    peak: (name) => peaks.get(name) ?? 0,
    close: async () => {
      await Promise.all([...sandboxes.values()].map(({ sandbox }) => sandbox.close()));
    },
  };

  async function free(name: string) {
    const warm = [...sandboxes.values()].find((one) => one.name === name && !one.isBusy);
    if (warm) {
      warm.isBusy = true;
      return warm;
    }
    const plan = plans.get(name);
    if (!plan) throw new Error(`there is no function ${name}`);
    logs(name, 'CreateLogStream');
    const sandbox = await startSandbox(plan, {
      clock,
      environment: (id) => environment(name, id),
      log: (text) => {
        logs(name, 'PutLogEvents');
        written.set(name, (written.get(name) ?? '') + text);
      },
    });
    const cold = { name, sandbox, isBusy: true };
    sandboxes.set(sandbox.id, cold);
    return cold;
  }
}
