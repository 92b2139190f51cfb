import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RegoEngine, TemplateFile } from '@aws/cloudformation-validate';
import { afterAll, describe, expect, inject, test } from 'vitest';
import { pack } from './pack.ts';
import { readTemplate, stackOf, type Template } from './template.ts';

const packages = inject('packages');
const engine = new RegoEngine();
const folder = mkdtempSync(join(tmpdir(), 'tidings-template-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What AWS's own validator has against a template, in its strict mode. */
function faultsOf(template: Template): string[] {
  const file = join(folder, 'template.json');
  // The validator takes a default for the value: an empty domain is to it an alias without a name.
  // Without the default it tries both sides of the condition.
  const Parameters = Object.fromEntries(
    Object.entries(template.Parameters).map(([name, { Default, ...rest }]) => [
      name,
      Default ? { Default, ...rest } : rest,
    ]),
  );
  writeFileSync(file, JSON.stringify({ ...template, Parameters }));
  const { diagnostics } = engine.validateStandard(new TemplateFile(file), {
    strict: true,
    severityLevel: 'WARN',
    pseudoParameterOverrides: { region: 'eu-central-1' },
  });
  return diagnostics.map(({ ruleId, message, propertyPath, entity }) =>
    [ruleId, entity?.logicalId, propertyPath, message].join(' '),
  );
}

describe.each(['plain', 'full'] as const)('the template, %s', (variant) => {
  const template = readTemplate(packages[variant]);

  test('has nothing that AWS’s validator minds', () => {
    expect(faultsOf(template)).toEqual([]);
  });

  test('names nothing that is not made', () => {
    expect(() => stackOf(template)).not.toThrow();
  });
});

test('the validator would mind a misspelt property and a wrong attribute', () => {
  const template = structuredClone(readTemplate(packages.plain));
  template.Resources['PostsQueue']!.Properties['VisibilityTimeOut'] = 1;
  template.Outputs['PostsBucket']!.Value = { 'Fn::GetAtt': ['StateBucket', 'Arm'] };
  expect(faultsOf(template)).toHaveLength(2);
});

describe('what the publisher asks for', () => {
  const plain = stackOf(readTemplate(packages.plain));
  const full = stackOf(readTemplate(packages.full));

  test('is a new bucket for posts, or one that is there already', () => {
    expect(plain.outputs['PostsBucket']).toBe('tidings-prod-posts-123456789012-eu-central-1');
    expect(plain.resources).toHaveProperty('PostsBucket');
    expect(plain.resources).not.toHaveProperty('PostsChanged');
    expect(full.outputs['PostsBucket']).toBe('my-blog');
    expect(full.resources).not.toHaveProperty('PostsBucket');
    expect(full.resources).toHaveProperty('PostsChanged');
  });

  test('is the CDN’s address, or a domain with its certificate', () => {
    const cdn = ({ resources }: typeof plain) =>
      resources['Distribution']!.Properties['DistributionConfig'];
    expect(plain.outputs['FeedsAddress']).toBe('https://d111111abcdef8.cloudfront.net/');
    expect(cdn(plain)).not.toHaveProperty('Aliases');
    expect(cdn(plain).ViewerCertificate).toEqual({ CloudFrontDefaultCertificate: true });
    expect(full.outputs['FeedsAddress']).toBe('https://feeds.example.org/');
    expect(cdn(full).Aliases).toEqual(['feeds.example.org']);
    expect(cdn(full).ViewerCertificate).toEqual({
      AcmCertificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/0a1b',
      SslSupportMethod: 'sni-only',
      MinimumProtocolVersion: 'TLSv1.2_2021',
    });
  });

  test('is somebody to be told of alarms, or nobody', () => {
    const [, { Properties: topic }] = full.of('AWS::SNS::Topic')[0]!;
    expect(topic['Subscription']).toEqual([{ Protocol: 'email', Endpoint: 'ann@example.org' }]);
    for (const [, { Properties }] of full.of('AWS::CloudWatch::Alarm'))
      expect(Properties['AlarmActions']).toEqual([full.name('AlarmTopic')]);
    for (const [, { Properties }] of plain.of('AWS::CloudWatch::Alarm'))
      expect(Properties).not.toHaveProperty('AlarmActions');
  });

  test('is a bound on what strangers may cost, or that of the account', () => {
    const bounds = ({ resources }: typeof plain) =>
      Object.entries(resources)
        .filter(([, { Type }]) => Type === 'AWS::Lambda::Function')
        .map(([id, { Properties }]) => [id, Properties['ReservedConcurrentExecutions']])
        .filter(([, bound]) => bound !== undefined);
    expect(bounds(plain)).toEqual([]);
    expect(bounds(full)).toEqual([['ServeLambdaFunction', '20']]);
  });

  test('is told what to do next', () => {
    expect(plain.outputs['NextPosts']).toBe(
      'aws s3 sync FOLDER s3://tidings-prod-posts-123456789012-eu-central-1',
    );
    expect(full.outputs['NextPosts']).toContain(
      'aws s3api put-bucket-notification-configuration --bucket my-blog --notification-configuration \'{"EventBridgeConfiguration":{}}\'',
    );
    expect(full.outputs['NextDomain']).toBe(
      'feeds.example.org CNAME d111111abcdef8.cloudfront.net',
    );
    expect(plain.outputs).not.toHaveProperty('NextDomain');
  });

  test.each([
    [{ domain: 'feeds.example.org' }, 'prod', 'set the param "certificate" too'],
    [{}, 'Prod', 'the stage "Prod" cannot be part of a bucket\'s name'],
  ])('is refused at once where it cannot be: %o, stage %s', (params, stage, message) => {
    expect(() => pack(join(folder, 'refused'), params as Record<string, string>, stage)).toThrow(
      message,
    );
  });
});
