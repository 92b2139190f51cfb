import { siteFileKey } from '../../src/keys.ts';
import { type Random, random } from './random.ts';

/** What publishers did: a list of writes and deletions, so that any part of it is a history too. */

export interface Act {
  /** Milliseconds since the act before. */
  wait: number;
  /** What it is meant to be, for people and for the coverage. */
  kind: string;
  key: string;
  /** Undefined: deleted. */
  text?: string;
}

export const start = Date.UTC(2026, 0, 1);

const permalinks = ['/:slug/', '/p/:slug/'];

/** A few site files; every site has one. */
const sites = [
  `url: https://b.example\nentries: 3\npermalink: ${permalinks[0]}\n`,
  `url: https://b.example\nentries: 2\npermalink: ${permalinks[0]}\ntitle: Second\n`,
  `url: https://b.example\nentries: 3\npermalink: ${permalinks[1]}\n`,
];

interface Draft {
  title: string;
  slug: string;
  /** Epoch milliseconds. */
  date: number;
  tags: string[];
  draft: boolean;
  expires?: number;
  guid?: string;
  to?: string;
  broken: boolean;
  page: boolean;
}

const letters = ['a', 'b', 'c', 'd', 'e', 'f'];
const tags = ['x', 'X', 'y', 'z'];
const soon = [20, 200, 600, 1500];
const waits = [0, 20, 60, 200, 600, 1500, 3000, 6000, 20_000, 600_000, 4 * 3_600_000];

const keyOf = (letter: string) => `_posts/2024-03-0${1 + letters.indexOf(letter)}-${letter}.md`;

function blank(chances: Random): Draft {
  return {
    title: 'One',
    slug: chances.pick(['s', 't']),
    date: dateFrom(chances),
    tags: tags.filter(() => chances.chance(0.4)),
    draft: chances.chance(0.05),
    broken: false,
    page: false,
  };
}

/** Mostly a few dates of the past, so that they meet. */
function dateFrom(chances: Random): number {
  return Date.UTC(2024, 0, 1 + chances.below(6));
}

/** Changes a draft in place and tells what it did. */
type Change = (draft: Draft, chances: Random, now: number, others: string[]) => void;

const changes: Record<string, Change> = {
  edit: (draft, chances) => {
    draft.title = chances.pick(['One', 'Two', 'Three']);
  },
  retag: (draft, chances) => {
    draft.tags = tags.filter(() => chances.chance(0.4));
  },
  redate: (draft, chances) => {
    draft.date = dateFrom(chances);
  },
  draft: (draft) => {
    draft.draft = true;
  },
  undraft: (draft) => {
    draft.draft = false;
  },
  schedule: (draft, chances, now) => {
    draft.date = Math.ceil((now + chances.pick([1000, 10_000, 3_600_000])) / 1000) * 1000;
  },
  expire: (draft, chances, now) => {
    draft.expires = Math.ceil((now + chances.pick([1000, 10_000, 3_600_000])) / 1000) * 1000;
  },
  link: (draft, chances, _now, others) => {
    draft.to = chances.pick(others.length > 0 ? others : letters);
  },
  move: (draft) => {
    draft.slug = draft.slug === 's' ? 't' : 's';
  },
  id: (draft, chances) => {
    draft.guid = chances.pick(['urn:x:1', 'urn:x:2']);
  },
  break: (draft) => {
    draft.broken = true;
  },
  mend: (draft) => {
    draft.broken = false;
  },
  page: (draft) => {
    draft.page = !draft.page;
  },
};

const kinds: [string, number][] = [
  ['create', 10],
  ['edit', 6],
  ['retag', 8],
  ['redate', 5],
  ['rename', 3],
  ['draft', 3],
  ['undraft', 3],
  ['delete', 5],
  ['schedule', 3],
  ['expire', 3],
  ['site', 3],
  ['link', 8],
  ['move', 4],
  ['id', 3],
  ['break', 1],
  ['mend', 2],
  ['page', 1],
  ['revert', 6],
];

const sceneNames = [
  'a post moves while another that links to it is published',
  'a post moves while another that links to it is published',
  'a post is changed and changed back',
  'an edit is undone while its refresh runs',
  'a post that its feed does not reach leaves it',
  'a post that another links to is deleted before it is seen',
  'a post is edited again minutes later',
  'the settings change while a post is published',
] as const;
export type Scene = (typeof sceneNames)[number];

/** The history of a seed: three to twenty acts upon six posts; rarely a burst of 200. Or one with this scene. */
export function historyOf(seed: number, scene?: Scene): Act[] {
  const chances = random(seed);
  const acts: Act[] = [{ wait: 0, kind: 'site', key: siteFileKey, text: sites[0]! }];
  const drafts = new Map<string, Draft>();
  const before = new Map<string, string[]>();
  // Few posts and short waits bring more races, many posts full feeds.
  const known = letters.slice(0, 1 + chances.below(letters.length));
  const usual = Array.from({ length: 1 + chances.below(4) }, () => chances.pick(waits));
  let now = start;
  let isFollowing = false;
  // Each history is about some kinds of acts: those that all do everything meet fewer corners.
  const bag = kinds.flatMap(([kind, weight]) =>
    Array<string>(weight * chances.pick([0, 0, 0, 1, 4])).fill(kind),
  );
  bag.push('create', 'edit', 'delete');

  const act = (kind: string, key: string, text?: string) => {
    const wait = acts.length === 1 ? 0 : chances.pick(isFollowing ? soon : usual);
    now += wait;
    acts.push(text === undefined ? { wait, kind, key } : { wait, kind, key, text });
    if (text !== undefined) before.set(key, [...(before.get(key) ?? []), text]);
  };
  const create = (kind: string, letter: string) => {
    drafts.set(letter, blank(chances));
    act(kind, keyOf(letter), textOf(drafts.get(letter)!));
  };
  const remove = (kind: string, letter: string) => {
    drafts.delete(letter);
    act(kind, keyOf(letter));
  };
  const one = (kind: string, letter: string) => {
    const draft = drafts.get(letter);
    if (kind === 'site') return act(kind, siteFileKey, chances.pick(sites));
    if (!draft) return create('create', letter);
    if (kind === 'delete') return remove(kind, letter);
    if (kind === 'rename') {
      const other = chances.pick(letters);
      remove(kind, letter);
      drafts.set(other, draft);
      return act(kind, keyOf(other), textOf(draft));
    }
    if (kind === 'revert')
      return act(kind, keyOf(letter), before.get(keyOf(letter))!.at(-2) ?? textOf(draft));
    const others = [...drafts.keys()].filter((other) => other !== letter);
    changes[kind]?.(draft, chances, now, others);
    act(kind, keyOf(letter), textOf(draft));
  };
  /** Writes a post as it is wanted. */
  const set = (kind: string, letter: string, wanted: Partial<Draft>) => {
    drafts.set(letter, { ...(drafts.get(letter) ?? blank(chances)), ...wanted });
    act(kind, keyOf(letter), textOf(drafts.get(letter)!));
  };
  /** Narrow races, played on purpose: chance alone comes to them once in thousands of histories. */
  const scenes: Record<Scene, () => void> = {
    'a post moves while another that links to it is published': () => {
      create('create', 'a');
      // One that is new stands in no feed until its markers do.
      if (chances.chance(0.5)) create('create', 'b');
      usual.splice(0, usual.length, 9000);
      set('link', 'b', { to: 'a', draft: false });
      usual.splice(0, usual.length, 600, 5000, 9000, 12_000, 16_000);
      one('move', 'a');
      if (chances.chance(0.5)) one('revert', 'a');
    },
    'a post is changed and changed back': () => {
      const wanted = chances.pick(['draft', 'retag', 'edit', 'expire']);
      create('create', 'a');
      create('create', 'b');
      usual.splice(0, usual.length, ...[600, 3000, 8000, 20_000].slice(chances.below(4)));
      for (let left = 2 + chances.below(5); left > 0; left--)
        one(chances.chance(0.6) ? 'revert' : wanted, 'a');
    },
    'an edit is undone while its refresh runs': () => {
      set('create', 'a', { title: 'One', tags: ['x'], draft: false });
      usual.splice(0, usual.length, 20_000);
      set('edit', 'a', { title: 'Two' });
      usual.splice(0, usual.length, 6000, 7000, 8000, 9000, 11_000);
      one('revert', 'a');
    },
    'a post that its feed does not reach leaves it': () => {
      usual.splice(0, usual.length, 20);
      // A refresh looks at one more than the three that its feed has.
      for (const [at, letter] of letters.slice(0, 5).entries())
        set('create', letter, { tags: ['x', 'y'], draft: false, date: Date.UTC(2024, 0, 9 - at) });
      usual.splice(0, usual.length, 20_000);
      set('retag', 'e', { tags: ['x'] });
      usual.splice(0, usual.length, 600, 3000, 8000);
      if (chances.chance(0.3)) set('retag', 'e', { tags: ['y'] });
    },
    'a post that another links to is deleted before it is seen': () => {
      // By then the site file's own rebuild is over, which would look at every post again.
      create('create', 'c');
      usual.splice(0, usual.length, 20_000);
      create('create', 'a');
      usual.splice(0, usual.length, 20);
      set('create', 'b', { to: 'a', draft: false });
      usual.splice(0, usual.length, 400, 600, 1000, 1500);
      remove('delete', 'a');
    },
    'the settings change while a post is published': () => {
      create('create', 'a');
      usual.splice(0, usual.length, 20_000);
      one('edit', 'a');
      usual.splice(0, usual.length, 20, 200, 600, 1500, 6000);
      act('site', siteFileKey, sites[1]);
      act('site', siteFileKey, sites[2]);
    },
    'a post is edited again minutes later': () => {
      set('create', 'a', { title: 'One', draft: false });
      usual.splice(0, usual.length, 70_000, 90_000, 150_000);
      for (const title of ['Two', 'Three', 'Four']) set('edit', 'a', { title });
    },
  };
  // What follows at once upon what makes the narrow races: a link and the move of what it leads
  // to, a change and its undoing.
  const follow = (kind: string, letter: string) => {
    const target = drafts.get(letter)?.to;
    if (kind === 'link' && target) {
      one('move', target);
      if (chances.chance(0.5)) follow('move', target);
    } else if (kind !== 'site' && (before.get(keyOf(letter))?.length ?? 0) > 1) {
      one('revert', letter);
    }
  };
  if (chances.chance(0.4) || scene) scenes[scene ?? chances.pick(sceneNames)]();
  else
    for (let left = 1 + chances.pick([1, 2, 4, 8, 16]); left > 0; left--) {
      const kind = chances.pick(bag);
      const letter = chances.pick(known);
      one(kind, letter);
      isFollowing = true;
      if (chances.chance(kind === 'link' ? 0.8 : 0.3)) follow(kind, letter);
      isFollowing = false;
    }
  if (chances.chance(1 / 500))
    for (let n = 0; n < 200; n++)
      acts.push({
        wait: 2,
        kind: 'burst',
        key: `burst/${n}.md`,
        text: textOf({ ...blank(chances), title: `Burst ${n}` }),
      });
  return acts;
}

function textOf(draft: Draft): string {
  if (draft.broken) return `---\ntitle: [${draft.title}\n---\n`;
  const fields: Record<string, unknown> = {
    layout: draft.page ? 'page' : 'post',
    title: draft.title,
    slug: draft.slug,
    date: new Date(draft.date).toISOString(),
    tags: draft.tags,
    ...(draft.draft ? { draft: true } : {}),
    ...(draft.expires === undefined ? {} : { expiryDate: new Date(draft.expires).toISOString() }),
    ...(draft.guid === undefined ? {} : { guid: draft.guid }),
  };
  const lines = Object.entries(fields).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  const link = draft.to === undefined ? '' : ` {% link ${keyOf(draft.to)} %}`;
  return `---\n${lines.join('\n')}\n---\nText.${link}\n`;
}
