import type { Named } from './template.ts';

/** Names of AWS's form for what a template makes. */

export const region = 'eu-central-1';
export const account = '123456789012';

const arn = (service: string, rest: string) => `arn:aws:${service}:${region}:${account}:${rest}`;

/** Type → attribute (`Ref` without one) → the name. */
const names: Record<string, Record<string, (name: string) => string>> = {
  'AWS::S3::Bucket': {
    Ref: (name) => name,
    Arn: (name) => `arn:aws:s3:::${name}`,
    RegionalDomainName: (name) => `${name}.s3.${region}.amazonaws.com`,
  },
  'AWS::SQS::Queue': {
    Ref: (name) => `https://sqs.${region}.amazonaws.com/${account}/${name}`,
    Arn: (name) => arn('sqs', name),
    QueueName: (name) => name,
  },
  'AWS::Lambda::Function': {
    Ref: (name) => name,
    Arn: (name) => arn('lambda', `function:${name}`),
  },
  'AWS::Lambda::Url': {
    FunctionUrl: (name) => `https://${name.toLowerCase()}.lambda-url.${region}.on.aws/`,
  },
  'AWS::Logs::LogGroup': { Ref: (name) => name, Arn: (name) => arn('logs', `log-group:${name}:*`) },
  'AWS::IAM::Role': {
    Ref: (name) => name,
    Arn: (name) => `arn:aws:iam::${account}:role/tidings-prod-${name}`,
  },
  'AWS::Events::Rule': { Ref: (name) => name, Arn: (name) => arn('events', `rule/${name}`) },
  'AWS::SNS::Topic': { Ref: (name) => arn('sns', name) },
  'AWS::Scheduler::ScheduleGroup': {
    Ref: (name) => name,
    Arn: (name) => arn('scheduler', `schedule-group/${name}`),
  },
  'AWS::CloudFront::Distribution': {
    Ref: () => 'E1EXAMPLE',
    DomainName: () => 'd111111abcdef8.cloudfront.net',
  },
  'AWS::CloudFront::Function': {
    'FunctionMetadata.FunctionARN': (name) => `arn:aws:cloudfront::${account}:function/${name}`,
  },
};

/** As AWS names it; undefined for an attribute that is none, or that nothing here asked for before. */
export function awsName({ type, name, attribute = 'Ref' }: Named): string | undefined {
  const known = names[type]?.[attribute];
  // What is left has an id of AWS's own: policies of the CDN, origin access controls.
  return known ? known(name) : attribute === 'Ref' ? name : undefined;
}
