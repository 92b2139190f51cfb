import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
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
/** A post of a time so many milliseconds from now. */
const later = (title: string, milliseconds: number) =>
  post({ title, date: new Date(Date.now() + milliseconds).toISOString() });
/** The site file with another title. */
async function retitled(title: string): Promise<string> {
  const file = await rig.s3.read(blog.bucket.posts, 'tidings.yml');
  return String(file!.body).replace(/^title:.*$/m, `title: ${title}`);
}
const ofAPost = (key: string) => `${blog.bucket.state}/entries/${handle(key)}.json`;
/** Failed invocations since this was last called. */
let told = 0;
function failures(): string[] {
  const news = rig.functions.failures.slice(told);
  told += news.length;
  return news;
}

test('a post has its feeds before there is a site file', async () => {
  await blog.write(first, examples.get(first)!);
  await rig.settle();
  await blog.publish();
  expect(await blog.differences()).toEqual([]);
});

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

  test('that dies before it has settled a post leaves that to others', async () => {
    let puts = 0;
    const killed = rig.atCall(
      ({ caller, action, resource }) =>
        caller.endsWith('ingest') &&
        action === 's3:PutObject' &&
        resource.endsWith(ofAPost('2026/unsettled.md')) &&
        ++puts === 2,
      (sandbox) => sandbox.kill(),
    );
    await blog.write('2026/unsettled.md', post({ title: 'Unsettled', date: '2026-02-09' }));
    await blog.publish();
    await killed;
    expect(await blog.differences()).toEqual([]);
    expect(failures()).toEqual(['tidings-prod-ingest: Runtime.ExitError: the process ended']);
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

describe('a service that refuses for a moment', () => {
  test.each([
    ['refresh', 's3:PutObject'],
    ['ingest', 'sqs:SendMessage'],
    ['announce', 'cloudfront:CreateInvalidation'],
  ])('stops %s by %s until it is there again', async (name, action) => {
    rig.refuse((call) => call.caller.endsWith(name) && call.action === action, 2);
    await blog.write(first, edited(`After ${name} was refused.`));
    await rig.settle();
    await blog.publish();
    expect(await blog.differences()).toEqual([]);
    expect(rig.functions.lines(`tidings-prod-${name}`).join('\n')).toContain('"ERROR"');
  });
});

describe('the site file', () => {
  const settings = String(examples.get('tidings.yml'));

  test('changed changes every feed', async () => {
    const rules = ['legacy: [wordpress]', 'entries: 5', 'gone: [/old.rss, /tags/opml/feed.rss]'];
    const changed = [settings.replace('The Quiet Wire', 'The Loud Wire'), ...rules].join('\n');
    await blog.write('tidings.yml', `${changed}\nhubs: ["${hub.address}"]\n`);
    await blog.publish();
    expect(await blog.feed('feed.rss')).toContain('The Loud Wire');
    expect(await blog.feed('tags/opml/feed.rss')).toBeUndefined();
    expect(await blog.differences()).toEqual([]);
  });

  test.each(['titel: misspelt\n', undefined])(
    'that is no good (%j) leaves the last',
    async (text) => {
      const { posts, state } = blog.bucket;
      const good = await rig.s3.read(posts, 'tidings.yml');
      if (text === undefined) await rig.s3.remove(posts, 'tidings.yml');
      else await rig.s3.put(posts, 'tidings.yml', text);
      await blog.write(first, edited(`Beside ${text}.`));
      await blog.publish();
      expect(await blog.differences()).toEqual([]);
      expect(rig.s3.keys(state)).toContain('site/problem.json');
      await blog.write('tidings.yml', good!.body);
      await blog.publish();
      expect(rig.s3.keys(state)).not.toContain('site/problem.json');
      expect(await blog.differences()).toEqual([]);
    },
  );
});

describe('a post for later', () => {
  const day = 24 * 3600 * 1000;

  test('today waits in the queue', async () => {
    await blog.write('2026/soon.md', later('Soon', 600_000));
    const began = rig.clock.now();
    await blog.publish();
    expect(rig.clock.now() - began).toBeGreaterThan(600_000);
    expect(await blog.feed('feed.rss')).toContain('Soon');
    expect(await blog.differences()).toEqual([]);
  });

  test('tomorrow is scheduled', async () => {
    await blog.write('2026/later.md', later('Later', day));
    await blog.publish();
    expect(await blog.feed('feed.rss')).not.toContain('Later');
    const schedule = rig.scheduler
      .all()
      .find(({ name }) => name.startsWith(handle('2026/later.md')));
    await rig.windTo(schedule!.at!);
    await blog.publish();
    expect(await blog.feed('feed.rss')).toContain('Later');
    expect(rig.scheduler.all()).not.toContain(schedule);
    expect(await blog.differences()).toEqual([]);
  });
});

describe('readers', () => {
  const asked = (path: string, headers: Record<string, string> = {}) => rig.get(path, headers);
  const address = () => rig.stack.outputs['FeedsAddress']!.replace(/\/$/, '');

  test('get what the bucket has, compressed where they take it', async () => {
    const rss = await asked('/tags/rss/feed.rss');
    expect(rss).toMatchObject({ status: 200, from: 'bucket' });
    expect(rss.body.toString()).toBe(await blog.feed('tags/rss/feed.rss'));
    const atom = await asked('/feed.atom', { 'accept-encoding': 'gzip' });
    expect(atom.headers).toMatchObject({
      'content-type': 'application/atom+xml; charset=utf-8',
      'content-encoding': 'gzip',
    });
    expect(gunzipSync(atom.body).toString()).toBe(await blog.feed('feed.atom'));
    expect(await asked('/tags/rss/')).toMatchObject({ status: 200, from: 'bucket' });
  });

  test('with a browser are led to the page', async () => {
    const navigation = await asked('/tags/rss/feed.rss', { 'sec-fetch-dest': 'document' });
    expect(navigation).toMatchObject({ status: 302, from: 'edge', headers: { location: './' } });
  });

  test.each([
    ['/tag/rss/feed/atom/', '/tags/rss/feed.atom'],
    ['/?feed=atom', '/feed.atom'],
    ['/mix/tags:rss+tags:atom/feed.rss', '/mix/tags:atom+tags:rss/feed.rss'],
  ])('of %s are sent on to %s', async (path, location) => {
    const answer = await asked(path);
    expect(answer).toMatchObject({ status: 301, from: 'function' });
    expect(answer.headers['location']).toBe(location);
  });

  test('get a mix, and older entries', async () => {
    const mix = await asked('/mix/tags:atom,tags:rss/feed.atom');
    expect(mix).toMatchObject({ status: 200, from: 'function' });
    expect(mix.body.toString()).toContain(`${address()}/mix/tags:atom,tags:rss/feed.atom`);
    const next = /rel="next" href="([^"]+)"|href="([^"]+)" rel="next"/.exec(
      (await blog.feed('feed.atom'))!,
    )!;
    const older = await asked(new URL((next[1] ?? next[2])!).pathname);
    expect(older).toMatchObject({ status: 200, from: 'function' });
    expect(older.body.toString()).toContain('<entry>');
  });

  test('are told what is gone, and what never was', async () => {
    expect(await asked('/old.rss')).toMatchObject({ status: 410, from: 'function' });
    const near = await asked('/tags/rsss/feed.rss');
    expect(near).toMatchObject({ status: 404, from: 'function' });
    expect(near.body.toString()).toContain('/tags/rss/feed.rss');
  });

  test('of a feed that is lost get it nevertheless, and it is written anew', async () => {
    const changed = await retitled('The Loudest Wire');
    await rig.unheard(async () => {
      await rig.s3.remove(blog.bucket.feeds, 'tags/rss/feed.rss');
      await rig.s3.put(blog.bucket.posts, 'tidings.yml', changed);
    });
    expect(await asked('/tags/rss/feed.rss')).toMatchObject({ status: 200, from: 'function' });
    await blog.publish();
    expect(await blog.feed('tags/rss/feed.rss')).toContain('The Loudest Wire');
    await blog.write('tidings.yml', changed);
    await blog.publish();
    expect(await blog.differences()).toEqual([]);
  });

  test('meet no failure', () => expect(failures()).toEqual([]));
});

describe('announcing', () => {
  const written = () => rig.functions.lines('tidings-prod-announce').join('\n');

  test('renews the CDN’s copies, then tells the hub what changed', async () => {
    await rig.settle();
    hub.pings.length = 0;
    const before = rig.invalidations.all.length;
    rig.invalidations.slow(true);
    await blog.write('2026/news.md', later('News', -1000));
    await rig.settle();
    rig.invalidations.slow(false);
    const [invalidation, ...others] = rig.invalidations.all.slice(before);
    expect(others).toEqual([]);
    expect(invalidation).toMatchObject({ paths: ['/*'], distribution: 'E1EXAMPLE' });
    const topics = hub.pings.map(({ topic }) => topic);
    expect(topics).toContain(`${rig.stack.outputs['FeedsAddress']}feed.rss`);
    expect(new Set(topics).size).toBe(topics.length);
    for (const { at } of hub.pings) expect(at).toBeGreaterThanOrEqual(invalidation!.completed!);
    expect(written()).not.toContain('gave up');
  });

  test('hurts no feed and no other hub where a hub hangs or answers 500; a metric counts it', async () => {
    hub.pings.length = 0;
    const good = (await rig.s3.read(blog.bucket.posts, 'tidings.yml'))!.body;
    const hubs = ['', 'hangs', 'fails'].map((path) => `"${hub.address}${path}"`).join(', ');
    await blog.write('tidings.yml', String(good).replace(/^hubs:.*$/m, `hubs: [${hubs}]`));
    await blog.publish();
    expect(await blog.feed('feed.rss')).toContain(`${hub.address}hangs`);
    expect(await blog.differences()).toEqual([]);
    await rig.settle();
    const topics = hub.pings.map(({ topic }) => topic);
    expect(topics.length).toBeGreaterThan(50);
    expect(new Set(topics).size).toBe(topics.length);
    // Eight topics are in work at once, each is tried three times.
    expect(hub.tries).toEqual({ '/fails': expect.any(Number), '/hangs': 8 * 3 });
    expect(hub.tries['/fails']).toBeLessThanOrEqual(8 * 3);
    const counted = /"HubsGivenUp":(\[1,1\]|2)/;
    expect(written()).toMatch(counted);
    expect(written()).toMatch(/gave up a hub.*hangs.*no answer within 10000 ms/);
    expect(written()).toMatch(/gave up a hub.*fails.*it answers 500/);
    expect(failures()).toEqual([]);
    await blog.write('tidings.yml', good);
    await blog.publish();
    await rig.settle();
    expect(await blog.differences()).toEqual([]);
  }, 120_000);
});

describe('the index', () => {
  /** A marker of the first version of a post that has had many, put by a publisher that slept. */
  async function putLate(key: string): Promise<string> {
    const { state } = blog.bucket;
    const marker = rig.s3
      .keys(state)
      .find((one) => one.startsWith('index/') && one.includes(handle(key)))!;
    const late = marker.replace(/\d+$/, '1');
    await rig.s3.put(state, late, '');
    return late;
  }

  test('is rid of late markers by the refresh that meets them', async () => {
    let late = '';
    const key = '2026/late.md';
    for (const title of ['Once', 'Twice', 'Thrice']) {
      await blog.write(key, post({ title, date: '2026-02-10', categories: ['late'] }));
      if (title === 'Thrice') late = await putLate(key);
      await blog.publish();
    }
    expect(rig.s3.keys(blog.bucket.state)).not.toContain(late);
    expect(await blog.differences()).toEqual([]);
  });

  test('hears once a week of all that events have missed', async () => {
    await rig.unheard(async () => {
      await blog.write('2026/unheard.md', later('Unheard', -1000));
      await blog.write(first, edited('Nobody was told.'));
      await blog.remove('2026/news.md');
      await blog.write('tidings.yml', await retitled('The Quietest Wire'));
    });
    // The first call has no time for all: it has itself called again.
    const isComparing = ({ caller, resource }: { caller: string; resource: string }) =>
      caller.endsWith('rebuild') && resource.includes('/entries/');
    rig.pause(isComparing, 850);
    await rig.wake('weekly-sync');
    await rig.settle();
    await blog.publish();
    const said = rig.functions.lines('tidings-prod-rebuild').join('\n');
    expect([...said.matchAll(/"message":"(\w+)"/g)].map(([, one]) => one)).toEqual([
      'compared',
      'swept',
    ]);
    expect(await blog.feed('feed.rss')).toContain('Unheard');
    expect(await blog.differences()).toEqual([]);
    expect(failures()).toEqual([]);
  });

  test('is mended once a week', async () => {
    const { state } = blog.bucket;
    const late = await putLate(first);
    await rig.s3.remove(state, 'terms.json');
    const row = JSON.parse(String((await rig.s3.read(state, 'terms/tags/rss.json'))!.body));
    await rig.s3.put(state, 'terms/tags/rss.json', JSON.stringify({ ...row, count: 99 }));
    await rig.wake('weekly-sync');
    await rig.settle();
    await blog.publish();
    expect(rig.s3.keys(state)).not.toContain(late);
    expect(await blog.differences()).toEqual([]);
    expect(failures()).toEqual([]);
  });

  test('is built anew when somebody says so', async () => {
    await rig.functions.invoke('tidings-prod-rebuild', { kind: 'rebuild' });
    await blog.publish();
    expect(await blog.differences()).toEqual([]);
    expect(failures()).toEqual([]);
  });
});

describe('the roles', () => {
  test('allow every call that a function makes', () => {
    expect(rig.ledger.refused()).toEqual([]);
  });

  test('allow nothing else', () => {
    const unused = rig.ledger.unused();
    expect(unused.map(({ caller, action, resource }) => `${caller} ${action} ${resource}`)).toEqual(
      [],
    );
  });

  test('have enough memory', () => {
    for (const [, { Properties }] of rig.stack.of('AWS::Lambda::Function')) {
      const peak = rig.functions.peak(Properties['FunctionName']);
      expect(peak).toBeGreaterThan(0);
      expect(peak).toBeLessThan(Properties['MemorySize'] / 2);
    }
  });
});
