import { afterAll } from 'vitest';
import { S3Store } from '../../src/store/s3.ts';
import { contract } from '../store/contract.ts';
import { newBucket, removeBucket, testClient } from './bucket.ts';

const client = testClient();
const buckets: string[] = [];

async function bucketForTest(): Promise<string> {
  const bucket = await newBucket(client);
  buckets.push(bucket);
  return bucket;
}

afterAll(async () => {
  for (const bucket of buckets) await removeBucket(client, bucket);
  client.destroy();
});

contract('an S3 bucket', async () => new S3Store({ client, bucket: await bucketForTest() }));

const shared = bucketForTest();
let stores = 0;

contract('a prefix of an S3 bucket', async () => {
  const prefix = `store ${++stores}+ü/`;
  return new S3Store({ client, bucket: await shared, prefix });
});
