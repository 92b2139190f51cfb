import { defaultSite, type Site } from '../../src/site.ts';
import { mixed, type Random, random } from '../simulation/random.ts';
import { body } from './bodies.ts';
import { frontMatter } from './front-matter.ts';
import { type Case, judge } from './judge.ts';
import { mutated, type RealPost } from './mutate.ts';
import { siteFile, siteOf } from './sites.ts';
import { word } from './words.ts';

/** Posts by grammar and by mutation, one for each seed, until one is found that does harm. */

const keys = [
  'a.md',
  '_posts/2024-03-09-hello.md',
  'content/posts/hello/index.md',
  'source/_posts/hello.md',
  'a.mdx',
  'a.html',
  'x/_drafts/b.markdown',
  'news/_posts/2020-01-02-x.md',
  '2024/03/09/привет.md',
  'content/en/a b.md',
  '2024-13-45-x.md',
  'a/b/c/.._/d.md',
  'C++ & <b>.md',
];

/** What was found, and how many inputs were of which kind. */
export interface Found {
  runs: number;
  counts: Record<string, number>;
  /** The first input with a fault, shortened. */
  bad?: { seed: number; key: string; text: string; settings: string; faults: string[] };
}

interface Input {
  key: string;
  text: string;
  settings: string;
  kind: 'grammar' | 'mutation';
}

function inputOf(seed: number, posts: readonly RealPost[]): Input {
  const chance = random(mixed(seed));
  const settings = chance.chance(0.5) ? siteFile(chance) : '';
  if (posts.length > 0 && chance.chance(0.35))
    return { ...mutated(chance, posts), settings, kind: 'mutation' };
  return { key: keyOf(chance), text: textOf(chance), settings, kind: 'grammar' };
}

function keyOf(chance: Random): string {
  if (chance.chance(0.95)) return chance.pick(keys);
  const name = word(chance).replace(/[\0-\x1f\x7f\\/]/g, '') || 'a';
  return `x/${name.toWellFormed()}.md`;
}

function textOf(chance: Random): string {
  const front = frontMatter(chance);
  return `${front}${chance.chance(0.1) ? '' : '\n'}${body(chance)}\n`;
}

/** Says what is wrong with an input: its settings, then its post under them. */
function verdict({ key, text, settings }: Omit<Input, 'kind'>): {
  outcome: string;
  faults: string[];
} {
  const { site = standard, faults } = siteOf(settings);
  const given: Case = { key, bytes: Buffer.from(text.toWellFormed()), site };
  const judged = judge(given);
  return { outcome: judged.outcome, faults: [...faults, ...judged.faults] };
}

const standard: Site = defaultSite();

/** Runs so many seeds from the first one on; stops at the first that finds a fault. */
export function fuzz(options: {
  runs: number;
  seed: number;
  posts: readonly RealPost[];
  tell?: (done: number) => void;
}): Found {
  const counts: Record<string, number> = {};
  for (let run = 0; run < options.runs; run++) {
    const seed = options.seed + run;
    const input = inputOf(seed, options.posts);
    const { outcome, faults } = verdict(input);
    const name = `${input.kind}: ${outcome}`;
    counts[name] = (counts[name] ?? 0) + 1;
    if (faults.length > 0)
      return { runs: run + 1, counts, bad: { seed, ...shortest(input, faults) } };
    options.tell?.(run + 1);
  }
  return { runs: options.runs, counts };
}

/** The same fault in less text: pieces are left out for as long as it stays. */
function shortest(input: Input, first: string[]) {
  let { key, text, settings } = input;
  let faults = first;
  const sign = signOf(first);
  const isStill = (candidate: Omit<Input, 'kind'>) => {
    const found = verdict(candidate).faults;
    if (!found.some((one) => signOf([one]) === sign)) return false;
    faults = found;
    return true;
  };
  if (settings !== '' && isStill({ key, text, settings: '' })) settings = '';
  if (key !== 'a.md' && isStill({ key: 'a.md', text, settings })) key = 'a.md';
  const until = 1500;
  let tries = 0;
  for (let size = Math.ceil(text.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < text.length && tries < until; tries++) {
      const shorter = text.slice(0, at) + text.slice(at + size);
      if (isStill({ key, text: shorter, settings })) text = shorter;
      else at += size;
    }
  }
  isStill({ key, text, settings });
  return { key, text, settings, faults };
}

/** What kind of fault it is: its first words without what differs from post to post. */
function signOf([fault = '']: readonly string[]): string {
  return fault.slice(0, 60).replace(/[\d"'`].*$/s, '');
}
