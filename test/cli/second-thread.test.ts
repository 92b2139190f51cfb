import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, type TestContext, test } from 'vitest';
import { secondThread } from '../../src/cli/second-thread.ts';
import { readSource } from '../../src/post/front-matter.ts';
import { finishPost, type Outline, outlinePost } from '../../src/post/parse.ts';
import { buildAtOnce, type Finisher } from '../../src/publish/at-once.ts';
import { readSite } from '../../src/site.ts';
import { MemoryStore } from '../../src/store/memory.ts';
import { listAll } from '../../src/store/store.ts';
import { post, testBlog } from '../blog.ts';

const many = 220;
const settings =
  'url: https://blog.example\nentries: 3\npodcast: { author: Ann, category: Arts }\nlimits: { size: 8 }';
const site = readSite(settings);

const bodies = [
  '# A heading\n\nText with ![a picture](a.png), **emphasis** and ©.\n\n<!--more-->\n\nMore.',
  '<audio src="a.mp3"></audio>',
  'A note[^1]\n\n[^1]: below.',
  `${'> '.repeat(120)}deep`,
  '{% post_url 2024-03-01-p1 %}',
  // Refused: it becomes too long.
  `${'[a]\n'.repeat(100)}\n[a]: /${'long/'.repeat(1000)}`,
];

function outlineOf(text: string): Outline {
  const source = readSource('a.md', Buffer.from(post({ date: '2024-03-09' }, text)));
  const outline = outlinePost(source, site);
  if ('page' in outline) throw new Error('a page');
  return outline;
}

function requireTwo({ skip }: TestContext): void {
  skip(availableParallelism() < 2, 'a machine of one processor does without the thread');
}

function thread(code?: URL): Finisher {
  const other = secondThread(many, site, code) ?? expect.fail('no thread');
  onTestFinished(() => other.end());
  return other;
}

test('a build writes and tells the same with it as without', async (context) => {
  requireTwo(context);
  const blog = testBlog(settings);
  for (let n = 0; n < many; n++) {
    const tags = [`t${n % 71}`, `u${n % 3}`];
    const matter = {
      title: `Post ${n}`,
      date: `2024-03-${(n % 28) + 1}`,
      duration: '3:20',
      tags,
    };
    await blog.write(`${n}.md`, post(matter, bodies[n % bodies.length]));
  }
  const built = async (finisher?: typeof secondThread) => {
    const feeds = new MemoryStore(() => 0);
    const { posts, site: inForce, now } = blog.pipeline;
    const run = await buildAtOnce(
      { posts, feeds, site: inForce, now },
      finisher ? { finisher } : {},
    );
    const texts = new Map<string, string>();
    for await (const { key } of listAll(feeds, ''))
      texts.set(key, Buffer.from((await feeds.get(key)).body).toString());
    return { run, texts };
  };
  let asked = 0;
  const counted: typeof secondThread = (posts, settled) => {
    const other = secondThread(posts, settled);
    const finish: Finisher['finish'] = (outline) => {
      asked++;
      return other!.finish(outline);
    };
    return other && { ...other, finish };
  };
  const alone = await built();
  expect(await built(counted)).toEqual(alone);
  expect(asked).toBeGreaterThan(100);
  const failing: typeof secondThread = () => ({
    expect: () => {},
    finish: () => Promise.reject(new Error('it has died')),
    end: () => {},
  });
  expect(await built(failing)).toEqual(alone);
  const unread = [...alone.run.posts.values()].filter(({ status }) => status === 'unread');
  expect(unread.length).toBeGreaterThan(10);
});

test('too few posts are not worth it', () => {
  expect(secondThread(199, site)).toBe(undefined);
});

test('what it fails at is told, and the others are rendered', async (context) => {
  requireTwo(context);
  const other = thread();
  const outline = outlineOf('Some *text*.');
  const broken = { ...outline, template: { ...outline.template, text: 7 as never } };
  const unwritable = { ...outline, entry: { ...outline.entry, title: 7 as never } };
  other.expect(outline);
  await expect(other.finish(broken)).rejects.toThrow('TypeError');
  await expect(other.finish(unwritable)).rejects.toThrow('TypeError');
  const { entry, ...rest } = finishPost(outline, site);
  expect(await other.finish(outline)).toEqual({ ...rest, entry: { ...entry, content: '' } });
});

test('if it ends, so does all that was asked of it', async (context) => {
  requireTwo(context);
  const dying =
    "import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => { throw new Error('no memory'); });";
  const other = thread(new URL(`data:text/javascript,${encodeURIComponent(dying)}`));
  const outline = outlineOf('Some *text*.');
  await expect(other.finish(outline)).rejects.toThrow('no memory');
  await expect(other.finish(outlineOf('Another.'))).rejects.toThrow('no memory');
});

describe('a command that builds ends, and no sooner than all is written', () => {
  const note = 'Note[^1].\n\n[^1]: below';
  const dated = (at: number) => new Date(Date.UTC(2024, 0, 1 + at)).toISOString().slice(0, 10);
  test.each<[string, (at: number) => [name: string, text: string], string[]]>([
    ['of drafts alone', (at) => [`${at}`, post({ date: dated(at), draft: true })], []],
    ['of pages alone', (at) => [`${at}`, post({ layout: 'page' })], []],
    [
      'of which the twentieth is rendered at once, and takes the place of the one after',
      (at) => [dated(at), post({ date: dated(at) }, at === many - 20 ? note : 'Hi *there*.')],
      [],
    ],
    [
      'whose names run against its dates',
      (at) => [dated(many - at), post({ date: dated(at) })],
      [],
    ],
    [
      'where no thread can be started',
      (at) => [dated(at), post({ date: dated(at) })],
      ['--permission', '--allow-fs-read=*', '--allow-fs-write=*'],
    ],
  ])('a blog %s', (_, made, flags) => {
    const folder = mkdtempSync(join(tmpdir(), 'tidings-thread-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    for (let at = 0; at < many; at++) {
      const [name, text] = made(at);
      writeFileSync(join(folder, `${name}.md`), text);
    }
    const args = [...flags, 'src/cli/main.ts', 'build', folder, '--out', join(folder, '_site')];
    const { status, stderr } = spawnSync(process.execPath, args, {
      encoding: 'utf8',
      timeout: 15_000,
    });
    expect({ status, stderr: flags.length === 0 ? stderr : '' }).toEqual({ status: 0, stderr: '' });
    expect(existsSync(join(folder, '_site', 'index.html'))).toBe(true);
  });
});
