import { start } from './ceph.ts';

/** Starts a server for all test files, unless the environment names one. */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env['TEST_S3_ENDPOINT']) return undefined;
  const { endpoint, accessKey, secretKey, stop } = await start();
  // Workers, and what they start, inherit these.
  Object.assign(process.env, {
    TEST_S3_ENDPOINT: endpoint,
    TEST_S3_ACCESS_KEY: accessKey,
    TEST_S3_SECRET_KEY: secretKey,
  });
  return stop;
}
