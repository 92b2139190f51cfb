import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { lastSiteKey } from '../../src/keys.ts';
import { S3Store, s3Client } from '../../src/store/s3.ts';
import { distribution, fakeCdn } from '../announce/cdn.ts';
import { fakeCloud, fakeCredentials } from '../cloud.ts';
import { batchWith, contextWith, failed } from './stage.ts';

test('announce reads the settings that publishers noted, and renews the CDN', async () => {
  const [cloud, cdn] = [await fakeCloud(), await fakeCdn()];
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: cloud.endpoint,
    AWS_ENDPOINT_URL_CLOUDFRONT: cdn.endpoint,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: fakeCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: fakeCredentials.secretAccessKey,
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
    POWERTOOLS_METRICS_NAMESPACE: 'Tidings/test',
    POWERTOOLS_SERVICE_NAME: 'test',
    TIDINGS_STATE_BUCKET: 'state',
    TIDINGS_ANNOUNCE_QUEUE_URL: await cloud.newQueue('announce'),
    TIDINGS_DISTRIBUTION_ID: distribution,
    TIDINGS_FEEDS_URL: 'https://cdn.example',
  });
  const client = s3Client({ endpoint: cloud.endpoint });
  await client.send(new CreateBucketCommand({ Bucket: 'state' }));
  const { handler } = await import('../../functions/announce.ts');
  const batch = batchWith({
    Records: [{ eventName: 'ObjectCreated:Put', s3: { object: { key: 'feed.rss' } } }],
  });
  expect(failed(await handler(batch, contextWith()))).toEqual([]);
  expect(cdn.begun.size).toBe(1);

  await new S3Store({ client, bucket: 'state' }).put(lastSiteKey, 'invalidate: false');
  batch.Records[0]!.messageId = 'another';
  expect(failed(await handler(batch, contextWith()))).toEqual([]);
  expect(cdn.begun.size).toBe(1);
  client.destroy();
  await Promise.all([cloud.close(), cdn.close()]);
});
