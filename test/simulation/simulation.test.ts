import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { siteFileKey } from '../../src/keys.ts';
import { type Act, historyOf } from './history.ts';
import { simulate } from './simulate.ts';
import { type Outcome, play } from './world.ts';

const settings = 'url: https://b.example\nentries: 3\npermalink: /:slug/\n';
const first: Act = { wait: 0, kind: 'site', key: siteFileKey, text: settings };

function write(wait: number, letter: string, slug: string, to?: string): Act {
  const link = to === undefined ? '' : ` {% link _posts/${to}.md %}`;
  const text = `---\nlayout: post\ntitle: ${letter}\nslug: ${slug}\ndate: 2024-01-01\n---\nText.${link}\n`;
  return { wait, kind: 'write', key: `_posts/${letter}.md`, text };
}

async function divergent(acts: Act[], seeds: number): Promise<[number, string[]][]> {
  const found: [number, string[]][] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    const { divergences } = await play({ seed, acts });
    if (divergences.length > 0) found.push([seed, divergences]);
  }
  return found;
}

describe('the publish protocol', () => {
  test('leaves what a fresh build would give, whatever befalls its workers', async () => {
    const lines: string[] = [];
    const isRight = await simulate({ runs: 200, seed: 1, print: (line) => lines.push(line) });
    expect(isRight, lines.join('\n')).toBe(true);
  }, 60_000);

  test('is played alike by the same seed', async () => {
    const seen: Outcome[] = [];
    for (let time = 0; time < 2; time++)
      seen.push(await play({ seed: 77, acts: historyOf(77), traced: true }));
    expect(seen[0]!.trace.length).toBeGreaterThan(50);
    expect(seen[1]!.trace).toEqual(seen[0]!.trace);
  });
});

// Shrunk histories that went wrong before the protocol was mended.
describe('a history that once went wrong', () => {
  test.each([200, 1000])(
    'a post moves while another that links to it is published (%i ms)',
    async (wait) => {
      const acts = [first, write(0, 'a', 's'), write(9000, 'b', 's', 'a'), write(wait, 'a', 't')];
      expect(await divergent(acts, 40)).toEqual([]);
    },
  );

  test.each([200, 1000])('and moves back (%i ms)', async (wait) => {
    const moved = [first, write(0, 'a', 's'), write(9000, 'b', 's', 'a'), write(wait, 'a', 't')];
    expect(await divergent([...moved, write(1500, 'a', 's')], 40)).toEqual([]);
  });
});

describe('without', () => {
  // Found within four hundred histories; `npm run simulate -- --safeguards` shows all of them needed.
  test.each([
    'conditional write of the entry',
    'version in entry and marker',
    'settled flag',
    'due check',
    'asking for lost selections',
    'markers before the request',
    'delay longer than the window',
    'a row that says whether the directory was told',
    'schedule after the due time by more than clocks differ',
  ])('%s a history goes wrong', (safeguard) => {
    const script = fileURLToPath(new URL('../../scripts/simulate.ts', import.meta.url));
    const given = ['--runs', '400', '--brief', '--without', safeguard];
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...given]);
    expect(`${stdout}`, `${stderr}`).toMatch(/^seed \d+ diverges/);
    expect(status).toBe(1);
  });
});
