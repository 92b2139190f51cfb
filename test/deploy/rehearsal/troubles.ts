import type { Clock } from './clock.ts';
import { LineCut, Refused } from './front-door.ts';
import type { Sandbox } from './lambda.ts';
import type { Call } from './ledger.ts';

/** What goes wrong when it is told to: at a call of a function to AWS. */

type Holds = (call: Call) => boolean;

export function troublesOf(clock: Clock) {
  const traps = new Set<(call: Call, sandbox: Sandbox) => void>();
  return {
    /** Each call, before it is judged. Throws where it is not to come through. */
    meet: (call: Call, sandbox: Sandbox): void => {
      for (const trap of traps) trap(call, sandbox);
    },
    faults: {
      /** Once, at a call for which this holds: does something to its sandbox, and cuts the line. */
      atCall: (holds: Holds, act: (sandbox: Sandbox) => void): Promise<void> =>
        new Promise((resolve) => {
          set(holds, 1, (sandbox) => {
            act(sandbox);
            resolve();
            throw new LineCut();
          });
        }),
      /** Refuses the next so many calls for which this holds. */
      refuse: (holds: Holds, times: number): void =>
        set(holds, times, () => {
          throw new Refused();
        }),
      /** Once, at a call for which this holds: so many seconds pass. */
      pause: (holds: Holds, seconds: number): void =>
        set(holds, 1, () => clock.windTo(clock.now() + seconds * 1000)),
    },
  };

  function set(holds: Holds, times: number, act: (sandbox: Sandbox) => void): void {
    let left = times;
    const trap = (call: Call, sandbox: Sandbox) => {
      if (!holds(call)) return;
      if (--left === 0) traps.delete(trap);
      act(sandbox);
    };
    traps.add(trap);
  }
}
