import { createContext, Script } from 'node:vm';
import type { Properties, Stack } from '../template.ts';
import { allowing, type Statement } from './iam.ts';
import type { Outcome } from './lambda.ts';
import { nameOf } from './queues.ts';
import { arnOf } from './s3.ts';

/**
 * CloudFront without its cache: the template's edge function, then the origins of the distribution
 * in turn, each by the permission that its own policy gives this distribution.
 */

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
  /** Who answered. */
  from: 'edge' | 'bucket' | 'function';
}

export interface CdnOptions {
  stack: Stack;
  place: { region: string; account: string };
  read(bucket: string, key: string): Promise<{ body: Buffer; headers: object } | undefined>;
  invoke(name: string, event: unknown): Promise<Outcome>;
}

interface EdgeRequest {
  method: string;
  uri: string;
  headers: Record<string, { value: string }>;
}

export function cdn({ stack, place, read, invoke }: CdnOptions) {
  const [id, { Properties }] = stack.of('AWS::CloudFront::Distribution')[0]!;
  const { Origins, OriginGroups, DefaultCacheBehavior } = Properties['DistributionConfig'];
  const arn = `arn:aws:cloudfront::${place.account}:distribution/${stack.name(id)}`;
  const host = stack.name(id, 'DomainName');
  const edge = edgeFunctionOf(stack, DefaultCacheBehavior, host);

  /** What a reader gets for a path with query. */
  return async (path: string, headers: Record<string, string> = {}): Promise<Answer> => {
    const asked = await edge({ path, headers: { host, ...headers } });
    if ('statusCode' in asked) {
      const { statusCode, headers: given = {} } = asked;
      return { status: statusCode, headers: plain(given), body: Buffer.alloc(0), from: 'edge' };
    }
    const group = OriginGroups?.Items.find(
      (one: Properties) => one['Id'] === DefaultCacheBehavior.TargetOriginId,
    );
    const ids: string[] = group
      ? group.Members.Items.map((one: Properties) => one['OriginId'])
      : [DefaultCacheBehavior.TargetOriginId];
    const failsOver: number[] = group?.FailoverCriteria.StatusCodes.Items ?? [];
    const first = await askOrigin(ids[0]!, asked);
    return ids[1] && failsOver.includes(first.status) ? askOrigin(ids[1], asked) : first;
  };

  async function askOrigin(origin: string, request: EdgeRequest): Promise<Answer> {
    const { DomainName, S3OriginConfig } = Origins.find((one: Properties) => one['Id'] === origin);
    return S3OriginConfig ? askBucket(DomainName, request) : askFunction(DomainName, request);
  }

  async function askBucket(domain: string, { uri }: EdgeRequest): Promise<Answer> {
    const bucket = domain.slice(0, domain.indexOf('.s3.'));
    const key = decodeURIComponent(uri.slice(1));
    const statements: Statement[] = stack
      .of('AWS::S3::BucketPolicy')
      .filter(([, policy]) => policy.Properties['Bucket'] === bucket)
      .flatMap(([, policy]) => policy.Properties['PolicyDocument'].Statement);
    const context = { 'aws:SourceArn': arn, 'aws:SecureTransport': 'true' };
    const may = (action: string, resource: string) =>
      allowing(statements, {
        action,
        resource,
        principal: 'cloudfront.amazonaws.com',
        context,
      }).length > 0;
    const from = 'bucket';
    const found = may('s3:GetObject', arnOf(bucket, key)) && (await read(bucket, key));
    if (found)
      return { status: 200, headers: found.headers as Answer['headers'], body: found.body, from };
    const status = may('s3:ListBucket', arnOf(bucket)) && found === undefined ? 404 : 403;
    return { status, headers: {}, body: Buffer.alloc(0), from };
  }

  async function askFunction(domain: string, request: EdgeRequest): Promise<Answer> {
    const from = 'function';
    const url = stack.of('AWS::Lambda::Url').find(([one]) => {
      return stack.name(one, 'FunctionUrl') === `https://${domain}/`;
    })![1].Properties;
    // Both: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
    const needed = [
      { Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType: url['AuthType'] },
      { Action: 'lambda:InvokeFunction', InvokedViaFunctionUrl: true },
    ].map((one) => ({
      ...one,
      FunctionName: url['TargetFunctionArn'],
      Principal: 'cloudfront.amazonaws.com',
      SourceArn: arn,
    }));
    const given = stack
      .of('AWS::Lambda::Permission')
      .map(([, permission]) => permission.Properties);
    const may = needed.every((one) =>
      given.some((other) => Object.entries(one).every(([name, value]) => other[name] === value)),
    );
    if (!may) return { status: 403, headers: {}, body: Buffer.alloc(0), from };
    const outcome = await invoke(nameOf(url['TargetFunctionArn']), eventOf(domain, request));
    if ('error' in outcome) return { status: 502, headers: {}, body: Buffer.alloc(0), from };
    const { statusCode, headers, body = '', isBase64Encoded } = outcome.payload as Properties;
    const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
    return { status: statusCode, headers, body: bytes, from };
  }

  /** https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads */
  function eventOf(domain: string, { method, uri, headers }: EdgeRequest) {
    const policy = stack
      .of('AWS::CloudFront::OriginRequestPolicy')
      .find(([one]) => stack.name(one) === DefaultCacheBehavior.OriginRequestPolicyId)![1];
    const listed: string[] =
      policy.Properties['OriginRequestPolicyConfig'].HeadersConfig.Headers ?? [];
    const forwarded = listed
      .map((name) => name.toLowerCase())
      .flatMap((name) => (headers[name] ? [[name, headers[name].value]] : []));
    return {
      version: '2.0',
      routeKey: '$default',
      rawPath: uri,
      rawQueryString: '',
      headers: {
        host: domain,
        'user-agent': 'Amazon CloudFront',
        ...Object.fromEntries(forwarded),
      },
      requestContext: { domainName: domain, http: { method, path: uri } },
      isBase64Encoded: false,
    };
  }
}

type EdgeResult = EdgeRequest | { statusCode: number; headers?: EdgeRequest['headers'] };

/** The code that the template has for viewer requests, in a context of its own. */
function edgeFunctionOf(
  stack: Stack,
  { FunctionAssociations = [] }: Properties,
  distributionDomainName: string,
) {
  const arns = FunctionAssociations.map((one: Properties) => one['FunctionARN']);
  const code = stack
    .of('AWS::CloudFront::Function')
    .filter(([id]) => arns.includes(stack.name(id, 'FunctionMetadata.FunctionARN')))
    .map(([, { Properties }]) => Properties['FunctionCode'])[0];
  const context = createContext({ Buffer });
  if (code) new Script(code).runInContext(context);
  return async ({ path, headers }: { path: string; headers: Record<string, string> }) => {
    const [uri = '', query = ''] = path.split('?');
    const wrapped = (pairs: Iterable<[string, string]>) =>
      Object.fromEntries([...pairs].map(([name, value]) => [name, { value }]));
    const request = {
      method: 'GET',
      uri,
      headers: wrapped(Object.entries(headers)),
      querystring: wrapped(new URLSearchParams(query)),
      cookies: {},
      rawQueryString: () => query,
    };
    const about = { distributionDomainName, eventType: 'viewer-request' };
    context['event'] = { version: '1.0', context: about, request };
    return (
      code ? await new Script('handler(event)').runInContext(context) : request
    ) as EdgeResult;
  };
}

function plain(headers: Record<string, { value: string }>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, { value }]) => [name, value]));
}
