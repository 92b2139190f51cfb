import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/setup.ts'],
    // Dates without a zone must not depend on the machine's: tests run in an odd one.
    env: { TZ: 'Pacific/Apia' },
    testTimeout: 20_000,
    // Much of the time is waiting for servers' clocks: a worker less than processors would leave one idle.
    maxWorkers: '100%',
  },
});
