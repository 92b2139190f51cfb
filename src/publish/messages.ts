import { isPost, type Selection, siteFileKey } from '../keys.ts';

/** Where a rebuild stands: which bucket is being listed, and after which key. */
export interface RebuildFrom {
  bucket?: 'posts' | 'state' | 'feeds';
  after?: string;
}

/**
 * What a message of the posts queue asks for. Messages come from S3 itself, from EventBridge (for
 * buckets that were there before), from schedules and from us; each only names keys.
 */
export interface Work {
  /** Keys of posts to ingest. */
  posts: string[];
  /** Queue every post and feed, from where an earlier message stopped: the site file has changed. */
  rebuild?: RebuildFrom;
}

/** The text of a message that asks for this, or for a refresh: JSON in ASCII, for SQS refuses some characters. */
export function messageOf(work: Partial<Work> | { selection: Selection }): string {
  return JSON.stringify(work).replace(/[^ -~]/g, escaped);
}

/** What a message's text asks for. Throws if it is none that anybody sends here. */
export function workIn(text: string): Work {
  const message = parsed(text);
  if (Array.isArray(message['Records'])) return workOn(message['Records'].flatMap(keyOfRecord));
  if (message['source'] === 'aws.s3') return workOn(keyOfEvent(message['detail']));
  if (message['Event'] === 's3:TestEvent') return { posts: [] };
  const { posts = [], rebuild } = message as Partial<Work>;
  if (!Array.isArray(posts) || (message['posts'] === undefined && !rebuild))
    throw new Error(`a message of the posts queue is none that we know: ${text.slice(0, 200)}`);
  return { posts: posts.filter(isPost), ...(rebuild ? { rebuild } : {}) };
}

/** An object that was written or deleted. */
export interface Change {
  key: string;
  isGone: boolean;
}

/** The changes that a message of S3's own tells of; none in its test event. Throws if it is no such message. */
export function changesIn(text: string): Change[] {
  const message = parsed(text);
  if (message['Event'] === 's3:TestEvent') return [];
  if (!Array.isArray(message['Records']))
    throw new Error(`a message is no event of S3: ${text.slice(0, 200)}`);
  return message['Records'].flatMap((record) =>
    keyOfRecord(record).map((key) => ({
      key,
      isGone: String(record.eventName).startsWith('ObjectRemoved:'),
    })),
  );
}

/** A change of an image or a style sheet asks for nothing. */
function workOn(keys: string[]): Work {
  const posts = [...new Set(keys.filter(isPost))];
  return keys.includes(siteFileKey) ? { posts, rebuild: {} } : { posts };
}

/** S3's own form, of any version: the key is as in a web form's data, a space is `+`. */
function keyOfRecord(record: { s3?: { object?: { key?: unknown } } }): string[] {
  const key = record?.s3?.object?.key;
  return typeof key === 'string' ? [decoded(key)] : [];
}

/** EventBridge's form: the key is as it is. */
function keyOfEvent(detail: unknown): string[] {
  const key = (detail as { object?: { key?: unknown } } | undefined)?.object?.key;
  return typeof key === 'string' ? [key] : [];
}

function decoded(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    // Not of AWS's making: other servers send keys as they are.
    return key;
  }
}

function parsed(text: string): Record<string, unknown> {
  try {
    const message = JSON.parse(text);
    if (message !== null && typeof message === 'object') return message;
  } catch {
    // Told below, with the text.
  }
  throw new Error(`a message is no JSON object: ${text.slice(0, 200)}`);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
