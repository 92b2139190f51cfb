/**
 * `npm run corpus`: builds the feeds of three real blogs, reads every feed again with parsers that
 * are not ours, compares them with the entries, and prints what was found. Exit status 1 if
 * anything is not as it must be. The posts lie beside the project and are not part of it.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { handle } from '../src/keys.ts';
import {
  drain,
  type LocalQueue,
  localQueue,
  queueEverything,
  type Run,
} from '../src/publish/local.ts';
import { type EntryRecord, readRecord } from '../src/selection/record.ts';
import { fingerprint, readSite, type Site } from '../src/site.ts';
import { FilesystemStore } from '../src/store/filesystem.ts';
import { MemoryStore } from '../src/store/memory.ts';
import { agency, podcast, weblog } from './corpus-facts.ts';
import { feedsAgree } from './corpus-feeds.ts';
import { walked } from './corpus-older.ts';

const folder = fileURLToPath(new URL('../../shared/posts/', import.meta.url));

/** A blog that was built, and where its feeds are. */
export interface Built {
  name: string;
  site: Site;
  run: Run;
  records: Map<string, EntryRecord>;
  feeds: MemoryStore;
  state: MemoryStore;
  posts: FilesystemStore;
  queue: LocalQueue;
}

/** One line of the report; `isRight` undefined: a figure and no claim. */
export interface Fact {
  what: string;
  value: string | number;
  isRight?: boolean;
}

if (existsSync(folder)) process.exitCode = await report();
else console.log(`There are no posts at ${folder}: nothing to report.`);

async function report(): Promise<number> {
  let wrong = 0;
  let right = 0;
  for (const [name, facts] of Object.entries({ weblog, podcast, agency })) {
    const built = await build(name);
    console.log(`\n${name}`);
    const found = [
      ...summary(built),
      ...(await facts(built)),
      ...(await feedsAgree(built)),
      ...(await walked(built)),
    ];
    for (const fact of found) {
      const mark = fact.isRight === undefined ? '  ' : fact.isRight ? 'ok' : 'NO';
      console.log(`  ${mark}  ${fact.what}: ${fact.value}`);
      if (fact.isRight === true) right++;
      if (fact.isRight === false) wrong++;
    }
  }
  console.log(`\n${right} passed, ${wrong} failed`);
  return wrong === 0 ? 0 : 1;
}

async function build(name: string): Promise<Built> {
  const site = readSite(readFileSync(`${folder}${name}.yml`, 'utf8'));
  const pipeline = {
    posts: new FilesystemStore(folder + name),
    state: new MemoryStore(Date.now),
    feeds: new MemoryStore(Date.now),
    queue: localQueue(),
    site: async () => ({ site, fingerprint: fingerprint(site) }),
    now: Date.now,
  };
  await queueEverything(pipeline);
  const run = await drain(pipeline);
  const records = new Map<string, EntryRecord>();
  for (const key of run.posts.keys()) {
    const held = await readRecord(pipeline.state, handle(key));
    if (held) records.set(key, held.record);
  }
  return { ...pipeline, name, site, run, records };
}

function summary({ run, ...built }: Built): Fact[] {
  const records = [...built.records.values()];
  const unread = records.filter(({ status }) => status === 'unread');
  return [
    { what: 'posts read', value: records.length },
    ...['live', 'draft', 'scheduled', 'expired', 'page'].map((status) => ({
      what: status,
      value: records.filter((record) => record.status === status).length,
    })),
    {
      what: 'unread posts, each a named problem',
      value: unread.length,
      isRight: unread.every(({ problems }) => problems.some((one) => one.unread && one.remedy)),
    },
    {
      what: 'problems',
      value: records.flatMap(({ problems }) => problems).length + run.sharedIds.length,
    },
    { what: 'failures', value: run.failures.length, isRight: run.failures.length === 0 },
  ];
}
