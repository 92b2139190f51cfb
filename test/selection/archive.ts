import { handle } from '../../src/keys.ts';
import type { Entry } from '../../src/post/entry.ts';
import {
  claimsOf,
  type EntryRecord,
  marksOf,
  newRecord,
  readRecord,
  writeRecord,
} from '../../src/selection/record.ts';
import { MemoryStore } from '../../src/store/memory.ts';

/** What a post of an archive says. */
export interface Said {
  name: string;
  /** Epoch seconds. */
  published: number;
  tags: string[];
  title?: string;
}

/** An entry with an id of its own and nothing that is not said of it. */
export function entryOf({ name, published, tags, title = name }: Said): Entry {
  const instant = new Date(published * 1000).toISOString().replace('.000', '');
  return {
    id: `tag:x,2000-01-01:${name}`,
    link: `https://blog.example/${name}/`,
    title,
    published: instant,
    updated: instant,
    authors: [],
    terms: { tags: tags.map((tag) => ({ label: tag.toUpperCase(), slug: tag })) },
    summary: '',
    content: `<p>${title}</p>`,
    enclosures: [],
  };
}

const keyOf = (name: string) => `${name}.md`;

/** A state and what publishers do to it, in the steps that ingest takes: docs of `src/publish/ingest.ts`. */
export function archive() {
  const state = new MemoryStore(() => 0);

  /** Writes a version and gives the steps that remain: its marks, the removal of older ones, that it is settled. */
  async function begin(said: Said): Promise<(() => Promise<void>)[]> {
    const key = keyOf(said.name);
    const held = await readRecord(state, handle(key));
    const entry = entryOf(said);
    const record: EntryRecord = {
      ...newRecord(key),
      version: (held?.record.version ?? 0) + 1,
      post: 'any',
      status: 'live',
      entry,
      claims: claimsOf(entry, key),
    };
    const older = held ? [...held.record.older, ...marksOf(held.record)] : [];
    await write({ ...record, older });
    return [
      async () => {
        for (const mark of marksOf(record)) await state.put(mark, '');
      },
      async () => {
        for (const mark of older) await state.delete(mark);
      },
      () => write({ ...record, settled: true }),
    ];
  }

  async function write(record: EntryRecord): Promise<void> {
    const held = await readRecord(state, handle(record.key));
    await writeRecord(state, record, held ? { update: held.etag } : { create: true });
  }

  return {
    state,
    begin,
    publish: async (said: Said) => {
      for (const step of await begin(said)) await step();
    },
  };
}
