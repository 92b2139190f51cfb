import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { GetQueueAttributesCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isPost, pathOf, siteFileKey } from '../../src/keys.ts';
import { compressor } from '../../src/serve/encoding.ts';
import { serve } from '../../src/serve/serve.ts';
import { readSite } from '../../src/site.ts';
import { FilesystemStore } from '../../src/store/filesystem.ts';
import { listAll, type Store } from '../../src/store/store.ts';
import { folderWith, tidings } from '../cli/terminal.ts';
import { countIn } from '../cloud.ts';
import { testStage } from './stage.ts';

/**
 * Marks in every field of posts that are not public, and in what nobody is to see of the settings:
 * afterwards everything that was written is searched for them, as a real publisher process wrote it.
 */

const mark = /zq[\s_-]*secret/i;
/** Front matter and body full of marks. Each place has another number, so that a finding says where. */
let nth = 0;
const m = () => `zqsecret${++nth}`;
const secret = (lines: string, body = '') => `---
${lines}
title: "${m()} title"
description: ${m()} description
tags: [${m()} tag]
categories: [${m()} category]
author: { name: ${m()} author, email: ${m()}@example.org }
slug: ${m()}-slug
guid: urn:x:${m()}
image: /${m()}.png
audio: /${m()}.mp3
aliases: [/${m()}-alias/]
series: ${m()}
---

# ${m()} heading

${m()} text, [${m()}](https://example.org/${m()}).

${body}
`;

const hidden: Record<string, string> = {
  'draft.md': secret('date: 2024-01-01\ndraft: true'),
  '_drafts/jekyll.md': secret('date: 2024-01-01'),
  'unpublished.md': secret('date: 2024-01-01\npublished: false'),
  'status.md': secret('date: 2024-01-01\nstatus: draft'),
  'scheduled.md': secret('date: 2999-01-01'),
  'soon.md': secret(`date: ${new Date(Date.now() + 7_200_000).toISOString()}`),
  'expired.md': secret('date: 2024-01-01\nexpiryDate: 2024-02-01'),
  // With problems: each quotes what it complains of.
  'odd.md': secret(
    `date: 2024-01-01\ndraft: true\nlang: ${m()}\nupdated: ${m()}\nexpiryDate: ${m()}\nenclosure: ${m()}`,
    `{{ "${m()}" | ${m()} }} {% ${m()} %}\n\n{{< ${m()} "${m()}" >}}`,
  ),
  'liquid.md': secret(
    'layout: post\ndate: 2999-01-01',
    `{% for x in ${m()} %} ${m()}\n\n{% post_url ${m()} %}`,
  ),
  'unread.md': `---\ndate: 2024-01-01\ndraft: true\ntitle: "${m()}\nbody: ${m()} [\n---\n${m()}\n`,
  'toml.md': `+++\ndraft = true\ntitle = ${m()}\n+++\n${m()}\n`,
  'json.md': `{ "draft": true, "title": "${m()}", ${m()} }\n${m()}\n`,
  'json-value.md': `{ "draft": true, "title": ${m()} }\n${m()}\n`,
  'alias.md': `---\ndraft: true\ntitle: *${m()}\n---\n${m()}\n`,
  'tag.md': `---\ndraft: true\ntitle: !${m()} x\n---\n${m()}\n`,
  'date.md': `---\ndraft: true\ndate: ${m()}\n---\n${m()}\n`,
};
const open: Record<string, string> = {
  [siteFileKey]: `# ${m()}\nurl: https://blog.example\nlegacy: [jekyll, wordpress]\n`,
  'open.md': '---\ntitle: Open\ndate: 2024-03-01\ntags: [open]\n---\nText.\n',
  '2024-03-02-links.md':
    '---\nlayout: post\ntitle: Links\n---\n[a]({% link draft.md %}) [b]({% link scheduled.md %})\n',
};

let stage: Awaited<ReturnType<typeof testStage>>;
let feedsQueue: string;
let publisher: ChildProcess;
let log = '';

beforeAll(async () => {
  stage = await testStage();
  // The delay is longer than the window in which requests are one.
  const attributes = { FifoQueue: 'true', DelaySeconds: '3' };
  feedsQueue = await stage.cloud.newQueue('delayed.fifo', attributes);
  publisher = fork(join(import.meta.dirname, '../s3/publisher.ts'), {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      ...process.env,
      POWERTOOLS_LOG_LEVEL: 'DEBUG',
      POWERTOOLS_METRICS_DISABLED: 'false',
      TIDINGS_FEEDS_QUEUE_URL: feedsQueue,
    },
  });
  for (const stream of [publisher.stdout!, publisher.stderr!])
    stream.on('data', (bytes) => {
      log += bytes;
    });
});
afterAll(async () => {
  publisher.kill('SIGKILL');
  await stage.close();
});

async function write(key: string, text: string): Promise<void> {
  await stage.posts.put(key, text);
  const MessageBody = JSON.stringify({ Records: [{ s3: { object: { key } } }] });
  const command = { QueueUrl: stage.postsQueue, MessageBody };
  await stage.cloud.client.send(new SendMessageCommand(command));
}

/** Nothing is left but what is due in minutes. */
async function quiet(): Promise<void> {
  const countNow = async (QueueUrl: string) => {
    const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] });
    const { Attributes = {} } = await stage.cloud.client.send(command);
    const { ApproximateNumberOfMessages: now, ApproximateNumberOfMessagesNotVisible: inWork } =
      Attributes;
    return Number(now) + Number(inWork);
  };
  const waiting = async () =>
    (await countNow(stage.postsQueue)) + (await countIn(stage.cloud.client, feedsQueue));
  for (let times = 0; times < 3; times++) {
    await expect.poll(waiting, { timeout: 60_000, interval: 300 }).toBe(0);
    await sleep(300);
  }
}

async function textsIn(store: Store): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for await (const { key } of listAll(store, '')) {
    const { body } = await store.get(key);
    texts.set(key, new TextDecoder().decode(key.endsWith('.gz') ? gunzipSync(body) : body));
  }
  return texts;
}

const findings = (texts: Iterable<[string, string]>) =>
  [...texts].flatMap(([where, text]) =>
    mark.test(`${where}\n${text}`)
      ? [`${where}: ${/.{0,60}zqsecret\d+.{0,40}/i.exec(text)?.[0]}`]
      : [],
  );

test('nothing of what is not public is in a public object, a log line, an answer or a message', {
  timeout: 120_000,
}, async () => {
  for (const [key, text] of Object.entries({ ...open, ...hidden })) await write(key, text);
  // What was public and is not any more.
  await write('was.md', '---\ntitle: Was zqsecret\ndate: 2024-03-01\ntags: [open]\n---\nx\n');
  await quiet();
  expect(findings(await textsIn(stage.feeds)).length).toBeGreaterThan(0);
  await write('was.md', secret('date: 2024-03-01\ndraft: true'));
  await write(siteFileKey, `${open[siteFileKey]}description: ${'x'.repeat(10)}\n`);
  await quiet();
  await stage.functions.rebuild({ kind: 'sync' }, {
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:rebuild',
    getRemainingTimeInMillis: () => 900_000,
  } as never);

  const feeds = await textsIn(stage.feeds);
  expect(feeds.size).toBeGreaterThan(8);
  expect(findings(feeds)).toEqual([]);
  expect(log).toContain('"message":"ingested"');
  expect(findings([['log', log]])).toEqual([]);
  expect(findings([['schedules', JSON.stringify(stage.scheduled())]])).toEqual([]);
  const messages = JSON.stringify([await stage.batch('ingest')]);
  expect(findings([['messages', messages]])).toEqual([]);

  // The state is private, and has no text of them all the same.
  const records = [...(await textsIn(stage.state))].filter(([key]) => key.startsWith('entries/'));
  for (const [key, text] of records) {
    const { entry, status } = JSON.parse(text);
    if (status !== 'live') expect(entry, key).toBeNull();
  }

  const site = readSite(open[siteFileKey]!);
  const queue = { refresh: async () => {} };
  const shelves = { feeds: stage.feeds, state: stage.state, queue, compress: compressor() };
  const paths = [...(await textsIn(stage.posts)).keys()].filter(isPost).map(pathOf);
  for (let at = 1; at <= nth; at++)
    paths.push(`/tags/zqsecre${at}-tag/feed.rss`, `/zqsecret${at}-slug/`);
  for (const path of [...paths, '/tags/opn/', '/mix/tags:open+!tags:zq/feed.json', '/feed/zq']) {
    const response = await serve(new Request(`http://localhost${path}`), shelves, site);
    const told = `${await response.text()} ${JSON.stringify([...response.headers])}`;
    // What was asked for may be told again.
    expect(findings([[path, told.replaceAll(path, '')]].map(([, text]) => ['', text!]))).toEqual(
      [],
    );
  }
});

test('nor in what a build writes and prints', async () => {
  const folder = folderWith({ ...open, ...hidden });
  const [out, state] = [folderWith({}), folderWith({})];
  const built = await tidings('build', folder, '--out', out, '--state', state);
  expect(built.status).toBe(0);
  expect(findings(await textsIn(new FilesystemStore(out)))).toEqual([]);
  const told = await tidings('problems', '--state', state);
  expect(told.out).toContain('odd.md:4: something is wrong in this post, which is not public');
  expect(
    findings([
      ['out', built.out],
      ['err', built.err],
      ['problems', told.out],
    ]),
  ).toEqual([]);
  // Nor in the state, but for what the posts refer to, and the settings.
  const kept = [...(await textsIn(new FilesystemStore(state)))].map(
    ([key, text]): [string, string] => {
      const { references, ...record } = key.startsWith('entries/') ? JSON.parse(text) : { text };
      return [key, JSON.stringify(record)];
    },
  );
  expect(findings(kept)).toEqual([]);
});
