import type { Stack } from './template.ts';

/** What roles allow, and which permission each call to AWS needs. */

/** An IAM action and the ARN it is on; in a role, the ARN's end may be `*`. */
export interface Permission {
  action: string;
  resource: string;
}

/** What a role allows, one action on one resource each. */
export function permissionsOf(stack: Stack, role: string): Permission[] {
  const list = <T>(one: T | T[]): T[] => (Array.isArray(one) ? one : [one]);
  const policies = stack.resources[role]!.Properties['Policies'] as {
    PolicyDocument: { Statement: { Action: string | string[]; Resource: string | string[] }[] };
  }[];
  return policies
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    .flatMap(({ Action, Resource }) =>
      list(Action).flatMap((action) => list(Resource).map((resource) => ({ action, resource }))),
    );
}

/** True if this permission is enough for a call that needs that one. */
export function covers(held: Permission, needed: Permission): boolean {
  if (held.action !== needed.action) return false;
  return held.resource.endsWith('*')
    ? needed.resource.startsWith(held.resource.slice(0, -1))
    : needed.resource === held.resource;
}

/** A request to AWS as it was seen on its way: path-style S3, SQS's and the others' JSON or XML. */
export interface Call {
  method: string;
  /** Path and query. */
  url: string;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** SQS's operations on batches need the permission of the single one. */
const sqsActions: Record<string, string> = {
  SendMessageBatch: 'sqs:SendMessage',
  ChangeMessageVisibilityBatch: 'sqs:ChangeMessageVisibility',
};

/** S3's actions on objects by method; who may not read cannot put on condition either. */
const s3Actions: Record<string, string> = {
  GET: 's3:GetObject',
  HEAD: 's3:GetObject',
  PUT: 's3:PutObject',
  DELETE: 's3:DeleteObject',
};

/**
 * The permissions that a call needs. `queueArn` tells the ARN of the queue that has this URL.
 * Throws at a call that is none of those that functions make.
 */
export function needsOf(
  { method, url, headers, body }: Call,
  { account, region, queueArn }: { account: string; region: string; queueArn(url: string): string },
): Permission[] {
  const { pathname, searchParams } = new URL(url, 'http://aws');
  const target = headers['x-amz-target'];
  if (typeof target === 'string' && target.startsWith('AmazonSQS.')) {
    const operation = target.slice('AmazonSQS.'.length);
    const action = sqsActions[operation] ?? `sqs:${operation}`;
    return [{ action, resource: queueArn(JSON.parse(body).QueueUrl) }];
  }
  const schedule = /^\/schedules\/([^/]+)$/.exec(pathname);
  if (schedule && method === 'POST') {
    const { GroupName, Target } = JSON.parse(body);
    const resource = `arn:aws:scheduler:${region}:${account}:schedule/${GroupName}/${schedule[1]}`;
    return [
      { action: 'scheduler:CreateSchedule', resource },
      { action: 'iam:PassRole', resource: Target.RoleArn },
    ];
  }
  const distribution = /^\/2020-05-31\/distribution\/([^/]+)\/invalidation/.exec(pathname);
  if (distribution) {
    const action = `cloudfront:${method === 'POST' ? 'Create' : 'Get'}Invalidation`;
    const resource = `arn:aws:cloudfront::${account}:distribution/${distribution[1]}`;
    return [{ action, resource }];
  }
  const [bucket, ...key] = pathname.slice(1).split('/');
  const object = key.map(decodeURIComponent).join('/');
  if (method === 'GET' && object === '' && searchParams.get('list-type') === '2')
    return [{ action: 's3:ListBucket', resource: `arn:aws:s3:::${bucket}` }];
  const action = s3Actions[method];
  if (!action || object === '') throw new Error(`no function calls this: ${method} ${url}`);
  const resource = `arn:aws:s3:::${bucket}/${object}`;
  const conditional = headers['if-match'] || headers['if-none-match'];
  return [action, ...(method === 'PUT' && conditional ? ['s3:GetObject'] : [])].map((one) => ({
    action: one,
    resource,
  }));
}
