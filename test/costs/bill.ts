import type { Cost } from './stage.ts';

/** What some work asks for, in the units that AWS bills. */

/** List prices in us-east-1, without free tiers: aws.amazon.com/s3/pricing, /sqs/pricing, /lambda/pricing. */
export const dollars = {
  put: 0.005 / 1000, // and list; deletes are free
  get: 0.0004 / 1000, // and head
  standard: 0.4 / 1e6, // an SQS request
  fifo: 0.5 / 1e6,
  invocation: 0.2 / 1e6,
  second: 0.0000133334, // of a function with 1 GB, arm64
};
/** Estimates, in seconds: a call to S3 or SQS, and the processor's time for a post or a feed. */
const seconds = { call: 0.03, work: 0.05 };

export interface Bill {
  puts: number;
  lists: number;
  gets: number;
  deletes: number;
  /** Bytes. */
  read: number;
  written: number;
  /** Calls that send messages. */
  sends: number;
  /** Messages that brought the work, of the standard queue and of the FIFO queue. */
  posts: number;
  feeds: number;
  /** Posts and feeds worked on, and the round trips of each, in all. */
  works: number;
  trips: number;
}

/** What was counted, for so many works side by side that so many messages brought. */
export function billOf(cost: Cost, messages: { posts?: number; feeds?: number }, works = 1): Bill {
  const of = (kind: keyof Cost['state']) => cost.posts[kind] + cost.state[kind] + cost.feeds[kind];
  return {
    puts: of('puts'),
    lists: of('lists'),
    gets: of('gets') + of('heads'),
    deletes: of('deletes'),
    read: of('read'),
    written: of('written'),
    sends: cost.sends,
    posts: messages.posts ?? 0,
    feeds: messages.feeds ?? 0,
    works,
    trips: cost.trips * works,
  };
}

export function sum(bills: Bill[]): Bill {
  const [first, ...others] = bills;
  const total = { ...first! };
  for (const one of others)
    for (const [unit, amount] of Object.entries(one)) total[unit as keyof Bill] += amount;
  return total;
}

export function times(bill: Bill, factor: number): Bill {
  const scaled = Object.entries(bill).map(([unit, amount]) => [unit, amount * factor]);
  return Object.fromEntries(scaled) as Bill;
}

/** Requests to SQS, at most: each message is received and deleted alone; S3 sends alone too, we ten a call. */
export function sqsRequests({ posts, feeds, sends }: Bill): number {
  return posts * 3 + feeds * 2 + sends;
}

export function s3Dollars({ puts, lists, gets }: Bill): number {
  return (puts + lists) * dollars.put + gets * dollars.get;
}

export function sqsDollars({ posts, feeds, sends }: Bill): number {
  return posts * 3 * dollars.standard + (feeds * 2 + sends) * dollars.fifo;
}

/** S3, SQS and Lambda. */
export function allDollars(bill: Bill): number {
  const { posts, feeds, works, trips } = bill;
  const spent = trips * seconds.call + works * seconds.work;
  const lambda = (posts + feeds) * dollars.invocation + spent * dollars.second;
  return s3Dollars(bill) + sqsDollars(bill) + lambda;
}
