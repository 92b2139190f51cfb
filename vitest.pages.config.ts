import { defineConfig } from 'vitest/config';

/** `npm run test:pages`: the pages for people in Debian's Chromium. */
export default defineConfig({
  test: {
    include: ['test/pages/**/*.browser.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
