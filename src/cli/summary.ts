import type { Problem } from '../problem.ts';
import type { Run } from '../publish/local.ts';
import type { EntryRecord } from '../selection/record.ts';

/** What a person reads when a build is done. */

const number = new Intl.NumberFormat('en-US');

/** `1 post`, `1,879 posts`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${number.format(count)} ${count === 1 ? one : many}`;
}

/** Every problem of a run, by key and line. */
export function problemsOf(run: Run): Problem[] {
  return [...[...run.records.values()].flatMap(({ problems }) => problems), ...run.sharedIds].sort(
    (a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : (a.line ?? 0) - (b.line ?? 0)),
  );
}

/** A problem as two lines: where and what, then what to do. */
export function problemText({ key, line, cause, remedy }: Problem): string {
  return `${key}${line === undefined ? '' : `:${line}`}: ${cause}\n    ${remedy}\n`;
}

/** What became of the posts: `1,879 read: 1,870 live, 9 drafts, …`. */
export function postsText(run: Run): string {
  const count = (...of: EntryRecord['status'][]) =>
    [...run.records.values()].filter(({ status }) => of.includes(status)).length;
  const gone = count('gone');
  const parts = [
    `${number.format(count('live'))} live`,
    counted(count('draft'), 'draft'),
    `${number.format(count('scheduled'))} scheduled`,
    `${number.format(count('expired'))} expired`,
    counted(count('page'), 'page'),
    `${number.format(count('unread'))} unread`,
    ...(gone > 0 ? [`${number.format(gone)} gone`] : []),
  ];
  return `${number.format(run.records.size - gone)} read: ${parts.join(', ')}`;
}

export function feedsText(run: Run): string {
  return `${number.format(run.written)} written, ${number.format(run.unchanged)} unchanged`;
}
