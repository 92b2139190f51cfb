import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { bundle, functionNames } from '../../scripts/bundle-functions.ts';
import { permissionsOf } from './policy.ts';
import { readTemplate, stackOf } from './template.ts';

const stack = stackOf(readTemplate(inject('packages').plain));

/** A function's role, as `<Function>Role`. */
const roleOf = (name: string) => `${name[0]!.toUpperCase()}${name.slice(1)}Role`;

/** ARNs as short as the tables below have them. */
function short(resource: string): string {
  const names: [string, string][] = stack
    .of('AWS::S3::Bucket')
    .map(([id]) => [stack.name(id, 'Arn'), id.replace('Bucket', '').toLowerCase()]);
  for (const [id] of stack.of('AWS::SQS::Queue')) names.push([stack.name(id, 'Arn'), id]);
  for (const [id] of stack.of('AWS::Logs::LogGroup')) names.push([stack.name(id, 'Arn'), id]);
  for (const [id] of stack.of('AWS::IAM::Role')) names.push([stack.name(id, 'Arn'), id]);
  const [arn, name] =
    names.find(([one]) => resource === one || resource.startsWith(`${one}/`)) ?? [];
  if (arn) return name + resource.slice(arn.length);
  return resource.replace(/^arn:aws:[a-z0-9:-]*:/, '');
}

/** What the code of each function does, by what it calls; test/deploy's rehearsal records the same. */
const own = (group: string, queue?: string) => ({
  'logs:CreateLogStream': [group],
  'logs:PutLogEvents': [group],
  // Lambda takes the messages, in the function's name.
  ...(queue && {
    'sqs:ReceiveMessage': [queue],
    'sqs:DeleteMessage': [queue],
    'sqs:GetQueueAttributes': [queue],
    'sqs:ChangeMessageVisibility': [queue],
  }),
});
const scheduling = {
  'scheduler:CreateSchedule': ['schedule/tidings-prod/*'],
  'iam:PassRole': ['ScheduleRole'],
};
const expected: Record<string, Record<string, string[]>> = {
  ingest: {
    ...own('IngestLogGroup', 'PostsQueue'),
    ...scheduling,
    'sqs:SendMessage': ['FeedsQueue', 'PostsQueue'],
    's3:ListBucket': ['feeds', 'posts', 'state'],
    's3:GetObject': ['posts/*', 'state/entries/*', 'state/site/*', 'state/terms/*'],
    's3:PutObject': [
      'state/entries/*',
      'state/index/*',
      'state/problems/*',
      'state/references/*',
      'state/site/*',
    ],
    's3:DeleteObject': [
      'state/index/*',
      'state/problems/*',
      'state/references/*',
      'state/site/problem.json',
    ],
  },
  refresh: {
    ...own('RefreshLogGroup', 'FeedsQueue'),
    'sqs:SendMessage': ['FeedsQueue', 'PostsQueue'],
    's3:ListBucket': ['feeds', 'posts', 'state'],
    's3:GetObject': [
      'feeds/*',
      'posts/tidings.yml',
      'state/entries/*',
      'state/site/*',
      'state/terms.json',
      'state/terms/*',
    ],
    's3:PutObject': ['feeds/*', 'state/site/*', 'state/terms.json', 'state/terms/*'],
    's3:DeleteObject': ['feeds/*', 'state/index/*', 'state/site/problem.json'],
  },
  announce: {
    ...own('AnnounceLogGroup', 'AnnounceQueue'),
    'cloudfront:CreateInvalidation': ['distribution/E1EXAMPLE'],
    'cloudfront:GetInvalidation': ['distribution/E1EXAMPLE'],
    's3:ListBucket': ['state'],
    's3:GetObject': ['state/site/tidings.yml'],
  },
  serve: {
    ...own('ServeLogGroup'),
    'sqs:SendMessage': ['FeedsQueue'],
    's3:ListBucket': ['feeds', 'state'],
    's3:GetObject': ['feeds/*', 'state/entries/*', 'state/site/tidings.yml', 'state/terms.json'],
  },
  rebuild: {
    ...own('RebuildLogGroup'),
    ...scheduling,
    'sqs:SendMessage': ['FeedsQueue', 'PostsQueue'],
    's3:ListBucket': ['posts', 'state'],
    's3:GetObject': [
      'posts/*',
      'state/entries/*',
      'state/site/*',
      'state/terms.json',
      'state/terms/*',
    ],
    's3:PutObject': ['state/site/*', 'state/terms.json'],
    's3:DeleteObject': ['state/index/*', 'state/site/problem.json'],
  },
};

/** The action that each operation of the SDK needs. */
const actions: Record<string, string> = {
  GetObjectCommand: 's3:GetObject',
  HeadObjectCommand: 's3:GetObject',
  PutObjectCommand: 's3:PutObject',
  DeleteObjectCommand: 's3:DeleteObject',
  ListObjectsV2Command: 's3:ListBucket',
  SendMessageBatchCommand: 'sqs:SendMessage',
  ChangeMessageVisibilityCommand: 'sqs:ChangeMessageVisibility',
  ChangeMessageVisibilityBatchCommand: 'sqs:ChangeMessageVisibility',
  CreateScheduleCommand: 'scheduler:CreateSchedule',
  CreateInvalidationCommand: 'cloudfront:CreateInvalidation',
  GetInvalidationCommand: 'cloudfront:GetInvalidation',
};

/** What a bundle has, and its function does not call. */
const uncalled: Record<string, string[]> = {
  // S3's client has it for buckets of another kind.
  '': ['CreateSessionCommand'],
  // All that refresh asks for is a minute ahead: a delayed message, for which no schedule is made.
  refresh: ['CreateScheduleCommand'],
};

describe.each(functionNames)('the role of %s', (name) => {
  const held = permissionsOf(stack, roleOf(name));

  test('allows what its code does, and nothing else', () => {
    const allowed = Object.groupBy(held, ({ action }) => action);
    const resources = Object.entries(allowed).map(([action, all = []]) => [
      action,
      all.map(({ resource }) => short(resource)).sort(),
    ]);
    expect(Object.fromEntries(resources)).toEqual(expected[name]);
  });

  test('names each action, and each resource as far as it can be named', () => {
    for (const { action, resource } of held) {
      expect(action).toMatch(/^[a-z0-9]+:[A-Za-z]+$/);
      // Objects of a bucket, schedules of a group, streams of a log.
      expect(resource).toMatch(/^arn:aws:[^*?]+(:\*|\/\*)?$/);
    }
  });
});

describe('the bundle', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidings-bundles-'));
  const commands = new Map<string, Set<string>>();
  beforeAll(async () => {
    for (const name of functionNames) {
      const [output] = Object.values((await bundle(name, folder)).outputs);
      const files = Object.entries(output!.inputs).filter(([, { bytesInOutput }]) => bytesInOutput);
      const found = files.flatMap(
        ([file]) => /client-[a-z0-9-]+\/dist-es\/commands\/(\w+)\.js$/.exec(file)?.[1] ?? [],
      );
      commands.set(name, new Set(found));
    }
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each(functionNames)('of %s can make the calls that its role allows', (name) => {
    const without = [...uncalled['']!, ...(uncalled[name] ?? [])];
    const called = [...commands.get(name)!].filter((command) => !without.includes(command));
    const could = new Set(called.map((command) => actions[command] ?? command));
    const may = Object.values(actions).filter((action) => expected[name]![action]);
    expect([...could]).toEqual(expect.arrayContaining(may));
    // Who reads carries what writes as well: the store is one class.
    const others = [...could].filter((action) => !action.startsWith('s3:'));
    expect(may).toEqual(expect.arrayContaining(others));
  });
});

test('roles can be taken by the service they are for, and by no other', () => {
  for (const [id, { Properties }] of stack.of('AWS::IAM::Role')) {
    const [statement, ...others] = Properties['AssumeRolePolicyDocument'].Statement;
    expect(others).toEqual([]);
    const service = id === 'ScheduleRole' ? 'scheduler' : 'lambda';
    expect(statement).toMatchObject({
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { Service: `${service}.amazonaws.com` },
    });
  }
});

test('schedules may wake the posts queue and rebuild', () => {
  expect(permissionsOf(stack, 'ScheduleRole')).toEqual([
    { action: 'sqs:SendMessage', resource: stack.name('PostsQueue', 'Arn') },
    { action: 'lambda:InvokeFunction', resource: stack.name('RebuildLambdaFunction', 'Arn') },
  ]);
});
