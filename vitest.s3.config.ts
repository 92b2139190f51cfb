import { defineConfig } from 'vitest/config';

/** `npm run test:s3`: what must hold on a real S3 server. */
export default defineConfig({
  test: {
    include: ['test/s3/**/*.s3.ts'],
    globalSetup: ['test/s3/setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
