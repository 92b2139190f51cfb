import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { entryKey, handle, lastBuildKey } from '../../src/keys.ts';
import { post } from '../blog.ts';
import { folderWith, put, tidings } from './terminal.ts';

const hour = 3_600_000;
/** A time that files are given, seconds: one that a stamp holds exactly. */
const old = 1_700_000_000;
const site = 'url: https://blog.example\ntitle: The Blog\n';
const three = {
  'tidings.yml': site,
  'one.md': post({ title: 'One', date: '2024-03-01', tags: ['x'] }),
  'two.md': post({ title: 'Two', date: '2024-03-02', tags: ['y'], guid: 'urn:two' }),
  'odd.md': post({ title: 'Odd', date: '2024-03-39', pubDate: '2024-03-03' }),
};

/** How far the clock is ahead: enough that what was just written is old. */
let ahead = 0;
const realNow = Date.now;
beforeEach(() => {
  ahead = 10_000;
  vi.spyOn(Date, 'now').mockImplementation(() => realNow() + ahead);
});
afterEach(() => vi.restoreAllMocks());

/** A blog that is built with a state, and once more, so that every file is sure. */
async function builtBlog(files: Record<string, string> = three) {
  const [posts, out, state] = [folderWith(files), folderWith({}), folderWith({})];
  const build = async (...options: string[]) => {
    // A tick of the disk's clock, so that what is written after a build has another time.
    await sleep(12);
    const built = await tidings('build', posts, '--out', out, '--state', state, ...options);
    await sleep(12);
    return built;
  };
  const first = await build();
  await build();
  return { posts, out, state, build, first };
}

/** Breaks the record of a post in its place: a build that looks at everything fails for it. */
function breakRecord(state: string, key = 'one.md'): void {
  writeFileSync(join(state, entryKey(handle(key))), 'broken');
}

const isKept = (state: string) => existsSync(join(state, lastBuildKey));
const summary = (out: string) => out.replace(/^took .*\n/m, '');
const feed = (out: string, path = 'feed.json') => readFileSync(join(out, path), 'utf8');

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((one) => statSync(join(folder, one)).isFile())
    .sort();
}

const contentOf = (out: string) =>
  Object.fromEntries(filesIn(out).map((one) => [one, feed(out, one)]));

describe('a build after a build', () => {
  test('looks at nothing where nothing changed, and tells the same', async () => {
    const { state, build } = await builtBlog();
    const full = await build();
    breakRecord(state);
    const { status, out, err } = await build();
    expect(status).toBe(0);
    expect(summary(out)).toBe(summary(full.out));
    expect(out).toMatch(/feeds +0 written, 14 unchanged/);
    expect(err).toBe(full.err);
    expect(err).toMatch(/^odd\.md:3: .*2024-03-39/);
    expect((await build('--strict')).status).toBe(1);
  });

  test('publishes the posts that changed, came or went, and then looks at nothing', async () => {
    const { posts, out, state, build } = await builtBlog();
    put(posts, 'two.md', post({ title: 'Two, edited', date: '2024-03-02', tags: ['y'] }));
    put(posts, 'sub/new.md', post({ title: 'New', date: '2024-03-04', tags: ['z'] }));
    rmSync(join(posts, 'one.md'));
    const { out: said } = await build();
    expect(said).toMatch(/posts +3 read: 3 live, .*, 1 gone\n/);
    expect(feed(out, 'tags/y/feed.json')).toContain('Two, edited');
    expect(feed(out, 'tags/z/feed.json')).toContain('New');
    expect(JSON.parse(feed(out, 'tags/x/feed.json')).items).toEqual([]);
    breakRecord(state, 'two.md');
    expect((await build()).status).toBe(0);
  });

  test('looks at no post but those that changed', async () => {
    const { posts, state, build } = await builtBlog({
      ...three,
      // Of pages no feed shows anything.
      'page.md': post({ title: 'Page' }),
    });
    breakRecord(state, 'page.md');
    put(posts, 'two.md', post({ title: 'Two, edited', date: '2024-03-02', tags: ['y'] }));
    expect((await build()).status).toBe(0);
  });

  test.each(['lost', 'altered', 'altered at the old time'])(
    'mends a feed that was %s',
    async (how) => {
      const { out, build } = await builtBlog();
      const path = join(out, 'tags/x/feed.json');
      const text = feed(out, 'tags/x/feed.json');
      utimesSync(path, old, old);
      await build();
      if (how === 'lost') rmSync(path);
      else writeFileSync(path, text.replace('One', 'Two'));
      if (how === 'altered at the old time') utimesSync(path, old, old);
      const { out: said } = await build();
      expect(said).toMatch(/feeds +1 written, 13 unchanged/);
      expect(feed(out, 'tags/x/feed.json')).toBe(text);
    },
  );

  test('misses no feeds of a tag that nobody uses any more', async () => {
    const { posts, out, state, build } = await builtBlog();
    put(posts, 'one.md', post({ title: 'One', date: '2024-03-01' }));
    await build();
    rmSync(join(out, 'tags/x'), { recursive: true });
    const fast = await build();
    rmSync(join(state, lastBuildKey));
    expect(summary((await build()).out)).toBe(summary(fast.out));
  });

  test('sees an edit that keeps size and time', async () => {
    const { posts, out, build } = await builtBlog();
    const path = join(posts, 'one.md');
    utimesSync(path, old, old);
    await build();
    writeFileSync(path, three['one.md'].replace('One', 'Eno'));
    utimesSync(path, old, old);
    await build();
    expect(feed(out)).toContain('Eno');
  });

  test('keeps no stamp of a file that is as young as itself', async () => {
    ahead = 0;
    const { state } = await builtBlog();
    const kept = JSON.parse(readFileSync(join(state, lastBuildKey), 'utf8'));
    for (const [, seen] of [...kept.posts, ...kept.feeds]) expect(seen.stamp).toBeUndefined();
  });

  test('compares the content of what was only touched or copied', async () => {
    const { posts, state, build } = await builtBlog();
    for (const name of Object.keys(three)) utimesSync(join(posts, name), 1, 1);
    breakRecord(state);
    expect((await build()).status).toBe(0);
  });

  test('believes folders that were packed, and unpacked with the posts checked out anew', async () => {
    const { posts, out, state } = await builtBlog();
    breakRecord(state);
    const machine = folderWith({});
    for (const [name, folder] of Object.entries({ out, state })) {
      execFileSync('tar', ['--posix', '-cf', join(machine, `${name}.tar`), '-C', folder, '.']);
      mkdirSync(join(machine, name));
      execFileSync('tar', ['-xf', join(machine, `${name}.tar`), '-C', join(machine, name)]);
    }
    cpSync(posts, join(machine, 'posts'), { recursive: true });
    const places = ['--out', join(machine, 'out'), '--state', join(machine, 'state')];
    const { status, out: said } = await tidings('build', join(machine, 'posts'), ...places);
    expect(status).toBe(0);
    expect(said).toMatch(/feeds +0 written, 14 unchanged/);
  });

  test('publishes what has come due, and what has expired', async () => {
    const soon = new Date(realNow() + hour).toISOString();
    const { out, build } = await builtBlog({
      ...three,
      'soon.md': post({ title: 'Soon', date: soon }),
      'brief.md': post({ title: 'Brief', date: '2024-03-04', expiryDate: soon }),
    });
    expect(feed(out)).toContain('Brief');
    ahead += 2 * hour;
    const { out: said } = await build();
    expect(said).toMatch(/posts +5 read: 4 live, 0 drafts, 0 scheduled, 1 expired/);
    expect(feed(out)).toContain('Soon');
    expect(feed(out)).not.toContain('Brief');
  });

  test('has posts rendered again that link to one which moved', async () => {
    const { posts, out, build } = await builtBlog({
      ...three,
      'ref.md': post({ title: 'Ref', date: '2024-03-05' }, 'To {% link two.md %}.'),
    });
    put(posts, 'two.md', post({ title: 'Two', date: '2024-03-02', permalink: '/moved/' }));
    await build();
    expect(JSON.parse(feed(out)).items[0].content_html).toContain('https://blog.example/moved/');
  });

  test('tells again of ids that two posts have, until they do not', async () => {
    const { posts, build, first } = await builtBlog({
      ...three,
      'twin.md': post({ title: 'Twin', date: '2024-03-05', guid: 'urn:two' }),
    });
    expect(first.err).toMatch(/twin\.md: its id tag:\S+ is also that of two\.md/);
    put(posts, 'one.md', post({ title: 'One, edited', date: '2024-03-01' }));
    expect((await build()).err).toBe(first.err);
    put(posts, 'two.md', post({ title: 'Two', date: '2024-03-02' }));
    expect((await build()).err).not.toContain('also that of');
  });
});

describe('everything is looked at', () => {
  const reasons: Record<string, (folders: Record<'posts' | 'out' | 'state', string>) => void> = {
    'without a record': ({ state }) => rmSync(join(state, lastBuildKey)),
    'where the record is cut short': ({ state }) =>
      writeFileSync(
        join(state, lastBuildKey),
        readFileSync(join(state, lastBuildKey)).subarray(0, 900),
      ),
    'where the record is no record': ({ state }) => writeFileSync(join(state, lastBuildKey), '7'),
    'after another change of the site file': ({ posts }) =>
      put(posts, 'tidings.yml', `${site}entries: 3\n`),
    'without the site file': ({ posts }) => rmSync(join(posts, 'tidings.yml')),
    'where somebody wrote to the state': ({ state }) => put(state, 'entries/other.json', ''),
    'where a row of the directory is lost': ({ state }) => rmSync(join(state, 'terms/tags/x.json')),
  };
  test.each(Object.entries(reasons))('%s', async (_, change) => {
    const blog = await builtBlog();
    breakRecord(blog.state);
    expect((await blog.build()).status).toBe(0);
    change(blog);
    const { status, err } = await blog.build();
    expect(status).toBe(1);
    expect(err).toContain('sync --repair');
    // And again: a build with failures leaves no record.
    expect((await blog.build()).status).toBe(1);
  });

  test.each([
    ['--feeds', () => 'https://feeds.example'],
    ['--site', () => join(folderWith({ 'other.yml': `${site}language: en\n` }), 'other.yml')],
  ])('with another %s', async (option, value) => {
    const { state, build } = await builtBlog();
    breakRecord(state);
    expect((await build(option, value())).status).toBe(1);
  });

  test('after a build that was killed', async () => {
    const many = (title: string) =>
      Array.from({ length: 150 }, (_, n) => [
        `${n}.md`,
        post({ title: `${title} ${n}`, date: `2024-03-0${1 + (n % 9)}`, tags: [`t${n % 40}`] }),
      ]);
    const { posts, out, state, build } = await builtBlog(Object.fromEntries(many('Old')));
    for (const [name, text] of many('New')) put(posts, name!, text!);
    const args = ['src/cli/main.ts', 'build', posts, '--out', out, '--state', state];
    const killed = spawn(process.execPath, args, { stdio: 'ignore' });
    const ended = once(killed, 'exit');
    while (isKept(state)) await sleep(2);
    await sleep(30);
    killed.kill('SIGKILL');
    expect(await ended).toEqual([null, 'SIGKILL']);
    expect(isKept(state)).toBe(false);
    await build();
    const fresh = folderWith({});
    await tidings('build', posts, '--out', fresh);
    expect(contentOf(out)).toEqual(contentOf(fresh));
  });
});

describe('whatever happens between builds', () => {
  const names = ['a.md', 'b.md', 'sub/c.md', 'd.md'];
  const start = Math.ceil(realNow() / hour) * hour;
  const name = fc.constantFrom(...names);
  const matter = fc.record(
    {
      title: fc.constantFrom('One', 'Two'),
      date: fc.constantFrom('2024-03-01', '2024-03-02', '2024-03-39', ...[1, 3, 5].map(inHours)),
      tags: fc.subarray(['x', 'y', 'C++']),
      guid: fc.constantFrom('urn:1', 'urn:2'),
      draft: fc.boolean(),
      expiryDate: fc.constantFrom(...[2, 4].map(inHours)),
      permalink: fc.constantFrom('/p/', '/q/'),
    },
    { requiredKeys: ['title', 'date'] },
  );
  const body = fc.constantFrom('Text.', 'Tixt.', 'To {% link a.md %}.', 'To {% link sub/c.md %}.');
  const step = fc.oneof(
    fc.record({ does: fc.constant('write' as const), name, text: fc.tuple(matter, body) }),
    fc.record({ does: fc.constant('write' as const), name, text: fc.tuple(matter, body) }),
    fc.record({ does: fc.constantFrom('touch', 'keep time', 'remove'), name }),
    fc.record({ does: fc.constantFrom('lose', 'alter', 'alter, keep time'), nth: fc.nat(99) }),
    fc.record({ does: fc.constantFrom('wait', 'wait', 'settings', 'nothing') }),
  );
  const first = post({ title: 'One', date: '2024-03-01', tags: ['x'] }, 'Text.');
  type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

  function inHours(count: number): string {
    return new Date(start + count * hour).toISOString();
  }

  /** Does a step to the posts, and to each of the feeds. */
  function take(one: Step, posts: string, outs: string[]): void {
    if ('text' in one) {
      put(posts, one.name, post(...one.text));
      utimesSync(join(posts, one.name), old, old);
    } else if ('name' in one) change(join(posts, one.name), one.does);
    else if ('nth' in one) {
      for (const out of outs) {
        const files = filesIn(out);
        if (files.length > 0) change(join(out, files[one.nth % files.length]!), one.does);
      }
    } else if (one.does === 'wait') ahead += hour;
    else if (one.does === 'settings')
      put(posts, 'tidings.yml', `${site}rights: '${realNow() % 7}'\n`);
  }

  function change(path: string, how: string): void {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) return;
    const text = readFileSync(path, 'utf8');
    if (how === 'touch') utimesSync(path, realNow() / 1000, realNow() / 1000);
    else if (how === 'remove' || how === 'lose') rmSync(path);
    else
      writeFileSync(
        path,
        text.replace(/T.xt/, (at) => (at === 'Text' ? 'Taxt' : 'Text')),
      );
    if (how === 'alter') writeFileSync(path, `${text} `);
    if (how.endsWith('keep time')) utimesSync(path, found.atime, found.mtime);
  }

  test.each([
    ['files are old when they are looked at', 10_000],
    ['files are as young as the record', 0],
  ])(
    'feeds and summary are those of a build that looks at everything: %s',
    async (_, lead) => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 14 }), async (steps) => {
          ahead = lead;
          const known = Object.fromEntries(names.map((one) => [one, first]));
          const posts = folderWith({ 'tidings.yml': site, ...known });
          for (const one of names) utimesSync(join(posts, one), old, old);
          const [out, state, fullOut, fullState] = [1, 2, 3, 4].map(() => folderWith({}));
          for (const one of [{ does: 'nothing' }, { does: 'nothing' }, ...steps] as Step[]) {
            take(one, posts, [out!, fullOut!]);
            await sleep(12);
            const fast = await tidings('build', posts, '--out', out!, '--state', state!);
            rmSync(join(fullState!, lastBuildKey), { force: true });
            const full = await tidings('build', posts, '--out', fullOut!, '--state', fullState!);
            expect(summary(fast.out).replace(out!, '')).toBe(
              summary(full.out).replace(fullOut!, ''),
            );
            expect(fast.err).toBe(full.err);
            expect(contentOf(out!)).toEqual(contentOf(fullOut!));
            await sleep(12);
          }
        }),
        { numRuns: 6 },
      );
    },
    60_000,
  );
});
