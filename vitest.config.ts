import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/setup.ts'],
    // Dates without a zone must not depend on the machine's: tests run in an odd one.
    env: { TZ: 'Pacific/Apia' },
    // On a machine with other work all takes longer; what hangs is found all the same.
    testTimeout: 60_000,
    // Much of the time is waiting, for servers' clocks and processes: another worker runs meanwhile.
    maxWorkers: availableParallelism() + 1,
  },
});
