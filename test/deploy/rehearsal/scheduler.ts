import type { Stack } from '../template.ts';
import type { Reply, Request } from './front-door.ts';
import { allowing } from './iam.ts';
import type { Role } from './plan.ts';

/** A stand-in for EventBridge Scheduler: it keeps the one-time schedules that functions make, and fires those that are due. */

interface Target {
  Arn: string;
  RoleArn: string;
  Input: string;
}

export interface Schedule {
  name: string;
  /** Epoch milliseconds; undefined of one that recurs. */
  at: number | undefined;
  target: Target;
}

export interface SchedulerOptions {
  stack: Stack;
  place: { region: string; account: string };
  allows(
    request: Request,
    action: string,
    resource: string,
    context?: Record<string, string>,
  ): boolean;
  /** By ARN. */
  roles: Map<string, Role>;
}

export function scheduler({ stack, place, roles, allows }: SchedulerOptions) {
  const groups = stack.of('AWS::Scheduler::ScheduleGroup').map(([id]) => stack.name(id));
  const schedules = new Map<string, Schedule>();
  for (const [id, { Properties }] of stack.of('AWS::Scheduler::Schedule')) {
    requireMay(id, Properties['GroupName'], Properties['Target']);
    const name: string = Properties['Name'] ?? id;
    schedules.set(name, { name, at: undefined, target: Properties['Target'] });
  }
  return {
    /** Those that wait. */
    all: () => [...schedules.values()],
    /** Takes out what is due at this time. */
    due: (now: number) => {
      const due = [...schedules.values()].filter(({ at }) => at !== undefined && at <= now);
      for (const { name } of due) schedules.delete(name);
      return due;
    },
    serve,
  };

  /** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html */
  async function serve(request: Request): Promise<Reply> {
    const name = decodeURIComponent(request.path.replace('/schedules/', ''));
    if (request.method !== 'POST') return refusal(501, 'NotImplemented', request.path);
    const { GroupName = 'default', Target, ...asked } = JSON.parse(request.body.toString());
    const arn = `arn:aws:scheduler:${place.region}:${place.account}:schedule/${GroupName}/${name}`;
    const mayCreate = allows(request, 'scheduler:CreateSchedule', arn);
    const context = { 'iam:PassedToService': 'scheduler.amazonaws.com' };
    const mayPass = allows(request, 'iam:PassRole', Target.RoleArn, context);
    if (!mayCreate || !mayPass)
      return refusal(403, 'AccessDeniedException', `${name}: not allowed`);
    if (!groups.includes(GroupName))
      return refusal(404, 'ResourceNotFoundException', `there is no group ${GroupName}`);
    if (schedules.has(name)) return refusal(409, 'ConflictException', `${name} is there already`);
    const at = /^at\((.+)\)$/.exec(asked.ScheduleExpression)?.[1];
    if (at === undefined || asked.FlexibleTimeWindow?.Mode === undefined)
      return refusal(400, 'ValidationException', asked.ScheduleExpression);
    try {
      requireMay(name, GroupName, Target);
    } catch (error) {
      return refusal(400, 'ValidationException', (error as Error).message);
    }
    schedules.set(name, { name, at: Date.parse(`${at}Z`), target: Target });
    return json(200, { ScheduleArn: arn });
  }

  /** The service takes on the role that it is given, and calls the target by it. */
  function requireMay(name: string, group: string, { Arn, RoleArn }: Target): void {
    const { region, account } = place;
    const role = roles.get(RoleArn);
    const context = {
      'aws:SourceAccount': account,
      'aws:SourceArn': `arn:aws:scheduler:${region}:${account}:schedule-group/${group}`,
    };
    if (!role?.trusts('scheduler.amazonaws.com', context))
      throw new Error(`${name}: the scheduler may not take on ${RoleArn}`);
    const action = Arn.includes(':sqs:') ? 'sqs:SendMessage' : 'lambda:InvokeFunction';
    if (allowing(role.statements, { action, resource: Arn }).length === 0)
      throw new Error(`${name}: ${RoleArn} does not allow ${action} on ${Arn}`);
  }
}

function json(status: number, body: object, headers: Record<string, string> = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
}

function refusal(status: number, type: string, Message: string): Reply {
  return json(status, { Message }, { 'x-amzn-errortype': type });
}
