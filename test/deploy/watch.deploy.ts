import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { type Properties, readTemplate, stackOf } from './template.ts';
import { filesIn } from './zip.ts';

/** Logs, alarms, the dashboard. */

const packages = inject('packages');
const plain = stackOf(readTemplate(packages.plain));

test('every function’s log is kept for a month', () => {
  const logs = plain.of('AWS::Logs::LogGroup').map(([, { Properties }]) => Properties);
  expect(logs).toEqual(
    plain.of('AWS::Lambda::Function').map(([, { Properties }]) =>
      expect.objectContaining({
        LogGroupName: `/aws/lambda/${Properties['FunctionName']}`,
        RetentionInDays: 30,
      }),
    ),
  );
});

test('every alarm says what to do, and watches a queue or function that there is', () => {
  const named = new Set(
    Object.keys(plain.resources).map(
      (id) =>
        plain.resources[id]!.Properties['QueueName'] ??
        plain.resources[id]!.Properties['FunctionName'],
    ),
  );
  for (const [, { Properties }] of plain.of('AWS::CloudWatch::Alarm')) {
    expect(Properties['AlarmDescription'].length).toBeGreaterThan(40);
    const metrics = Properties['Metrics']?.flatMap(
      ({ MetricStat }: Properties) => MetricStat?.Metric ?? [],
    ) ?? [Properties];
    for (const { Namespace, Dimensions } of metrics)
      if (Namespace.startsWith('AWS/')) expect(named).toContain(Dimensions[0].Value);
      else expect(Namespace).toBe('Tidings/prod');
  }
});

test('the alarm for errors adds up what there is, whichever functions have not run', () => {
  const { Metrics } = plain.resources['ErrorsAlarm']!.Properties as Properties;
  const [{ Expression }, ...terms] = Metrics;
  expect(Expression.split(' + ')).toEqual(terms.map(({ Id }: Properties) => `FILL(${Id}, 0)`));
  expect(terms).toHaveLength(5);
});

const { widgets } = JSON.parse(plain.resources['Dashboard']!.Properties['DashboardBody']);

test('the dashboard shows this stack', () => {
  expect(widgets).toHaveLength(6);
  expect(JSON.stringify(widgets)).toContain('tidings-prod-feeds-dead.fifo');
});

test('every metric of ours that is watched is one that its function has', () => {
  const watched = [
    ['serve', 'ReadersTurnedAway'],
    ...plain
      .of('AWS::CloudWatch::Alarm')
      .filter(([, { Properties }]) => Properties['Namespace'] === 'Tidings/prod')
      .map(([, { Properties }]) => [Properties['Dimensions'][0].Value, Properties['MetricName']]),
    ...widgets.flatMap(({ properties }: Properties) =>
      properties['metrics']
        .filter(([namespace]: string[]) => namespace === 'Tidings/prod')
        .map(([, metric, , service]: string[]) => [service, metric]),
    ),
  ] as [string, string][];
  expect(watched.length).toBeGreaterThan(6);
  for (const [service, metric] of watched) {
    const [code] = filesIn(join(packages.plain, `${service}.zip`)).values();
    expect(code!.includes(`"${metric}"`), `${metric} of ${service}`).toBe(true);
  }
});
