import { grouped } from '../grouped.ts';
import type { Problem } from '../problem.ts';
import type { Run } from '../publish/local.ts';
import type { EntryRecord } from '../selection/record.ts';
import type { Output } from './output.ts';

/** What a person reads when a build is done. */

/** `1 post`, `1,879 posts`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** Every problem of a run, by key and line. */
export function problemsOf(run: Run): Problem[] {
  return sorted([...run.posts.values()].flatMap(({ problems }) => problems).concat(run.sharedIds));
}

/** By key and line. */
export function sorted(problems: Problem[]): Problem[] {
  return problems.toSorted((a, b) =>
    a.key < b.key ? -1 : a.key > b.key ? 1 : (a.line ?? 0) - (b.line ?? 0),
  );
}

interface Told {
  /** The place of the feeds. */
  where: string;
  /** Problems of names, which no post has. */
  names: Problem[];
  /** Which posts were looked at, if not all. */
  whose?: string;
}

/** Tells what a run did and what went wrong; returns the posts' problems. */
export function tellRun(
  run: Run,
  { where, names, whose = '' }: Told,
  { out, err, isTerminal }: Output,
): Problem[] {
  const problems = [...names, ...problemsOf(run)];
  err(problemsText(problems, isTerminal));
  err(failuresText(run.failures, isTerminal));
  out(`posts           ${postsText(run)}\n`);
  const count = problems.length === 0 ? 'none' : counted(problems.length, 'problem');
  out(`problems        ${count}${whose}\n`);
  out(`feeds           ${feedsText(run)}, in ${where}\n`);
  return problems;
}

/** What could not be read or written; for a terminal the first few: of a full disk each feed has to tell. */
export function failuresText(failures: Run['failures'], isTerminal = false): string {
  const told = isTerminal ? failures.slice(0, named) : failures;
  const lines = told.map(({ what, error }) => `${what}: ${error.message}\n`);
  const rest = failures.length - told.length;
  return lines.join('') + (rest > 0 ? moreText(rest) : '');
}

/**
 * Problems as text, each with where, what and what to do. One that many posts share stands once,
 * with every place; for a terminal with the first few, and how to see the rest.
 */
export function problemsText(problems: Problem[], isTerminal = false): string {
  const alike = Map.groupBy(problems, ({ cause, remedy }) => `${cause}\n${remedy}`);
  const most = isTerminal ? named : Number.POSITIVE_INFINITY;
  return [...alike.values()].map((group) => problemText(group, most)).join('');
}

/** Places that a person is told of at a terminal. */
const named = 4;

function moreText(rest: number): string {
  return `    and ${counted(rest, 'more', 'more')}: add 2> FILE to list them\n`;
}

function problemText([first, ...others]: Problem[], most: number): string {
  const { cause, remedy } = first!;
  const also = others.slice(0, most - 1).map((other) => `    also ${place(other)}\n`);
  const rest = others.length - also.length;
  if (rest > 0) also.push(moreText(rest));
  return `${place(first!)}: ${cause}\n    ${remedy}\n${also.join('')}`;
}

function place({ key, line }: Problem): string {
  return line === undefined ? key : `${key}:${line}`;
}

/** What became of the posts: `1,879 read: 1,870 live, 9 drafts, …`. */
export function postsText(run: Run): string {
  const count = (...of: EntryRecord['status'][]) =>
    [...run.posts.values()].filter(({ status }) => of.includes(status)).length;
  const gone = count('gone');
  const parts = [
    `${grouped(count('live'))} live`,
    counted(count('draft'), 'draft'),
    `${grouped(count('scheduled'))} scheduled`,
    `${grouped(count('expired'))} expired`,
    counted(count('page'), 'page'),
    `${grouped(count('unread'))} unread`,
    ...(gone > 0 ? [`${grouped(gone)} gone`] : []),
  ];
  return `${grouped(run.posts.size - gone)} read: ${parts.join(', ')}`;
}

function feedsText(run: Run): string {
  return `${grouped(run.written)} written, ${grouped(run.unchanged)} unchanged`;
}
