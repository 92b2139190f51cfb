/** Something about a post that its author should know; the summary lists them, nothing stops for them. */
export interface Problem {
  /** Key of the post. */
  key: string;
  /** 1-based line in the post, where it is known. */
  line?: number;
  /** What is wrong, quoting the value (shortened) where that helps. */
  cause: string;
  /** What to do about it, one sentence. */
  remedy: string;
  /** True when the post could not be read at all and what was published of it before stays. */
  unread?: boolean;
}

/** A message on one line of reasonable length: what it quotes may hold anything, also what a terminal obeys. */
export function oneLine(text: string): string {
  const line = text.slice(0, 1000).replace(/[\p{Cc}\s]+/gu, ' ');
  return line.length <= 500 ? line : `${line.slice(0, 499).toWellFormed()}…`;
}

/**
 * The same of a post that is not public. What is wrong may quote it, and what a build prints is
 * often kept where others see it: who may read the post is told by `tidings explain`.
 */
export function discreet({ key, line, remedy }: Problem): Problem {
  const cause = 'something is wrong in this post, which is not public: `tidings explain` says what';
  return { key, ...(line !== undefined && { line }), cause, remedy };
}
