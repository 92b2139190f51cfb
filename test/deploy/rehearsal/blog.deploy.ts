import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { handle } from '../../../src/keys.ts';
import { post } from '../../blog.ts';
import { readTemplate } from '../template.ts';
import { startHub } from './hub.ts';
import { filesOf, type Publication, publication } from './publication.ts';
import { type Rig, startRig } from './rig.ts';

/**
 * The example blog through the whole life of a deployment: one rig, step after step. After each,
 * every feed must be what a build of the same posts gives.
 */

const folder = inject('packages').plain;
const examples = filesOf(join(import.meta.dirname, '../../../examples/posts'));

let hub: Awaited<ReturnType<typeof startHub>>;
let rig: Rig;
let blog: Publication;
beforeAll(async () => {
  hub = await startHub();
  rig = await startRig({ folder, template: readTemplate(folder), trusted: hub.certificate });
  blog = publication(rig);
});
afterAll(async () => {
  await rig.close();
  await hub.close();
});

const first = '_posts/2025-01-14-a-short-history-of-rss.md';
const edited = (text: string) =>
  String(examples.get(first)).replace('---\n\n', `---\n\n${text}\n\n`);
const ofAPost = (key: string) => `${blog.bucket.state}/entries/${handle(key)}.json`;
/** Failed invocations since this was last called. */
let told = 0;
function failures(): string[] {
  const news = rig.functions.failures.slice(told);
  told += news.length;
  return news;
}

test('a folder of posts synced in becomes the feeds of a build, byte for byte', async () => {
  for (const [key, bytes] of examples) await blog.write(key, bytes);
  await blog.publish();
  expect(await blog.differences()).toEqual([]);
  expect(rig.s3.keys(blog.bucket.feeds).length).toBeGreaterThan(100);
  expect(failures()).toEqual([]);
});

describe('a post', () => {
  test('edited changes its feeds', async () => {
    await blog.write(first, edited('A new beginning.'));
    await blog.publish();
    expect(await blog.feed('feed.rss')).toContain('A new beginning.');
    expect(await blog.differences()).toEqual([]);
  });

  test('with another tag moves from feed to feed', async () => {
    const key = '2026/moved.md';
    await blog.write(key, post({ title: 'Moved', date: '2026-02-03', tags: ['before'] }));
    await blog.publish();
    expect(await blog.feed('tags/before/feed.atom')).toContain('Moved');
    await blog.write(key, post({ title: 'Moved', date: '2026-02-03', tags: ['after'] }));
    await blog.publish();
    expect(await blog.feed('tags/before/feed.atom')).not.toContain('Moved');
    expect(await blog.feed('tags/after/feed.atom')).toContain('Moved');
    expect(await blog.differences()).toEqual([]);
  });

  test('deleted leaves its feeds', async () => {
    await blog.remove('2026/moved.md');
    await blog.publish();
    expect(await blog.feed('tags/after/feed.atom')).not.toContain('Moved');
    expect(await blog.differences()).toEqual([]);
  });

  test('that nobody can read is a problem, and keeps nobody else', async () => {
    await blog.write('2026/poison.md', '---\ntitle: [\n---\nText\n');
    await blog.write('2026/next.md', post({ title: 'Next to it', date: '2026-02-04' }));
    await blog.publish();
    const problems = () =>
      rig.s3.keys(blog.bucket.state).filter((key) => key.startsWith('problems/'));
    expect(problems()).toHaveLength(1);
    expect(await blog.feed('feed.rss')).toContain('Next to it');
    await blog.write('2026/poison.md', post({ title: 'Mended', date: '2026-02-05' }));
    await blog.publish();
    expect(problems()).toEqual([]);
    expect(await blog.differences()).toEqual([]);
    expect(failures()).toEqual([]);
  });
});

describe('a function', () => {
  test('that dies in the middle leaves nothing undone', async () => {
    const killed = rig.atCall(
      ({ caller, action, resource }) =>
        caller.endsWith('ingest') && action === 's3:PutObject' && resource.includes('/index/'),
      (sandbox) => sandbox.kill(),
    );
    await blog.write(
      '2026/killed.md',
      post({ title: 'Killed', date: '2026-02-06', tags: ['cut'] }),
    );
    await blog.publish();
    await killed;
    expect(await blog.feed('tags/cut/feed.rss')).toContain('Killed');
    expect(await blog.differences()).toEqual([]);
    expect(failures()).toEqual(['tidings-prod-ingest: Runtime.ExitError: the process ended']);
  });

  test('that dies between two feeds leaves nothing undone', async () => {
    const killed = rig.atCall(
      ({ caller, action, resource }) =>
        caller.endsWith('refresh') && action === 's3:PutObject' && resource.endsWith('.atom'),
      (sandbox) => sandbox.kill(),
    );
    await blog.write(first, edited('Once more.'));
    await blog.publish();
    await killed;
    expect(await blog.differences()).toEqual([]);
    expect(failures()).toEqual(['tidings-prod-refresh: Runtime.ExitError: the process ended']);
  });

  test('that takes longer than it may is ended, and its work is done by another', async () => {
    const frozen = rig.atCall(
      ({ caller, resource }) =>
        caller.endsWith('ingest') && resource.endsWith(ofAPost('2026/slow.md')),
      (sandbox) => sandbox.freeze(),
    );
    await blog.write('2026/slow.md', post({ title: 'Slow', date: '2026-02-07' }));
    const began = rig.clock.now();
    await blog.publish();
    await frozen;
    expect(await blog.differences()).toEqual([]);
    const timeout = rig.stack.resources['IngestLambdaFunction']!.Properties['Timeout'];
    const says = `tidings-prod-ingest: Sandbox.Timedout: Task timed out after ${timeout}.00 seconds`;
    expect(failures()).toEqual([says]);
    // The message comes back when its visibility ends, and not before.
    const { VisibilityTimeout } = rig.stack.resources['PostsQueue']!.Properties;
    expect(rig.clock.now() - began).toBeGreaterThan(VisibilityTimeout * 1000);
  });
});

test('a queue that delivers everything twice changes nothing', async () => {
  rig.redeliver(1);
  await blog.write('2026/twice.md', post({ title: 'Twice', date: '2026-02-08', tags: ['twice'] }));
  await blog.write(first, edited('Twice.'));
  await blog.remove('2026/killed.md');
  await blog.publish();
  rig.redeliver(0);
  expect(await blog.differences()).toEqual([]);
  expect(failures()).toEqual([]);
});

test('a message that nobody understands ends among the dead letters, alone', async () => {
  const queue = rig.stack.name('PostsQueue', 'Arn');
  await rig.queues.send(queue, 'nonsense');
  await blog.write(first, edited('Beside nonsense.'));
  await blog.publish();
  expect(await blog.differences()).toEqual([]);
  const dead = await rig.queues.held(rig.stack.name('PostsDeadLetters', 'Arn'));
  expect(dead.bodies).toEqual(['nonsense']);
});
