import { defineConfig } from 'vitest/config';

/** `npm run test:readers`: real feed readers, of Debian's packages and npm's, subscribe to a running server. */
export default defineConfig({
  test: {
    include: ['test/readers/**/*.readers.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
