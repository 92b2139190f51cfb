import { expect, inject, test } from 'vitest';
import { post } from '../../blog.ts';
import { readTemplate, type Template } from '../template.ts';
import { publication } from './publication.ts';
import { startRig } from './rig.ts';

/** A rehearsal that no defect could fail would prove nothing: each of these takes one thing out of the template. */

const folder = inject('packages').plain;

/** What a short rehearsal of a template finds wrong. */
async function faultsOf(template: Template): Promise<string[]> {
  const began = await startRig({ folder, template }).catch((error: Error) => error);
  if (began instanceof Error) return [began.message];
  const rig = began;
  try {
    const blog = publication(rig);
    const day = 24 * 3600 * 1000;
    await blog.write('tidings.yml', 'url: https://blog.example\ntitle: A blog\n');
    await blog.write('a.md', post({ title: 'A', date: '2026-01-01', tags: ['one', 'two'] }));
    await blog.write('b.md', post({ title: 'B', date: new Date(Date.now() + day).toISOString() }));
    await rig.settle(undefined, 120);
    await blog.publish();
    const faults = [...(await blog.differences()), ...rig.functions.failures];
    const mix = await rig.get('/mix/tags:one+tags:two/feed.rss');
    if (mix.status !== 200) faults.push(`a mix is answered by ${mix.status}`);
    if (rig.invalidations.all.length === 0) faults.push('nothing was announced');
    if (rig.scheduler.all().length < 2) faults.push('nothing was scheduled');
    return faults;
  } catch (error) {
    return [(error as Error).message];
  } finally {
    await rig.close();
  }
}

/** A copy of the template with a change. */
function mutated(change: (template: Template) => void): Template {
  const template = readTemplate(folder);
  change(template);
  return template;
}

const propertiesOf = (template: Template, id: string) => template.Resources[id]!.Properties;

/** Takes a statement, by its Sid, out of a role. */
function withoutStatement(role: string, sid: string) {
  return (template: Template) => {
    const { PolicyDocument } = propertiesOf(template, role)['Policies'][0];
    const kept = PolicyDocument.Statement.filter((one: { Sid: string }) => one.Sid !== sid);
    expect(kept).toHaveLength(PolicyDocument.Statement.length - 1);
    PolicyDocument.Statement = kept;
  };
}

function withoutVariable(id: string, name: string) {
  return (template: Template) => {
    const { Variables } = propertiesOf(template, id)['Environment'];
    expect(Variables).toHaveProperty(name);
    delete Variables[name];
  };
}

function without(id: string, property?: string) {
  return (template: Template) => {
    expect(template.Resources).toHaveProperty(id);
    if (property === undefined) delete template.Resources[id];
    else delete propertiesOf(template, id)[property];
  };
}

test('the template as it is has no fault', async () => {
  expect(await faultsOf(readTemplate(folder))).toEqual([]);
});

test.each<[string, (template: Template) => void, RegExp]>([
  ['the posts’ notifications', without('PostsBucket', 'NotificationConfiguration'), /missing/],
  ['the feeds’ notifications', without('FeedsBucket', 'NotificationConfiguration'), /announced/],
  ['the leave to send to a queue', without('AnnounceQueuePolicy'), /may not send/],
  ['what calls refresh', without('RefreshEventSourceMappingSQSFeedsQueue'), /missing/],
  [
    'a variable',
    withoutVariable('RefreshLambdaFunction', 'TIDINGS_FEEDS_URL'),
    /TIDINGS_FEEDS_URL/,
  ],
  ['the right to ask for feeds', withoutStatement('IngestRole', 'Send'), /sqs:SendMessage/],
  [
    'the right to list, without which nothing is known to be missing',
    withoutStatement('IngestRole', 'List'),
    /s3:ListBucket/,
  ],
  [
    'the right to take messages',
    withoutStatement('RefreshRole', 'TakeMessages'),
    /sqs:ReceiveMessage/,
  ],
  ['the right to schedule', withoutStatement('IngestRole', 'Schedule'), /scheduler:CreateSchedule/],
  [
    'the right to pass the role on',
    withoutStatement('IngestRole', 'LetSchedulesSend'),
    /iam:PassRole/,
  ],
  ['one of the CDN’s two rights', without('CdnInvokesServe'), /answered by 403/],
  ['a log group', without('ServeLogGroup'), /ServeLogGroup/],
])('without %s the rehearsal fails', async (_, change, says) => {
  expect((await faultsOf(mutated(change))).join('\n')).toMatch(says);
});
