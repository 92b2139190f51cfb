import { oneLine } from './problem.ts';

/**
 * The errors that some caller acts on differently. Messages say what, where and what to do;
 * the cause, when there is one, travels in `cause`.
 */

/** No object has this key: a 404 to a reader, a deletion to the pipeline. */
export class NotFound extends Error {
  override readonly name = 'NotFound';
}

/** Another writer won: read again and retry. */
export class Conflict extends Error {
  override readonly name = 'Conflict';
}

/** The post cannot be read: report it, keep what was published of it, go on with the others. */
export class InvalidPost extends Error {
  override readonly name = 'InvalidPost';
  /** 1-based line in the post, where it is known. */
  readonly line: number | undefined;
  /** What the author does about it, one sentence. */
  readonly remedy: string;

  constructor(message: string, remedy: string, options: { line?: number; cause?: unknown } = {}) {
    super(oneLine(message), { cause: options.cause });
    this.line = options.line;
    this.remedy = remedy;
  }
}

/** The site file has a key or value that is not allowed: nothing is published until it is mended. */
export class InvalidSite extends Error {
  override readonly name = 'InvalidSite';
}

/** An object in the state is not as this version writes it: left as it is, until `sync --repair` makes it anew. */
export class InvalidState extends Error {
  override readonly name = 'InvalidState';
}

/** The object is larger than the store reads. Nothing of it was read, and trying again is no use. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

/** The store or queue did not answer in time: the same call may succeed later. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}

/** What a service of AWS refused or did not answer: `what` says what was tried, `permission` what that takes. */
export function unavailable(cause: Error, what: string, permission: string): Unavailable {
  const isForbidden = /AccessDenied|NotAuthorized/.test(cause.name);
  const remedy = isForbidden ? `; the credentials are wrong, or lack ${permission}` : '';
  return new Unavailable(`${what}: ${cause.name}: ${cause.message}${remedy}`, { cause });
}

/** The folder that a store is in is there no more: all its files are, and none counts as deleted. Work stops. */
export class Gone extends Error {
  override readonly name = 'Gone';
}
