import type { Properties, Stack } from '../template.ts';
import { allowing, type Statement } from './iam.ts';
import { arnOf, type Change } from './s3.ts';

/** What the buckets of a stack tell, and whom: S3's own notifications, and EventBridge's rules. */

export interface Told {
  /** ARN of the queue. */
  queue: string;
  body: string;
}

interface Destination {
  queue: string;
  wants(change: Change, event: string): boolean;
}

interface Place {
  region: string;
  account: string;
}

/**
 * Reads who is told of what. Throws, as a deployment would, if a bucket is to notify a queue that
 * does not let it.
 */
export function notificationsOf(stack: Stack, place: Place) {
  const isVersioned = new Set<string>();
  const direct = new Map<string, Destination[]>();
  for (const [id, { Properties }] of stack.of('AWS::S3::Bucket')) {
    const bucket = stack.name(id);
    if (Properties['VersioningConfiguration']?.Status === 'Enabled') isVersioned.add(bucket);
    direct.set(bucket, directOf(Properties['NotificationConfiguration'] ?? {}, bucket));
  }
  const rules = stack.of('AWS::Events::Rule').map(([id, rule]) => ({
    arn: stack.name(id, 'Arn'),
    pattern: rule.Properties['EventPattern'],
    targets: rule.Properties['Targets'] as { Arn: string }[],
  }));

  return {
    /** What S3 sends when it is told whom to notify: one test for each queue. */
    tests: (): Told[] =>
      [...direct].flatMap(([bucket, destinations]) =>
        [...new Set(destinations.map(({ queue }) => queue))].map((queue) => ({
          queue,
          body: JSON.stringify({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: bucket }),
        })),
      ),
    /** Whom a change is told to. */
    of: (change: Change): Told[] => {
      const event = eventOf(change, isVersioned.has(change.bucket));
      const told = (direct.get(change.bucket) ?? [])
        .filter((one) => one.wants(change, event))
        .map(({ queue }) => ({ queue, body: recordOf(change, event, place) }));
      // Buckets of somebody else's tell EventBridge of everything: what docs/deploy.md asks for.
      const detail = bridged(change, place);
      const bridge = direct.has(change.bucket)
        ? []
        : rules
            .filter(({ pattern }) => matches(pattern, detail))
            .flatMap(({ arn, targets }) => targets.map(({ Arn }) => ({ arn, queue: Arn })));
      for (const { arn, queue } of bridge) requireMay('events.amazonaws.com', arn, queue);
      return [...told, ...bridge.map(({ queue }) => ({ queue, body: JSON.stringify(detail) }))];
    },
  };

  function directOf(configuration: Properties, bucket: string): Destination[] {
    const { QueueConfigurations = [], ...others } = configuration;
    if (Object.keys(others).length > 0)
      throw new Error(`the rig knows no ${Object.keys(others).join(', ')} of ${bucket}`);
    return QueueConfigurations.map(({ Event, Queue, Filter }: Properties) => {
      requireMay('s3.amazonaws.com', arnOf(bucket), Queue);
      const rules: { Name: string; Value: string }[] = Filter?.S3Key?.Rules ?? [];
      return {
        queue: Queue,
        wants: ({ key }: Change, event: string) =>
          (Event === event || (Event.endsWith('*') && event.startsWith(Event.slice(0, -1)))) &&
          rules.every(({ Name, Value }) =>
            Name.toLowerCase() === 'prefix' ? key.startsWith(Value) : key.endsWith(Value),
          ),
      };
    });
  }

  function requireMay(principal: string, source: string, queue: string): void {
    const context = { 'aws:SourceArn': source, 'aws:SourceAccount': place.account };
    const question = { action: 'sqs:SendMessage', resource: queue, principal, context };
    if (allowing(queuePolicies(stack), question).length === 0)
      throw new Error(`${source} may not send to ${queue}: its queue's policy does not say so`);
  }
}

function queuePolicies(stack: Stack): Statement[] {
  return stack
    .of('AWS::SQS::QueuePolicy')
    .flatMap(([, { Properties }]) => Properties['PolicyDocument'].Statement);
}

function eventOf({ kind }: Change, isVersioned: boolean): string {
  if (kind === 'Created') return 's3:ObjectCreated:Put';
  return `s3:ObjectRemoved:${isVersioned ? 'DeleteMarkerCreated' : 'Delete'}`;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
function recordOf({ bucket, key, size, etag }: Change, event: string, place: Place): string {
  const object = { key: encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/') };
  const Records = [
    {
      eventVersion: '2.6',
      eventSource: 'aws:s3',
      awsRegion: place.region,
      eventTime: new Date().toISOString(),
      eventName: event.slice('s3:'.length),
      s3: {
        s3SchemaVersion: '1.0',
        bucket: { name: bucket, arn: arnOf(bucket) },
        object: { ...object, size, eTag: etag.replaceAll('"', '') },
      },
    },
  ];
  return JSON.stringify({ Records });
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
function bridged({ bucket, key, kind, size, etag }: Change, { region, account }: Place) {
  return {
    version: '0',
    'detail-type': kind === 'Created' ? 'Object Created' : 'Object Deleted',
    source: 'aws.s3',
    account,
    region,
    detail: { bucket: { name: bucket }, object: { key, size, etag } },
  };
}

/** EventBridge's patterns, as far as the template uses them. */
function matches(pattern: unknown, value: unknown): boolean {
  if (Array.isArray(pattern)) return pattern.some((one) => isOne(one, value));
  return Object.entries(pattern as object).every(([field, inner]) =>
    matches(inner, (value as Record<string, unknown> | undefined)?.[field]),
  );
}

function isOne(wanted: unknown, value: unknown): boolean {
  if (typeof wanted !== 'object') return wanted === value;
  const suffix = (wanted as { suffix?: { 'equals-ignore-case'?: string } }).suffix;
  const end = suffix?.['equals-ignore-case'];
  if (end === undefined) throw new Error(`the rig knows no pattern ${JSON.stringify(wanted)}`);
  return String(value).toLowerCase().endsWith(end.toLowerCase());
}
