import { Conflict, InvalidPost, Unavailable } from '../errors.ts';
import {
  handle,
  hasFeed,
  parseMarkerKey,
  parseReferenceKey,
  referencePrefix,
  type Selection,
} from '../keys.ts';
import { parsePost, undatedDraft } from '../post/parse.ts';
import type { Page, Post } from '../post/post.ts';
import { references as referencesIn } from '../post/references.ts';
import { dueAt, statusAt } from '../post/status.ts';
import { discreet, type Problem } from '../problem.ts';
import {
  claimsOf,
  type EntryRecord,
  marksOf,
  newRecord,
  type Resolved,
  readRecord,
  writeRecord,
} from '../selection/record.ts';
import type { Site } from '../site.ts';
import { listAll, type Stored } from '../store/store.ts';
import type { Pipeline, SiteInForce } from './pipeline.ts';
import { linkBehind, resolve, sameLinks } from './resolve.ts';
import { getPost, sourceOf } from './source.ts';

const passes = 20;
/** Milliseconds for which what was read is good enough to be written. */
const freshness = 60_000;

/** What became of a post; `changed` if a new version of it was written. */
export interface Ingested {
  record: EntryRecord;
  changed: boolean;
}

/**
 * Publishes one changed post: its key comes in; its record, markers and refresh requests come out.
 * What the stores hold now is the truth, so it may run twice, late, or beside others. Each pass
 * reads the record, then post and settings (what is read later is newer), and makes one
 * step: writes a new version, or settles the one that stands. So nothing is told before the post
 * and the settings have been looked at once more after the write.
 */
export async function ingest(key: string, pipeline: Pipeline): Promise<Ingested> {
  const { posts, state } = pipeline;
  let changed = false;
  const told: EntryRecord[] = [];
  const done = async (record: EntryRecord): Promise<Ingested> => {
    await withdraw(
      told.filter(({ version }) => version < record.version),
      pipeline,
    );
    return { record, changed };
  };
  for (let pass = 0; pass < passes; pass++) {
    const begun = pipeline.now();
    const held = await readRecord(state, handle(key));
    const [post, inForce] = await Promise.all([getPost(posts, key), pipeline.site()]);
    const isSame = held?.record.post === (post?.etag ?? null);
    const named = isSame ? held.record.references : referencesOf(key, post, inForce.site);
    const linkOf = (of: string) => linkBehind(posts, of, inForce.site, pipeline.now());
    const links = await resolve(named, linkOf);

    if (held && isSame && isCurrent(held.record, inForce, links, pipeline.now())) {
      if (held.record.settled) {
        // A post may have linked to an earlier text of this one, which has returned to the one it had.
        await tellReferrers(held.record, pipeline);
        return done(held.record);
      }
      told.push(held.record);
      await tell(held.record, pipeline);
      // A post it links to may have changed before it could see this one's hint.
      const linksNow = await resolve(named, linkOf);
      if (!sameLinks(linksNow, links)) continue;
      const record = { ...held.record, older: [], settled: true };
      if (await isWon(writeRecord(state, record, { update: held.etag }))) return done(record);
    } else {
      const record = nextVersion(
        held?.record ?? newRecord(key),
        post,
        inForce,
        links,
        pipeline.now(),
      );
      // After a sleep its message may be gone, and if this died nobody would look at what it wrote.
      if (pipeline.now() - begun > freshness) continue;
      const condition = held ? { update: held.etag } : ({ create: true } as const);
      if (await isWon(writeRecord(state, record, condition))) changed = true;
    }
  }
  throw new Unavailable(`${key} changed ${passes} times while it was being published; try again`);
}

/** True if a record of this post is also of these settings and links, and no date of it has come. */
function isCurrent(
  record: EntryRecord,
  inForce: SiteInForce,
  links: Resolved[],
  now: number,
): boolean {
  return (
    record.site === inForce.fingerprint &&
    sameLinks(record.references, links) &&
    (record.due === null || record.due > now)
  );
}

/** What the post and the settings make of the record: unsettled, with the older marks to remove. */
function nextVersion(
  previous: EntryRecord,
  post: Stored | undefined,
  { site, fingerprint }: SiteInForce,
  references: Resolved[],
  now: number,
): EntryRecord {
  const blank: EntryRecord = {
    ...newRecord(previous.key),
    version: previous.version + 1,
    post: post?.etag ?? null,
    site: fingerprint,
    older: [...previous.older, ...marksOf(previous)],
    references,
  };
  if (!post) return blank;
  try {
    const source = sourceOf(previous.key, post, site);
    const parsed = parsePost(source, site, linksOf(references));
    const { status, entry, due, problems } = publicPart(parsed, now);
    return {
      ...blank,
      status,
      entry,
      claims: entry ? claimsOf(entry, previous.key) : [],
      due,
      problems,
    };
  } catch (error) {
    // What was published of it before stays published.
    const { entry, claims } = previous;
    return { ...blank, status: 'unread', entry, claims, problems: [unread(previous.key, error)] };
  }
}

/** Reference → link, of those that lead somewhere. */
export function linksOf(references: readonly Resolved[]): Map<string, string> {
  return new Map(references.flatMap(({ name, link }) => (link === null ? [] : [[name, link]])));
}

/** What of a post may be known now: nothing of one that is not public. */
export function publicPart(
  parsed: Post | Page,
  now: number,
): Pick<EntryRecord, 'status' | 'entry' | 'due' | 'problems'> {
  if ('page' in parsed) {
    const isSecret = parsed.page === undatedDraft;
    const problems = isSecret ? parsed.problems.map(discreet) : parsed.problems;
    return { status: 'page', entry: null, due: null, problems };
  }
  const status = statusAt(parsed, now);
  const entry = status === 'live' ? parsed.entry : null;
  const problems = entry ? parsed.problems : parsed.problems.map(discreet);
  return { status, entry, due: dueAt(parsed, now) ?? null, problems };
}

/** Why a post could not be read; an error that nobody foresaw is our fault, and stops no other post either. */
export function unread(key: string, error: unknown): Problem {
  if (!(error instanceof InvalidPost)) {
    const cause = `Tidings failed on this post: ${error instanceof Error ? error.message : error}`;
    return { key, cause, remedy: 'Report it, with the post.', unread: true };
  }
  const where = error.line === undefined ? {} : { line: error.line };
  return { key, ...where, cause: error.message, remedy: error.remedy, unread: true };
}

/** The posts that a post names; none in one that cannot be read. */
export function referencesOf(
  key: string,
  post: Stored | undefined,
  site: Site,
): ReturnType<typeof referencesIn> {
  if (!post) return [];
  try {
    return referencesIn(sourceOf(key, post, site));
  } catch (error) {
    if (error instanceof InvalidPost) return [];
    throw error;
  }
}

/**
 * Makes a version known: its marks first, then the older ones go, then a refresh of every
 * selection it claims or has lost. In another order a refresh could miss it for good. Older hints
 * at the posts it links to go last: if this dies, whichever of those moves has it ingested again.
 */
async function tell(record: EntryRecord, pipeline: Pipeline): Promise<void> {
  const { state, queue } = pipeline;
  const isHint = (key: string) => parseReferenceKey(key, null) !== undefined;
  const remove = (keys: string[]) => Promise.all(keys.map((key) => state.delete(key)));
  await Promise.all(marksOf(record).map((key) => state.put(key, '')));
  await remove(record.older.filter((key) => !isHint(key)));
  const lost = record.older.flatMap((key) => parseMarkerKey(key)?.selection ?? []);
  await ask([...record.claims, ...lost], pipeline);
  await tellReferrers(record, pipeline);
  if (record.due !== null) await queue.schedule(record.key, record.due);
  await remove(record.older.filter(isHint));
}

/**
 * Removes the marks of versions that were told too late: another publisher had written a newer
 * one, and perhaps had removed these before they were put. Refreshes that have counted them are
 * made up for. They are asked for before as well, in case this dies in between.
 */
async function withdraw(versions: EntryRecord[], pipeline: Pipeline): Promise<void> {
  const { state } = pipeline;
  const claims = versions.flatMap((one) => one.claims);
  await ask(claims, pipeline);
  await Promise.all(versions.flatMap(marksOf).map((key) => state.delete(key)));
  await ask(claims, pipeline);
}

async function ask(claims: Selection[], { queue }: Pipeline): Promise<void> {
  const selections = new Set(claims.filter(hasFeed));
  if (selections.size > 0) await queue.refresh([...selections]);
}

/** Has the posts ingested again that were rendered with another link of this one. */
async function tellReferrers({ key }: EntryRecord, pipeline: Pipeline): Promise<void> {
  const { posts, state, queue } = pipeline;
  const hints: string[] = [];
  for await (const hint of listAll(state, referencePrefix(handle(key)))) hints.push(hint.key);
  if (hints.length === 0) return;
  const { site } = await pipeline.site();
  const link = await linkBehind(posts, key, site, pipeline.now());
  const outdated = hints
    .flatMap((hint) => parseReferenceKey(hint, link) ?? [])
    .filter((hint) => !hint.isCurrent);
  const records = await Promise.all(
    [...new Set(outdated.map(({ from }) => from))].map((from) => readRecord(state, from)),
  );
  const keys = records.flatMap((held) => held?.record.key ?? []);
  if (keys.length > 0) await queue.ingest(keys);
}

/** Whether a conditional write was won; lost is lost, however it was. */
async function isWon(write: Promise<void>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof Conflict) return false;
    throw error;
  }
}
