import { allowing, type Grant, grantsOf, type Question, type Statement } from './iam.ts';

/** A call to AWS by one of the template's functions, or by Lambda in its name. */
export interface Call extends Question {
  /** Name of the function. */
  caller: string;
}

/** Every call, judged by its caller's role. */
export interface Ledger {
  /** Notes a call; true if the role allows it. */
  allows(call: Call): boolean;
  /** Calls that were refused, as text, once each. */
  refused(): string[];
  /** What roles allow and no call has used. */
  unused(): (Grant & { caller: string })[];
  /** How often each function did what. */
  counts(): Map<string, number>;
}

/** `roles`: the statements of each function's role. */
export function ledgerOf(roles: Map<string, Statement[]>): Ledger {
  const used = new Set<string>();
  const refusals = new Set<string>();
  const counted = new Map<string, number>();
  // The same few questions come by the ten thousand.
  const known = new Map<string, Grant[]>();
  const nameOf = (caller: string, grant: Grant) => [caller, ...Object.values(grant)].join(' ');
  return {
    allows: (call) => {
      const { caller, action, resource } = call;
      const question = JSON.stringify(call);
      const grants = known.get(question) ?? allowing(statementsOf(caller), call);
      known.set(question, grants);
      counted.set(`${caller} ${action}`, (counted.get(`${caller} ${action}`) ?? 0) + 1);
      for (const grant of grants) used.add(nameOf(caller, grant));
      if (grants.length === 0) refusals.add(`${caller}: ${action} on ${resource}`);
      return grants.length > 0;
    },
    refused: () => [...refusals],
    unused: () =>
      [...roles].flatMap(([caller, statements]) =>
        grantsOf(statements)
          .filter((grant) => !used.has(nameOf(caller, grant)))
          .map((grant) => ({ caller, ...grant })),
      ),
    counts: () => counted,
  };

  function statementsOf(caller: string): Statement[] {
    const statements = roles.get(caller);
    if (!statements) throw new Error(`nobody is called ${caller}`);
    return statements;
  }
}
