import {
  ConflictException,
  CreateScheduleCommand,
  type SchedulerClient,
} from '@aws-sdk/client-scheduler';
import { unavailable } from '../errors.ts';
import { handle } from '../keys.ts';
import { messageOf } from './messages.ts';

/** Where one-time schedules are made, and what they may do. */
export interface Schedules {
  client: SchedulerClient;
  group: string;
  /** ARN of the posts queue, and of the role that may send to it and call the rebuild function. */
  queue: string;
  role: string;
  /** Milliseconds added to a date: more than publishers' clocks are apart, or it comes too early for one. */
  margin: number;
}

/**
 * Has a post ingested at this time, epoch milliseconds, or within the minute after. Its name is
 * the post's and the date's, so that asking again changes nothing; it goes when it has fired.
 */
export async function schedule(schedules: Schedules, key: string, at: number): Promise<void> {
  const [Arn, Input] = [schedules.queue, messageOf({ posts: [key] })];
  await scheduleOnce(schedules, { name: handle(key), at, Arn, Input });
}

/** What is to be done once, at a time in epoch milliseconds. */
export interface Errand {
  name: string;
  at: number;
  /** Of the queue or function, and what it is to be given. */
  Arn: string;
  Input: string;
}

/** The same for any queue or function. Throws `Unavailable`. */
export async function scheduleOnce(
  { client, group, role }: Schedules,
  { name: what, at, Arn, Input }: Errand,
): Promise<void> {
  const second = Math.ceil(at / 1000);
  const command = new CreateScheduleCommand({
    Name: `${what}-${second}`,
    GroupName: group,
    ScheduleExpression: `at(${new Date(second * 1000).toISOString().slice(0, 19)})`,
    FlexibleTimeWindow: { Mode: 'OFF' },
    ActionAfterCompletion: 'DELETE',
    Target: { Arn, RoleArn: role, Input },
  });
  try {
    await client.send(command);
  } catch (cause) {
    if (cause instanceof ConflictException) return;
    const permission = `scheduler:CreateSchedule in the group ${group}, or iam:PassRole on ${role}`;
    throw unavailable(cause as Error, `cannot schedule ${Input}`, permission);
  }
}
