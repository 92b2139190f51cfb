import type { Post, Status } from './post.ts';

/** Whether a post is public: the one place where the clock decides, and it is told the time. */

/** The post's status at an instant (epoch milliseconds). */
export function statusAt(post: Post, now: number): Status {
  if (post.draft) return 'draft';
  if (post.expires !== undefined && Date.parse(post.expires) <= now) return 'expired';
  return Date.parse(post.entry.published) > now ? 'scheduled' : 'live';
}

/** The next instant (epoch milliseconds) at which the status changes by itself; undefined if none. */
export function dueAt(post: Post, now: number): number | undefined {
  if (post.draft) return undefined;
  const dates = [post.entry.published, ...(post.expires === undefined ? [] : [post.expires])];
  const changes = dates.map((date) => Date.parse(date)).filter((instant) => instant > now);
  const ended = post.expires !== undefined && Date.parse(post.expires) <= now;
  return ended || changes.length === 0 ? undefined : Math.min(...changes);
}
