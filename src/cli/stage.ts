import type { SQSClient } from '@aws-sdk/client-sqs';
import { Unavailable } from '../errors.ts';
import { BadArguments } from './bad-arguments.ts';

/** What commands about a deployed stage are given. */
export interface StageOptions {
  stage: string;
  region?: string;
}

/** The queues of a stage, in the order in which work goes through them. */
export const queueNames = ['posts', 'feeds', 'announce'] as const;

export interface QueueUrls {
  name: (typeof queueNames)[number];
  queue: string;
  deadLetters: string;
}

/** Where a stage has its things: the outputs of its stack. */
export interface StageNames {
  stack: string;
  /** Address of the list of all feeds. */
  address: string;
  stateBucket: string;
  feedsBucket: string;
  queues: QueueUrls[];
}

/** Asks CloudFormation for the outputs of the stage's stack, as deploy/resources/outputs.yml names them. */
export async function stageNames({ stage, region }: StageOptions): Promise<StageNames> {
  const stack = `tidings-${stage}`;
  // Every client that is made after this is of that region.
  if (region !== undefined) process.env['AWS_REGION'] = region;
  const outputs = await outputsOf(stack);
  const output = (name: string) => {
    const value = outputs.get(name);
    if (value !== undefined) return value;
    throw new BadArguments(`the stack ${stack} has no output ${name}: deploy this version first`);
  };
  const queues = queueNames.map((name) => {
    const of = name[0]!.toUpperCase() + name.slice(1);
    return {
      name,
      queue: output(`${of}QueueUrl`),
      deadLetters: output(`${of}DeadLettersUrl`),
    };
  });
  return {
    stack,
    address: output('FeedsAddress'),
    stateBucket: output('StateBucket'),
    feedsBucket: output('FeedsBucket'),
    queues,
  };
}

async function outputsOf(stack: string): Promise<Map<string, string>> {
  const { CloudFormationClient, DescribeStacksCommand } = await import(
    '@aws-sdk/client-cloudformation'
  );
  const client = new CloudFormationClient();
  const { Stacks = [] } = await client
    .send(new DescribeStacksCommand({ StackName: stack }))
    .catch((cause: Error) => {
      if (/does not exist/.test(cause.message))
        throw new BadArguments(
          `there is no stack ${stack} here: name the --stage that was deployed, and its --region`,
        );
      throw refused(cause, `cannot look at the stack ${stack}`);
    });
  return new Map(
    Stacks.flatMap(({ Outputs = [] }) => Outputs).map(({ OutputKey, OutputValue }) => [
      OutputKey!,
      OutputValue!,
    ]),
  );
}

/** Loaded when a command needs it: others need not wait for it. */
export async function sqsClient(): Promise<SQSClient> {
  const { SQSClient: Client } = await import('@aws-sdk/client-sqs');
  return new Client();
}

/** About how many messages a queue holds; SQS knows no better. */
export async function messagesIn(queue: string) {
  const { GetQueueAttributesCommand } = await import('@aws-sdk/client-sqs');
  const client = await sqsClient();
  const { Attributes = {} } = await client
    .send(new GetQueueAttributesCommand({ QueueUrl: queue, AttributeNames: ['All'] }))
    .catch((cause: Error) => {
      throw refused(cause, `cannot look at the queue ${queue}`);
    });
  const of = (name: '' | 'NotVisible' | 'Delayed') =>
    Number(Attributes[`ApproximateNumberOfMessages${name}`] ?? 0);
  return {
    visible: of(''),
    inWork: of('NotVisible'),
    delayed: of('Delayed'),
    arn: Attributes['QueueArn']!,
  };
}

/** What AWS refused, or did not answer, as an error of ours; `what` says what was tried. */
export function refused(cause: Error, what: string): Error {
  if (/region is missing/i.test(cause.message))
    return new BadArguments('name the --region of the stage, or set AWS_REGION');
  return new Unavailable(`${what}: ${cause.name}: ${cause.message}`, { cause });
}
