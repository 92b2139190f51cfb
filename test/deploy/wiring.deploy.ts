import { describe, expect, inject, test } from 'vitest';
import { permissionsOf } from './policy.ts';
import { type Properties, type Resource, readTemplate, type Stack, stackOf } from './template.ts';

/** What holds between resources: a validator looks at each alone. */

const packages = inject('packages');
const plain = stackOf(readTemplate(packages.plain));
const full = stackOf(readTemplate(packages.full));

interface Mapping {
  function: string;
  timeout: number;
  queue: Resource;
  properties: Properties;
}

/** Which function takes from which queue, by the ARNs that the template gives. */
function mappings(stack: Stack): Mapping[] {
  const queues = new Map(
    stack.of('AWS::SQS::Queue').map(([id, queue]) => [stack.name(id, 'Arn'), queue]),
  );
  const functions = new Map(
    stack.of('AWS::Lambda::Function').map(([id, one]) => [stack.name(id, 'Arn'), one.Properties]),
  );
  return stack.of('AWS::Lambda::EventSourceMapping').map(([, { Properties }]) => ({
    function: functions.get(Properties['FunctionName'])!['FunctionName'],
    timeout: functions.get(Properties['FunctionName'])!['Timeout'],
    // Undefined if it is a queue's URL, which a validator takes.
    queue: queues.get(Properties['EventSourceArn'])!,
    properties: Properties,
  }));
}

describe('queues and functions', () => {
  test('are joined by the queues’ ARNs', () => {
    const pairs = mappings(plain).map((one) => [one.function, one.queue?.Properties['QueueName']]);
    expect(pairs).toEqual([
      ['tidings-prod-ingest', 'tidings-prod-posts'],
      ['tidings-prod-refresh', 'tidings-prod-feeds.fifo'],
      ['tidings-prod-announce', 'tidings-prod-announce'],
    ]);
  });

  describe.each(mappings(plain))('$function', ({ timeout, queue, properties }) => {
    const { Properties: settings } = queue;
    const window: number = properties['MaximumBatchingWindowInSeconds'] ?? 0;

    test('may be killed before its messages come back: six time-outs, and the batch window', () => {
      expect(settings['VisibilityTimeout']).toBeGreaterThanOrEqual(6 * timeout + window);
    });

    test('gives back single messages', () => {
      expect(properties['FunctionResponseTypes']).toEqual(['ReportBatchItemFailures']);
    });

    // Lambda refuses the one, SQS's order of a group the other.
    test('waits for batches only where it may', () => {
      if (properties['BatchSize'] > 10) expect(window).toBeGreaterThan(0);
      if (settings['FifoQueue']) expect([properties['BatchSize'] <= 10, window]).toEqual([true, 0]);
    });

    test('leaves what cannot be done to a queue of the same kind that keeps it for two weeks', () => {
      const dead = plain
        .of('AWS::SQS::Queue')
        .find(([id]) => plain.name(id, 'Arn') === settings['RedrivePolicy'].deadLetterTargetArn)!;
      expect(dead[1].Properties['FifoQueue']).toBe(settings['FifoQueue']);
      expect(dead[1].Properties['MessageRetentionPeriod']).toBe(14 * 86_400);
      expect(settings['RedrivePolicy'].maxReceiveCount).toBeGreaterThanOrEqual(5);
      const watched = plain
        .of('AWS::CloudWatch::Alarm')
        .map(([, { Properties }]) => Properties['Dimensions']?.[0].Value);
      expect(watched).toContain(dead[1].Properties['QueueName']);
    });
  });

  test('announce gathers a minute’s changes', () => {
    const [, , { properties }] = mappings(plain) as [Mapping, Mapping, Mapping];
    expect(properties).toMatchObject({ BatchSize: 10_000, MaximumBatchingWindowInSeconds: 60 });
  });

  test('a feed has one writer at a time, after the five seconds that absorb a burst', () => {
    expect(plain.resources['FeedsQueue']!.Properties).toMatchObject({
      FifoQueue: true,
      DelaySeconds: 5,
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
      // A body stays the same for ever; ours have a window: DESIGN.md, section 10.
      ContentBasedDeduplication: false,
    });
  });

  test('are encrypted by SQS itself, since S3 cannot send under a key of KMS', () => {
    for (const [, { Properties }] of plain.of('AWS::SQS::Queue')) {
      expect(Properties['SqsManagedSseEnabled']).toBe(true);
      expect(Properties).not.toHaveProperty('KmsMasterKeyId');
    }
  });
});

/** Queues that a bucket's events go to, by S3 or by EventBridge. */
function told(stack: Stack, bucket: string): string[] {
  const direct = stack.resources[bucket]?.Properties['NotificationConfiguration'];
  return (direct?.QueueConfigurations ?? []).map(({ Queue }: { Queue: string }) => Queue);
}

interface Statement {
  Effect: string;
  Principal: { Service: string };
  Action: string;
  Resource: string;
  Condition: Record<string, Record<string, string>>;
}

function sendersTo(stack: Stack, queue: string): Statement[] {
  return stack
    .of('AWS::SQS::QueuePolicy')
    .flatMap(([, { Properties }]) => Properties['PolicyDocument'].Statement as Statement[])
    .filter(({ Resource }) => Resource === queue);
}

describe('events', () => {
  test.each([
    ['PostsBucket', 'PostsQueue'],
    ['FeedsBucket', 'AnnounceQueue'],
  ])('of %s, made or removed, go to %s, which lets it and nobody else send', (bucket, queue) => {
    const arn = plain.name(queue, 'Arn');
    expect(told(plain, bucket)).toEqual([arn, arn]);
    const { QueueConfigurations: configured } =
      plain.resources[bucket]!.Properties['NotificationConfiguration'];
    expect(configured.map(({ Event }: { Event: string }) => Event)).toEqual([
      's3:ObjectCreated:*',
      's3:ObjectRemoved:*',
    ]);
    expect(sendersTo(plain, arn)).toMatchObject([
      {
        Effect: 'Allow',
        Principal: { Service: 's3.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Condition: { ArnEquals: { 'aws:SourceArn': plain.name(bucket, 'Arn') } },
      },
    ]);
    // S3 takes only FIFO-less queues, and tries to send before it notes where to.
    expect(plain.resources[queue]!.Properties).not.toHaveProperty('FifoQueue');
    expect(plain.resources[bucket]!.DependsOn).toEqual([`${queue}Policy`]);
  });

  test('of a bucket that was there before come by EventBridge, those of posts and settings', () => {
    const { Properties } = full.resources['PostsChanged']!;
    const arn = full.name('PostsQueue', 'Arn');
    expect(Properties['EventPattern']).toMatchObject({
      source: ['aws.s3'],
      'detail-type': ['Object Created', 'Object Deleted'],
      detail: { bucket: { name: ['my-blog'] } },
    });
    expect(Properties['Targets']).toEqual([{ Id: 'posts-queue', Arn: arn }]);
    expect(sendersTo(full, arn)).toMatchObject([
      {
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Condition: { ArnEquals: { 'aws:SourceArn': full.name('PostsChanged', 'Arn') } },
      },
    ]);
  });

  // Messages that a function sends on purpose are counted and end; an event of what it wrote would not.
  test.each([
    ['plain', plain],
    ['full', full],
  ])('make no circle: nothing that a function writes wakes it, %s', (_, stack) => {
    const functions = stack.of('AWS::IAM::Role').filter(([id]) => id !== 'ScheduleRole');
    const may = new Map(functions.map(([id]) => [id, permissionsOf(stack, id)]));
    const takes = (queue: string) =>
      functions.flatMap(([id]) =>
        may.get(id)!.some((one) => one.action === 'sqs:ReceiveMessage' && one.resource === queue)
          ? [id]
          : [],
      );
    const writersOf = (bucket: string) =>
      functions.flatMap(([id]) =>
        may
          .get(id)!
          .some(
            ({ action, resource }) =>
              /^s3:(Put|Delete)Object$/.test(action) && resource.startsWith(`${bucket}/`),
          )
          ? [id]
          : [],
      );
    // The posts' bucket by either way; what wakes whom, until nobody is added.
    const sources = [
      { bucket: stack.outputs['PostsBucket']!, queues: [stack.name('PostsQueue', 'Arn')] },
      { bucket: stack.outputs['FeedsBucket']!, queues: told(stack, 'FeedsBucket') },
    ];
    for (const { bucket, queues } of sources) {
      const woken = new Set<string>();
      const reached = new Set(queues);
      for (const queue of reached)
        for (const role of takes(queue)) {
          woken.add(role);
          for (const { action, resource } of may.get(role)!)
            if (action === 'sqs:SendMessage') reached.add(resource);
        }
      expect(woken.size).toBeGreaterThan(0);
      expect(writersOf(`arn:aws:s3:::${bucket}`).filter((role) => woken.has(role))).toEqual([]);
    }
    expect(told(stack, 'StateBucket')).toEqual([]);
  });

  test('come once a week for a comparison, by the role that may call it', () => {
    expect(plain.resources['WeeklySync']!.Properties).toMatchObject({
      ScheduleExpression: 'rate(7 days)',
      Target: {
        Arn: plain.name('RebuildLambdaFunction', 'Arn'),
        RoleArn: plain.name('ScheduleRole', 'Arn'),
        Input: '{"kind":"sync"}',
      },
    });
  });
});
