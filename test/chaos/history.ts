import { siteFileKey } from '../../src/keys.ts';
import { post } from '../blog.ts';
import { type Random, random } from '../simulation/random.ts';

/** One change of the posts bucket. */
export interface Act {
  kind: string;
  key: string;
  /** Undefined: deleted. */
  text?: string;
}

/** Keys as people and tools write them. */
const keys = [
  ...Array.from({ length: 40 }, (_, nth) => `_posts/2024-01-${10 + (nth % 20)}-post-${nth}.md`),
  'пост/привет мир 🎉.md',
  'a+b & c=d/100% done.md',
  `${'long/'.repeat(204)}x.md`,
];
const labels = ['C++', 'C', 'Жёлтый', 'a b', 'docker', 'Linux', 'rare'];
const sites = [
  'url: https://blog.example\n',
  'url: https://blog.example\nentries: 7\n',
  'url: https://blog.example\ntitle: Renamed\ncontent: summary\n',
  'url: https://blog.example\npermalink: /p/:title/\ngone: [/tags/rare/feed.rss]\n',
];

export interface Times {
  /** Epoch milliseconds. */
  now(): number;
  /** Seconds within which posts that are scheduled come due. */
  soon: number;
}

/** An endless life of a blog: posts come, change, link to each other and go. */
export function* historyOf(seed: number, times: Times): Generator<Act> {
  const chances = random(seed);
  const texts = new Map<string, string[]>();
  yield { kind: 'site', key: siteFileKey, text: sites[0]! };
  for (;;) {
    const act = nextAct(chances, texts, times);
    if (act.text !== undefined) texts.set(act.key, [...(texts.get(act.key) ?? []), act.text]);
    yield act;
  }
}

function nextAct(chances: Random, texts: Map<string, string[]>, times: Times): Act {
  const key = chances.pick(keys);
  const before = texts.get(key) ?? [];
  const draw = chances.next();
  if (draw < 0.02) return { kind: 'site', key: siteFileKey, text: chances.pick(sites) };
  // Two posts at once: an edit of settings that nobody could read is a problem, and changes nothing.
  if (draw < 0.025) return { kind: 'broken site', key: siteFileKey, text: 'url: [\n' };
  if (draw < 0.15) return { kind: 'delete', key };
  if (draw < 0.25 && before.length > 1) return { kind: 'revert', key, text: before.at(-2)! };
  if (draw < 0.28) return { kind: 'break', key, text: '---\ntitle: [\n---\n' };
  return { kind: before.length > 0 ? 'edit' : 'create', key, text: textOf(chances, times) };
}

function textOf(chances: Random, times: Times): string {
  const soon = () => new Date(times.now() + 1000 * (5 + chances.below(times.soon))).toISOString();
  const isScheduled = chances.chance(0.08);
  const matter = {
    title: `Title ${chances.below(1000)}`,
    date: isScheduled ? soon() : `2024-03-0${1 + chances.below(9)}`,
    tags: labels.filter(() => chances.chance(0.3)),
    ...(chances.chance(0.05) && { draft: true }),
    ...(chances.chance(0.05) && { expiryDate: soon() }),
    ...(chances.chance(0.1) && { guid: `urn:x:${chances.below(3)}` }),
    ...(chances.chance(0.1) && { slug: `slug-${chances.below(50)}` }),
  };
  const link = chances.chance(0.3) ? `{% link ${chances.pick(keys)} %}` : '';
  return post(matter, `Text ${'and more '.repeat(chances.below(200))} ${link}`);
}
