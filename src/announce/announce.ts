import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@aws-lambda-powertools/logger';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { addresses } from '../feed/channel.ts';
import { feedAt, twinOf } from '../keys.ts';
import { changesIn } from '../publish/messages.ts';
import { retrySoon } from '../publish/sqs.ts';
import type { Site } from '../site.ts';
import type { Announcer } from './announcer.ts';
import { type Invalidation, invalidate, look } from './invalidate.ts';
import { patience as hubPatience, tell } from './websub.ts';

/**
 * A batch of the feeds bucket's events comes in: the CDN renews its copies once, and when it has,
 * hubs are told of the feeds that changed; not before, or they would fetch the old ones. What there
 * is no time for goes back by id. It is woken by what it tells of and writes nothing, so a crash
 * anywhere between a feed's write and a hub's answer loses nothing.
 */

/** What the function works with, and where it tells of it. */
export interface Worker {
  announcer: Announcer;
  logger: Logger;
  metrics: Metrics;
  /** Milliseconds; as the constants below, unless a test is in a hurry. */
  patience?: Patience;
}

export interface Patience {
  /** Between two looks at an invalidation. */
  look: number;
  hubs: typeof hubPatience;
  /** Before the end; no topic is begun later. */
  reserve: number;
}

/** A topic may take all tries at a hub, and the answer some more. */
const patience: Patience = { look: 5000, hubs: hubPatience, reserve: 45_000 };
/** Seconds after which a batch that failed comes back. */
const rest = 30;

/** A message that could be read. */
interface Message {
  record: SQSRecord;
  /** Keys of objects that were written, and whether any was deleted. */
  written: string[];
  isChange: boolean;
}

/** Announces the changes that a batch of messages names. */
export async function announceBatch(
  event: SQSEvent,
  context: Context,
  { announcer, logger, metrics, patience: given = patience }: Worker,
): Promise<SQSBatchResponse> {
  const failed = new Set<SQSRecord>();
  const messages = event.Records.flatMap((record) => readOrFail(record) ?? [])
    .filter(({ isChange }) => isChange)
    .sort(byAge);
  const hasTime = () => context.getRemainingTimeInMillis() > given.reserve;
  const newest = messages.at(-1)?.record;
  if (newest) {
    try {
      const site = await announcer.site();
      if (site.invalidate && !(await renewed(newest))) fail(messages);
      else await tellHubs(site);
    } catch (error) {
      logger.error('failed', { error: error as Error, messages: messages.length });
      metrics.addMetric('Failures', MetricUnit.Count, 1);
      fail(messages);
    }
  }
  const again = [...failed];
  for (const { message } of await retrySoon(announcer.sqs, announcer.queue, again, rest))
    logger.warn(message);
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  return { batchItemFailures: again.map(({ messageId }) => ({ itemIdentifier: messageId })) };

  function readOrFail(record: SQSRecord): Message | undefined {
    try {
      const changes = changesIn(record.body);
      const written = changes.filter(({ isGone }) => !isGone).map(({ key }) => key);
      return { record, written, isChange: changes.length > 0 };
    } catch (error) {
      logger.error('failed', { error: error as Error, messageId: record.messageId });
      failed.add(record);
      return undefined;
    }
  }

  function fail(some: readonly Message[]): void {
    for (const { record } of some) failed.add(record);
  }

  /**
   * True if the CDN has renewed its copies since the newest change. That names the invalidation:
   * a batch that comes back, with more or fewer messages, finds its own, unless there is news.
   */
  async function renewed({ messageId }: SQSRecord): Promise<boolean> {
    const begun = await invalidate(announcer.cdn, `tidings-${messageId}`);
    metrics.addMetric('Invalidations', MetricUnit.Count, 1);
    let seen: Invalidation = begun;
    while (!seen.isComplete) {
      if (!hasTime()) {
        logger.warn('the CDN is not done; announced later', { invalidation: begun.id });
        return false;
      }
      await sleep(given.look);
      seen = await look(announcer.cdn, begun.id);
    }
    logger.info('renewed', { invalidation: begun.id, messages: messages.length });
    return true;
  }

  async function tellHubs(site: Site): Promise<void> {
    if (site.hubs.length === 0) return;
    const topics = topicsOf(messages, site);
    const { untold, givenUp } = await tell(site.hubs, [...topics.keys()], hasTime, given.hubs);
    for (const { hub, reason, topics: lost } of givenUp) {
      logger.error('gave up a hub', { hub, reason, lost: lost.length, first: lost.slice(0, 3) });
      metrics.addMetric('HubsGivenUp', MetricUnit.Count, 1);
    }
    logger.info('announced', { topics: topics.size - untold.length, untold: untold.length });
    metrics.addMetric('TopicsAnnounced', MetricUnit.Count, topics.size - untold.length);
    if (untold.length === 0) return;
    for (const topic of untold) fail(topics.get(topic)!);
    // It names the invalidation, so what comes back needs no other. Its topics are the last.
    fail(messages.slice(-1));
  }
}

/** The older first. */
function byAge({ record: one }: Message, { record: other }: Message): number {
  const [a, b] = [one.attributes.SentTimestamp, other.attributes.SentTimestamp].map(Number);
  return a! - b! || (one.messageId < other.messageId ? -1 : 1);
}

/**
 * Each feed that changed, by the address that it names as its own, and the messages that say so;
 * what changed last stands last. A twin is what readers of its feed get, so its change is the
 * feed's; pages and lists are no feeds.
 */
function topicsOf(messages: readonly Message[], site: Site): Map<string, Message[]> {
  const topics = new Map<string, Message[]>();
  for (const message of messages)
    for (const key of message.written) {
      const feed = feedAt(twinOf(key) ?? key);
      if (!feed) continue;
      const topic = addresses(feed.selection, site)[feed.format];
      const held = topics.get(topic) ?? [];
      topics.delete(topic);
      topics.set(topic, [...held, message]);
    }
  return topics;
}
