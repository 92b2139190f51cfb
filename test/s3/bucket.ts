import { randomUUID } from 'node:crypto';
import { CreateBucketCommand, DeleteBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import { S3Store, s3Client } from '../../src/store/s3.ts';
import { listAll } from '../../src/store/store.ts';

/** A client of the server that the environment names (see setup.ts), or of one put before it. */
export function testClient(endpoint = process.env['TEST_S3_ENDPOINT']!): S3Client {
  return s3Client({
    endpoint,
    region: process.env['AWS_REGION'] ?? 'us-east-1',
    credentials: {
      accessKeyId: process.env['TEST_S3_ACCESS_KEY']!,
      secretAccessKey: process.env['TEST_S3_SECRET_KEY']!,
    },
  });
}

/** Makes a bucket of its own for a test. */
export async function newBucket(client: S3Client): Promise<string> {
  const bucket = `tidings-test-${randomUUID()}`;
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  return bucket;
}

/** Removes a bucket with all that is in it. */
export async function removeBucket(client: S3Client, bucket: string): Promise<void> {
  const store = new S3Store({ client, bucket });
  const deleted: Promise<void>[] = [];
  for await (const { key } of listAll(store, '')) deleted.push(store.delete(key));
  await Promise.all(deleted);
  await client.send(new DeleteBucketCommand({ Bucket: bucket }));
}
