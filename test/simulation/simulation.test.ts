import { describe, expect, test } from 'vitest';
import { siteFileKey } from '../../src/keys.ts';
import { type Act, historyOf } from './history.ts';
import { search } from './players.ts';
import { type Outcome, play } from './world.ts';

describe('the publish protocol', () => {
  test('leaves what a fresh build would give, whatever befalls its workers', async () => {
    const { runs, wrong, shortest } = await search({ seed: 1, runs: 1000, jobs: 2 }, true);
    expect(wrong, shortest).toBeUndefined();
    expect(runs).toBe(1000);
  }, 240_000);

  test('is searched alike by one thread and by several', async () => {
    const given = { seed: 1, runs: 150, without: 'settled flag' };
    const one = await search({ ...given, jobs: 1 }, false);
    const three = await search({ ...given, jobs: 3 }, false);
    expect(one.wrong).toBeDefined();
    expect(three.wrong).toEqual(one.wrong);
  });

  test('is played alike by the same seed', async () => {
    const seen: Outcome[] = [];
    for (let time = 0; time < 2; time++)
      seen.push(await play({ seed: 77, acts: historyOf(77), traced: true }));
    expect(seen[0]!.trace.length).toBeGreaterThan(50);
    expect(seen[1]!.trace).toEqual(seen[0]!.trace);
  });
});

const settings = 'url: https://b.example\nentries: 3\npermalink: /:slug/\n';
const first: Act = { wait: 0, kind: 'site', key: siteFileKey, text: settings };

interface Post {
  title?: string;
  slug?: string;
  tags?: string[];
  date?: string;
  expiryDate?: string;
  /** The post it links to. */
  to?: string;
}

function write(wait: number, letter: string, { to, ...post }: Post = {}): Act {
  const fields = { layout: 'post', title: letter, slug: letter, date: '2024-01-01', ...post };
  const lines = Object.entries(fields).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  const link = to === undefined ? '' : ` {% link _posts/${to}.md %}`;
  const text = `---\n${lines.join('\n')}\n---\nText.${link}\n`;
  return { wait, kind: 'write', key: `_posts/${letter}.md`, text };
}

function remove(wait: number, letter: string): Act {
  return { wait, kind: 'delete', key: `_posts/${letter}.md` };
}

/** The first seeds of faults with which a history goes wrong, and how. */
async function divergent(acts: Act[], seeds: number): Promise<[number, string[]][]> {
  const found: [number, string[]][] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    const { divergences } = await play({ seed, acts: [first, ...acts] });
    if (divergences.length > 0) found.push([seed, divergences]);
  }
  return found;
}

// Shrunk from histories that went wrong before the protocol was mended, or go wrong without a safeguard.
describe('with any faults all is well in the end when', () => {
  const links = [write(0, 'a'), write(9000, 'b', { to: 'a' })];
  const four = ['a', 'b', 'c', 'd'].map((letter, at) =>
    write(20, letter, { tags: ['x', 'y'], date: `2024-01-0${9 - at}` }),
  );
  test.each<[string, Act[]]>([
    ['one post is published', [write(0, 'a', { tags: ['x'] })]],
    [
      'a post moves while one that links to it is published',
      [...links, write(200, 'a', { slug: 's' })],
    ],
    ['it moves and moves back', [...links, write(200, 'a', { slug: 's' }), write(1500, 'a')]],
    [
      'it moves seconds later, and the other has slept',
      [...links, write(7000, 'a', { slug: 's' })],
    ],
    [
      'an edit is undone while its refresh runs',
      [
        write(0, 'a', { title: 'One' }),
        write(20_000, 'a', { title: 'Two' }),
        write(8000, 'a', { title: 'One' }),
      ],
    ],
    [
      'a post that its feed does not reach leaves it',
      [...four, write(20_000, 'd', { tags: ['x'], date: '2024-01-06' })],
    ],
    [
      'two writes of a post and its deletion are a moment apart',
      [write(0, 'a', { tags: ['x'] }), write(600, 'a', { tags: ['y'] }), remove(20, 'a')],
    ],
    ['a post comes due in ten seconds', [write(0, 'a', { date: '2026-01-01T00:00:10Z' })]],
    [
      'a post expires in ten seconds',
      [write(0, 'a', { tags: ['x'], expiryDate: '2026-01-01T00:00:10Z' })],
    ],
  ])(
    '%s',
    async (_, acts) => {
      expect(await divergent(acts, 25)).toEqual([]);
    },
    60_000,
  );
});
