import { describe, expect, inject, test } from 'vitest';
import { readTemplate, stackOf } from './template.ts';

const packages = inject('packages');
const plain = stackOf(readTemplate(packages.plain));
const full = stackOf(readTemplate(packages.full));

describe('buckets', () => {
  // The one for deployments is osls's own.
  const buckets = [...full.of('AWS::S3::Bucket'), ...plain.of('AWS::S3::Bucket')].filter(
    ([id]) => id !== 'ServerlessDeploymentBucket',
  );

  test.each(buckets)('%s is private and encrypted, and takes nothing but HTTPS', (id, bucket) => {
    const stack = plain.resources[id] ? plain : full;
    expect(bucket.Properties['PublicAccessBlockConfiguration']).toEqual({
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    });
    expect(JSON.stringify(bucket.Properties['BucketEncryption'])).toContain('AES256');
    const [, policy] = stack
      .of('AWS::S3::BucketPolicy')
      .find(([, { Properties }]) => Properties['Bucket'] === stack.name(id))!;
    const arn = stack.name(id, 'Arn');
    expect(policy.Properties['PolicyDocument'].Statement).toContainEqual(
      expect.objectContaining({
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: [arn, `${arn}/*`],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    );
  });

  test.each(buckets)('%s stays when the stack goes, and rids itself of leftovers', (_, bucket) => {
    expect(bucket.DeletionPolicy).toBe('RetainExceptOnCreate');
    const [rule] = bucket.Properties['LifecycleConfiguration'].Rules;
    expect(rule).toMatchObject({
      Status: 'Enabled',
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
    });
  });

  test('of posts keeps what was overwritten or deleted for 90 days', () => {
    const { Properties } = plain.resources['PostsBucket']!;
    expect(Properties['VersioningConfiguration']).toEqual({ Status: 'Enabled' });
    const { Rules } = Properties['LifecycleConfiguration'];
    expect(JSON.stringify(Rules)).toContain('"NoncurrentDays":90');
  });
});
