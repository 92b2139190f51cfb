import { defineConfig } from 'vitest/config';

/** `npm run test:deploy`: what `serverless deploy` would deploy, packaged on this machine. */
export default defineConfig({
  test: {
    include: ['test/deploy/**/*.deploy.ts'],
    globalSetup: ['test/deploy/setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
