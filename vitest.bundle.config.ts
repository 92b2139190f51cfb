import { defineConfig, mergeConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** `npm run test:bundle`: the command line's tests, of the JavaScript that `npm ci` leaves in `dist/cli/`. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [] } },
  defineConfig({
    test: {
      include: ['test/cli/**/*.test.ts'],
      env: { TEST_COMMAND_LINE: 'dist/cli/main.mjs' },
      // A process for each command, of which some tests need a hundred.
      testTimeout: 240_000,
    },
  }),
);
