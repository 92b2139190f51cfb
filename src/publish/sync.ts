import { InvalidState } from '../errors.ts';
import {
  entriesPrefix,
  entryKey,
  handle,
  handleOf,
  hasFeed,
  isPost,
  markPrefixes,
  parseMark,
  parseMarkerKey,
} from '../keys.ts';
import { type EntryRecord, newRecord, readRecord, writeRecord } from '../selection/record.ts';
import { turns } from '../store/s3-turns.ts';
import { type Listed, listAll, type Store } from '../store/store.ts';
import type { Pipeline, Queue } from './pipeline.ts';

/** Records read at once. */
const width = 32;
/** Records between two looks at the clock. */
const atOnce = 1000;

/** How the state differs from the posts. */
export interface Differences {
  compared: number;
  /** Keys of posts that the state does not have as they are now, or has not finished with. */
  outdated: string[];
  broken: Broken[];
  /** Whether some are outdated by the settings: then feeds that have no posts are too. */
  hasNewSettings: boolean;
  /** Handle → version of each settled record. */
  settled: Map<string, number>;
  /** The handle after which to go on, where time ran out. */
  next?: string;
}

/** The part of a comparison that there is time for: handles are compared in their order. */
export interface PartOfPosts {
  /** The handle after which to begin. */
  after?: string | undefined;
  hasTime?: () => boolean;
}

/** A record that cannot be read. */
export interface Broken {
  handle: string;
  /** Key of the post; unknown if the posts have none with this handle. */
  key: string | undefined;
  error: InvalidState;
}

/**
 * Compares every post with its record, and every record with its post: what events that never
 * came have left behind. Reads only: what to do about it is the caller's to say.
 */
export async function compare(
  pipeline: Omit<Pipeline, 'feeds' | 'queue'>,
  onProgress: (done: number, total: number) => void = () => {},
  { after = '', hasTime = () => true }: PartOfPosts = {},
): Promise<Differences> {
  const { posts, state } = pipeline;
  const { fingerprint } = await pipeline.site();
  const now = pipeline.now();
  const found: Differences = {
    compared: 0,
    outdated: [],
    broken: [],
    hasNewSettings: false,
    settled: new Map(),
  };
  const listed = new Map<string, Listed | undefined>();
  for await (const post of listAll(posts, ''))
    if (isPost(post.key)) listed.set(handle(post.key), post);
  for await (const { key } of listAll(state, entriesPrefix)) {
    const known = handleOf(key);
    if (known !== undefined && !listed.has(known)) listed.set(known, undefined);
  }
  const waiting = [...listed.keys()].filter((known) => known > after).sort();
  const inTurn = turns(width);
  let at = 0;
  do {
    const some = waiting.slice(at, at + atOnce);
    at += some.length;
    await Promise.all(
      some.map((known) =>
        inTurn(async () => {
          await look(known, listed.get(known));
          onProgress(++found.compared, waiting.length);
        }),
      ),
    );
  } while (at < waiting.length && hasTime());
  return at < waiting.length ? { ...found, next: waiting[at - 1]! } : found;

  async function look(known: string, post: Listed | undefined): Promise<void> {
    try {
      const record = (await readRecord(state, known))?.record;
      if (record?.settled) found.settled.set(known, record.version);
      if (record && record.post !== null && record.site !== fingerprint)
        found.hasNewSettings = true;
      const key = post?.key ?? record?.key;
      if (key !== undefined && !isCurrent(record, post && (await etagOf(post))))
        found.outdated.push(key);
    } catch (error) {
      if (!(error instanceof InvalidState)) throw error;
      found.broken.push({ handle: known, key: post?.key, error });
    }
  }

  async function etagOf({ key, etag }: Listed): Promise<string> {
    return etag ?? (await posts.head(key)).etag;
  }

  function isCurrent(record: EntryRecord | undefined, etag: string | undefined): boolean {
    if (!record?.settled || record.post !== (etag ?? null)) return false;
    // Of a post that is gone the settings shape nothing.
    if (record.post === null) return true;
    return record.site === fingerprint && (record.due === null || record.due > now);
  }
}

/**
 * Puts a blank record in the place of each broken one, of the highest version that any mark of it
 * has, with all these marks to be removed; its post is then queued. So nothing of it is left over.
 */
export async function repair(
  broken: Broken[],
  { state, queue }: { state: Store; queue: Pick<Queue, 'ingest' | 'refresh'> },
): Promise<void> {
  const marks = new Map(broken.map((one) => [one.handle, [] as string[]]));
  for (const prefix of markPrefixes)
    for await (const { key } of listAll(state, prefix))
      marks.get(parseMark(key)?.handle ?? '')?.push(key);
  for (const { handle: of, key } of broken) {
    const older = marks.get(of)!;
    if (key === undefined) {
      // Its post is gone, and its name with it.
      await Promise.all(older.map((mark) => state.delete(mark)));
      await state.delete(entryKey(of));
      const lost = older.flatMap((mark) => parseMarkerKey(mark)?.selection ?? []);
      await queue.refresh([...new Set(lost.filter(hasFeed))]);
      continue;
    }
    const { etag } = await state.head(entryKey(of));
    const version = Math.max(0, ...older.map((mark) => parseMark(mark)!.version));
    await writeRecord(state, { ...newRecord(key), version, older }, { update: etag });
    await queue.ingest([key]);
  }
}
