import { readFileSync } from 'node:fs';
import type { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Fault } from './calls.ts';
import type { Scene } from './history.ts';
import type { Terms } from './queues.ts';

/** Each safeguard of the protocol, and how to switch it off: in a copy of the source, as it is loaded. */

interface Mutation {
  /** The first that missed it when this was written: where tests begin to look. */
  seed: number;
  /** What goes wrong without it. */
  why: string;
  /** Source file → exact texts, each found once, and what stands in their place. */
  source?: Record<string, [string, string][]>;
  /** The race that shows it, where chance comes to it too seldom. */
  scene?: Scene;
  /** The faults that show it, where others hide what they bring about. */
  kinds?: readonly Fault[];
  /** What the queues no longer promise. */
  terms?: Partial<Terms>;
}

export const mutations: Record<string, Mutation> = {
  'conditional write of the entry': {
    seed: 18,
    why: 'a slow publisher overwrites a newer version with an older one',
    source: {
      'selection/record.ts': [
        ['JSON.stringify(record), condition);', 'JSON.stringify(record), condition && undefined);'],
      ],
    },
  },
  'version in entry and marker': {
    seed: 1,
    why: 'a slow publisher that removes an older version’s markers removes a newer one’s',
    source: {
      'publish/ingest.ts': [['version: previous.version + 1,', 'version: 1,']],
    },
  },
  'settled flag': {
    seed: 3,
    why: 'a version whose publisher died before telling of it is never told',
    source: {
      'publish/ingest.ts': [
        ['if (held.record.settled) {', 'if (held.record.version > 0 && !changed) {'],
      ],
    },
  },
  'site file read after the entry': {
    seed: 1,
    scene: 'the settings change while a post is published',
    kinds: ['sleep'],
    why: 'a publisher with the settings of an hour ago renders with them what was rendered anew',
    source: {
      'publish/ingest.ts': [
        ['  for (let pass = 0;', '  const inForce = await pipeline.site();\n  for (let pass = 0;'],
        [
          'const [post, inForce] = await Promise.all([getPost(posts, key), pipeline.site()])',
          'const post = await getPost(posts, key)',
        ],
      ],
    },
  },
  'second look after the write': {
    seed: 88,
    scene: 'a post is changed and changed back',
    kinds: ['sleep'],
    why: 'what changed while a version was written is told as it was before',
    source: {
      'publish/ingest.ts': [
        [
          'if (await isWon(writeRecord(state, record, condition))) changed = true;',
          `if (await isWon(writeRecord(state, record, condition))) {
        await tell(record, pipeline);
        const own = (await readRecord(state, handle(key)))!;
        if (own.record.version === record.version)
          await isWon(writeRecord(state, { ...record, older: [], settled: true }, { update: own.etag }));
        return { record, changed: true };
      }`,
        ],
      ],
    },
  },
  'due check': {
    seed: 10,
    why: 'a post for the future never appears',
    source: {
      'publish/ingest.ts': [['(record.due === null || record.due > now)', '(now > 0)']],
    },
  },
  'asking for lost selections': {
    seed: 6,
    why: 'a post stays in the feed of a tag it has no more',
    source: {
      'publish/ingest.ts': [
        ['[...record.claims, ...lost]', '[...record.claims, ...lost.slice(lost.length)]'],
      ],
    },
  },
  'markers before the request': {
    seed: 20,
    why: 'the refresh runs before a marker is there, and no other follows',
    source: {
      'publish/ingest.ts': [
        [
          "  await Promise.all(marksOf(record).map((key) => state.put(key, '')));\n",
          "  await ask([...record.claims, ...record.older.flatMap((key) => parseMarkerKey(key)?.selection ?? [])], pipeline);\n  await Promise.all(marksOf(record).map((key) => state.put(key, '')));\n",
        ],
        ['  await ask([...record.claims, ...lost], pipeline);\n', '  void lost;\n'],
      ],
    },
  },
  'one refresh of a selection at a time': {
    seed: 189,
    scene: 'an edit is undone while its refresh runs',
    kinds: ['sleep'],
    why: 'a refresh that read long ago puts over feeds that have returned to the same bytes',
    terms: { fifo: false },
  },
  'conditional put of feeds': {
    seed: 1,
    scene: 'a post is edited again minutes later',
    kinds: ['late'],
    why: 'a put in flight lands upon what a later refresh put',
    source: {
      'publish/replace.ts': [
        ['held ? { update: held.etag } : { create: true }', 'held ? undefined : undefined'],
      ],
    },
  },
  'rest after a refresh that failed': {
    seed: 54,
    scene: 'an edit is undone while its refresh runs',
    kinds: ['late'],
    why: 'a put in flight lands upon a feed that another refresh found to be right',
    terms: { rest: 1000 },
  },
  'delay longer than the window': {
    seed: 18,
    why: 'a request is absorbed by one that was answered before its markers were put',
    terms: { delay: 500 },
  },
  'believing the entry and not the marker': {
    seed: 21,
    kinds: ['sleep'],
    why: 'a stale marker shows a post in a feed it is no more in',
    source: {
      'selection/newest.ts': [['(claims) => claims.includes(selection)', '() => true']],
    },
  },
  'an older marker counts as well': {
    seed: 10,
    why: 'a post leaves a feed for a moment while it is edited',
    source: {
      'selection/newest.ts': [
        [
          '    if (one) {',
          '    if (one && markers.some((marker) => marker.handle === handle && marker.version === record!.version)) {',
        ],
      ],
    },
  },
  'a row that says whether the directory was told': {
    seed: 12,
    why: 'a refresh dies between putting the row and asking for the directory',
    source: {
      'publish/refresh.ts': [['JSON.stringify({ ...row, told: false })', 'told']],
    },
  },
  'removing the marks of a version told late': {
    seed: 38,
    scene: 'a post that its feed does not reach leaves it',
    kinds: ['sleep'],
    why: 'a publisher that slept puts marks that were removed, and no feed needs them',
    source: {
      'publish/ingest.ts': [
        ['versions.flatMap(marksOf)', 'versions.slice(versions.length).flatMap(marksOf)'],
      ],
      'publish/sweep.ts': [
        ['settled.get(handle) !== version);', 'settled.get(handle) !== version && false);'],
      ],
    },
  },
  'sweep of outgrown markers': {
    seed: 105,
    scene: 'a post is changed and changed back',
    kinds: ['late'],
    why: 'a publisher dies after it put marks too late',
    source: {
      'publish/sweep.ts': [
        ['settled.get(handle) !== version);', 'settled.get(handle) !== version && false);'],
      ],
    },
  },
  'tombstone for an unseen post': {
    seed: 11,
    scene: 'a post that another links to is deleted before it is seen',
    why: 'nobody tells a post that was published with a link to it',
    source: {
      'publish/ingest.ts': [
        [
          '    const isSame =',
          '    if (!held && !post) return { record: newRecord(key), changed };\n    const isSame =',
        ],
      ],
    },
  },
  'older marks removed before the request': {
    seed: 560,
    scene: 'a post that its feed does not reach leaves it',
    why: 'a refresh counts a mark that is about to go',
    source: {
      'publish/ingest.ts': [
        ['  await remove(record.older.filter((key) => !isHint(key)));\n', ''],
        ['  await remove(record.older.filter(isHint));\n', '  await remove(record.older);\n'],
      ],
    },
  },
  'links looked at again after the hints': {
    seed: 889,
    scene: 'a post moves while another that links to it is published',
    kinds: ['sleep'],
    why: 'a post changes its address before it can see who links to it',
    source: {
      'publish/ingest.ts': [['if (!sameLinks(linksNow, links)) continue;', '']],
    },
  },
  'referrers told by a settled post too': {
    seed: 136,
    why: 'a post is given another address and its old one back, and a link to the other was rendered',
    source: {
      'publish/ingest.ts': [
        ['await tellReferrers(held.record, pipeline);\n        return', 'return'],
      ],
    },
  },
  'schedule after the due time by more than clocks differ': {
    seed: 345,
    why: 'the schedule wakes a publisher whose clock has not come to it',
    terms: { margin: 0 },
  },
};

/** Switches a safeguard off for all modules loaded from now on; gives what that means for the queues. */
export function mutate(name: string, register: typeof registerHooks): Partial<Terms> {
  const mutated = sourcesWithout(name);
  register({
    load: (url, context, next) => {
      const source = mutated.get(url);
      return source === undefined
        ? next(url, context)
        : { format: 'module-typescript', source, shortCircuit: true };
    },
  });
  return mutations[name]!.terms ?? {};
}

/** The modules that a safeguard is in, by URL, without it. */
export function sourcesWithout(name: string): Map<string, string> {
  const mutation = mutations[name];
  if (!mutation)
    throw new Error(`no safeguard is called "${name}": ${Object.keys(mutations).join(', ')}`);
  return new Map(
    Object.entries(mutation.source ?? {}).map(([file, edits]) => {
      const url = new URL(`../../src/${file}`, import.meta.url);
      return [url.href, edited(url, edits)];
    }),
  );
}

function edited(url: URL, edits: [string, string][]): string {
  let source = readFileSync(fileURLToPath(url), 'utf8');
  for (const [from, to] of edits) {
    if (source.split(from).length !== 2)
      throw new Error(`${url.pathname} does not contain once: ${from}`);
    source = source.replace(from, () => to);
  }
  return source;
}
