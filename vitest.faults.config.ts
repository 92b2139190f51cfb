import { defineConfig } from 'vitest/config';

/** `npm run test:faults`: builds that are killed at any moment, and disks that are full. */
export default defineConfig({
  test: {
    include: ['test/faults/**/*.faults.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    maxWorkers: '100%',
  },
});
