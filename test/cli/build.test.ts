import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { failuresText, problemsText } from '../../src/cli/summary.ts';
import { post } from '../blog.ts';
import { asNobody, commandLine, folderWith, put, tidings } from './terminal.ts';

const site = 'url: https://blog.example\ntitle: The Blog\n';
const three = {
  'tidings.yml': site,
  'one.md': post({ title: 'One', date: '2024-03-01', tags: ['x'] }),
  'two.md': post({ title: 'Two', date: '2024-03-02', draft: true }),
  'about.md': post({ title: 'About' }),
};
const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort();

describe('tidings build', () => {
  test('writes the feeds as files and ends with a summary', async () => {
    const posts = folderWith(three);
    const out = join(folderWith({}), 'public');
    const { status, out: said, err } = await tidings('build', posts, '--out', out);
    expect(status).toBe(0);
    expect(err).toBe('');
    expect(said).toMatch(/^The Blog · https:\/\/blog\.example\n/);
    expect(said).toMatch(
      /posts +3 read: 1 live, 1 draft, 0 scheduled, 0 expired, 1 page, 0 unread\n/,
    );
    expect(said).toMatch(/problems +none\n/);
    expect(said).toMatch(/feeds +10 written, 0 unchanged, in /);
    expect(said).toMatch(/took +\d+\.\d\d s, at most \d+ MB of memory\n$/);
    expect(filesIn(out)).toEqual([
      'feed.atom',
      'feed.json',
      'feed.rss',
      'feeds.json',
      'feeds.opml',
      'index.html',
      'tags/x/feed.atom',
      'tags/x/feed.json',
      'tags/x/feed.rss',
      'tags/x/index.html',
    ]);
  });

  test('writes nothing where nothing changed', async () => {
    const posts = folderWith(three);
    const out = folderWith({});
    await tidings('build', posts, '--out', out);
    const times = () => filesIn(out).map((name) => statSync(join(out, name)).mtimeMs);
    const before = times();
    const { out: said } = await tidings('build', posts, '--out', out);
    expect(said).toMatch(/feeds +0 written, 10 unchanged/);
    expect(times()).toEqual(before);
  });

  test('with --state remembers what was built, and empties the feed of a tag that went away', async () => {
    const posts = folderWith(three);
    const [out, state] = [folderWith({}), folderWith({})];
    await tidings('build', posts, '--out', out, '--state', state);
    put(posts, 'one.md', post({ title: 'One', date: '2024-03-01', tags: ['y'] }));
    const { out: said } = await tidings('build', posts, '--out', out, '--state', state);
    // Of the site, x and y, and the directory.
    expect(said).toMatch(/feeds +14 written, 0 unchanged/);
    expect(JSON.parse(readFileSync(join(out, 'tags/x/feed.json'), 'utf8')).items).toEqual([]);
    expect(readFileSync(join(out, 'feeds.opml'), 'utf8')).not.toContain('/tags/x/');
  });

  test('without --state empties such a feed too, for it sees the file', async () => {
    const posts = folderWith(three);
    const out = folderWith({});
    await tidings('build', posts, '--out', out);
    put(posts, 'one.md', post({ title: 'One', date: '2024-03-01' }));
    await tidings('build', posts, '--out', out);
    expect(JSON.parse(readFileSync(join(out, 'tags/x/feed.json'), 'utf8')).items).toEqual([]);
  });

  test('lists each problem with file, line, cause and remedy, and fails for it only with --strict', async () => {
    const posts = folderWith({
      ...three,
      'bad.md': '---\ntitle: "Bad\ndate: 2024-01-01\n---\nText\n',
      'odd.md': '---\ntitle: Odd\ndate: 2024-03-39\npubDate: 2024-03-03\n---\nText\n',
    });
    const lax = await tidings('build', posts, '--out', folderWith({}));
    expect(lax.status).toBe(0);
    expect(lax.out).toMatch(/problems +2 problems\n/);
    expect(lax.out).toMatch(/1 unread\n/);
    expect(lax.err).toMatch(/^bad\.md:\d+: .+\n {4}.+\nodd\.md:3: .*2024-03-39.*\n {4}.+\n$/);
    expect((await tidings('build', posts, '--out', folderWith({}), '--strict')).status).toBe(1);
  });

  test('without a site file works, and says what to set', async () => {
    const posts = folderWith({ 'a.md': post({ title: 'A', date: '2024-03-01' }) });
    const { status, out } = await tidings('build', posts, '--out', folderWith({}));
    expect(status).toBe(0);
    expect(out).toMatch(/no site file .*https:\/\/example\.com.*tidings init/);
  });

  test('takes its output for no posts, also where it lies among them', async () => {
    const posts = folderWith(three);
    const out = join(posts, 'public');
    await tidings('build', posts, '--out', out);
    const { out: said } = await tidings('build', posts, '--out', out);
    expect(said).toMatch(/posts +3 read/);
  });

  test.each([
    [['build', '--out', 'x'], /posts/],
    [['build', '/nowhere', '--out', '/tmp/none'], /no such folder/],
    [['build', '.'], /--out/],
    [['bild', '.'], /build/],
    [['build', '.', '--out', 'x', '--colour'], /--colour/],
    [['build', 'package.json', '--out', 'x'], /is a file/],
    [['build', '.', '--out', 'x', '--site', 'none.yml'], /none\.yml/],
    [['build', '.', '--out', 'x', '--state', 'x/state'], /readers can see/],
    [['serve', '.', '--port', 'eighty'], /port/],
  ])('%j is refused with status 2 and a reason', async (args, reason) => {
    const { status, err } = await tidings(...args);
    expect(status).toBe(2);
    expect(err).toMatch(reason);
  });

  test('an invalid site file is refused with status 2, the key and what is allowed', async () => {
    const posts = folderWith({ ...three, 'tidings.yml': `${site}entires: 20\ncontent: all\n` });
    const { status, err } = await tidings('build', posts, '--out', folderWith({}));
    expect(status).toBe(2);
    expect(err).toMatch(/tidings\.yml/);
    expect(err).toMatch(/entires.*entries/);
    expect(err).toMatch(/content.*full.*summary/);
  });

  test('a problem that many posts share is told once, with every place, or a few at a terminal', () => {
    const cause = { cause: 'Liquid failed', remedy: 'Mend it.' };
    const shared = Array.from({ length: 6 }, (_, n) => ({ key: `${n}.md`, line: 5, ...cause }));
    const all = problemsText(shared);
    for (const { key } of shared) expect(all).toContain(`${key}:5`);
    expect(all.match(/Liquid failed/g)).toHaveLength(1);
    const brief = problemsText(shared, true);
    expect(brief.match(/\.md:5/g)).toHaveLength(4);
    expect(brief).toContain('2 more');
  });

  test('of many files that could not be written a terminal gets the first few', () => {
    const failures = Array.from({ length: 6 }, (_, n) => ({
      what: `tags/t${n}`,
      error: new Error('the disk is full'),
    }));
    expect(failuresText(failures).match(/the disk is full/g)).toHaveLength(6);
    const brief = failuresText(failures, true);
    expect(brief.match(/the disk is full/g)).toHaveLength(4);
    expect(brief).toContain('and 2 more');
  });

  test('two builds in different time zones and of different file order are the same', () => {
    const posts = Object.fromEntries(
      Array.from({ length: 9 }, (_, n) => [
        `${n}.md`,
        post({
          title: `Post ${n}`,
          date: `2024-03-0${1 + (n % 3)} 0${n}:00`,
          tags: [`T${n % 2}`, 'all'],
        }),
      ]),
    );
    const built = (zone: string, names: string[]) => {
      const folder = folderWith({ 'tidings.yml': site });
      for (const name of names) put(folder, name, posts[name]!);
      const out = folderWith({});
      execFileSync(process.execPath, ['src/cli/main.ts', 'build', folder, '--out', out], {
        env: { ...process.env, TZ: zone, LANG: 'tr_TR.UTF-8' },
      });
      return Object.fromEntries(
        filesIn(out).map((name) => [name, readFileSync(join(out, name), 'utf8')]),
      );
    };
    const names = Object.keys(posts);
    expect(built('Asia/Kathmandu', names)).toEqual(built('America/Caracas', names.toReversed()));
  });

  test('a folder that cannot be written is an error that names it, and nothing is half-written', () => {
    const posts = folderWith(three);
    const out = folderWith({ tags: 'a file where a folder must be' });
    const run = spawnSync(process.execPath, ['src/cli/main.ts', 'build', posts, '--out', out], {
      encoding: 'utf8',
    });
    expect(run.status).toBe(1);
    expect(run.stderr).toContain(join(out, 'tags/x'));
    expect(run.stderr).not.toMatch(/^\s+at /m);
    expect(filesIn(out).filter((name) => name.includes('.tidings-'))).toEqual([]);
    expect(readFileSync(join(out, 'feed.rss'), 'utf8')).toMatch(/<\/rss>\s*$/);
  });

  test('a post of 5 GB is a problem and is not read', async () => {
    const folder = folderWith({ ...three, 'large.md': '' });
    truncateSync(join(folder, 'large.md'), 5 * 2 ** 30);
    const { status, out, err } = await tidings('build', folder, '--out', folderWith({}));
    expect(err).toMatch(/^large\.md: the file has 5120 MB.*\n {4}Move pictures and data out/m);
    expect([status, out]).toEqual([0, expect.stringMatching(/1 live.* 1 unread/)]);
    const explained = await tidings('explain', join(folder, 'large.md'));
    expect([explained.status, explained.err]).toEqual([1, expect.stringContaining('5120 MB')]);
  });

  test('a file or folder whose name no post can have is a problem that names it', async () => {
    const folder = folderWith(three);
    put(folder, 'tab\there.md', 'x');
    put(folder, 'tab\there.png', 'x');
    put(folder, 'back\\slash/a.png', 'x');
    put(folder, 'back\\slash-posts/a.md', 'x');
    writeFileSync(Buffer.from(`${folder}/caf\xe9.md`, 'latin1'), 'x');
    mkdirSync(Buffer.from(`${folder}/\xe9t\xe9`, 'latin1'));
    put(folder, 'it is \ufffd.md', post({ title: 'Sign', date: '2024-03-09' }));
    const [out, state] = [folderWith({}), folderWith({})];
    // Also where nothing has changed since the last build.
    for (const nth of [1, 2]) {
      const args = ['build', folder, '--out', out, '--state', state, '--strict'];
      const { status, out: said, err } = await tidings(...args);
      expect([nth, status]).toEqual([nth, 1]);
      expect(err).toMatch(/^"\S+": it is left out, for its name is not UTF-8.*\n {4}Rename it\.$/m);
      expect(err).toContain('"caf\ufffd.md"');
      expect(err).toContain('"tab\\there.md"');
      expect(err).toContain('"\ufffdt\ufffd/"');
      expect(err).toContain('"back\\\\slash-posts/"');
      expect(err).not.toMatch(/png|slash\//);
      expect(said).toContain('0 unread\n');
    }
    expect(readFileSync(join(out, 'feed.rss'), 'utf8')).toContain('<title>Sign</title>');
  });

  test('a post that cannot be read is an error that names it, and the others are published', async ({
    skip,
  }) => {
    const nobody = asNobody();
    if (!nobody) return skip();
    const posts = folderWith(three);
    put(posts, 'locked.md', 'x');
    chmodSync(join(posts, 'locked.md'), 0);
    const out = folderWith({});
    chmodSync(posts, 0o755);
    chmodSync(out, 0o777);
    const run = spawnSync(process.execPath, [commandLine, 'build', posts, '--out', out], {
      encoding: 'utf8',
      ...nobody,
    });
    expect(run.stderr).toContain('locked.md');
    expect(run.status).toBe(1);
    expect(filesIn(out)).toContain('tags/x/feed.rss');
  });
});
