import { describe, expect, inject, test } from 'vitest';
import { type Properties, readTemplate, stackOf } from './template.ts';

/** The CDN: what it asks of whom, what it keeps, what it adds. */

const stack = stackOf(readTemplate(inject('packages').plain));
const settings = stack.resources['Distribution']!.Properties['DistributionConfig'];
const behavior = settings.DefaultCacheBehavior;
const distribution = 'arn:aws:cloudfront::123456789012:distribution/E1EXAMPLE';
const only = (type: string): Properties => stack.of(type)[0]![1].Properties;

describe('origins', () => {
  const [feeds, serve] = settings.Origins;

  test('are the feeds’ bucket and the function, each asked under a signature', () => {
    expect(feeds).toMatchObject({
      DomainName: 'tidings-prod-feeds-123456789012-eu-central-1.s3.eu-central-1.amazonaws.com',
      OriginAccessControlId: stack.name('FeedsAccess'),
      S3OriginConfig: { OriginAccessIdentity: '' },
    });
    expect(serve).toMatchObject({
      DomainName: 'servelambdafunctionurl.lambda-url.eu-central-1.on.aws',
      OriginAccessControlId: stack.name('ServeAccess'),
      CustomOriginConfig: { OriginProtocolPolicy: 'https-only' },
    });
    const access = (id: string) =>
      stack.resources[id]!.Properties['OriginAccessControlConfig'] as Properties;
    const signed = { SigningBehavior: 'always', SigningProtocol: 'sigv4' };
    expect(access('FeedsAccess')).toMatchObject({ OriginAccessControlOriginType: 's3', ...signed });
    expect(access('ServeAccess')).toMatchObject({
      OriginAccessControlOriginType: 'lambda',
      ...signed,
    });
  });

  test('are asked in turn: the function where the bucket has no such object, and only then', () => {
    const { Quantity, Items } = settings.OriginGroups;
    expect([Quantity, Items.length]).toEqual([1, 1]);
    expect(Items[0]).toMatchObject({
      Id: behavior.TargetOriginId,
      FailoverCriteria: { StatusCodes: { Quantity: 1, Items: [404] } },
      Members: { Quantity: 2, Items: [{ OriginId: feeds.Id }, { OriginId: serve.Id }] },
    });
  });

  test('let this CDN in, which may list the bucket: else a missing feed were 403', () => {
    const { Statement } = stack.resources['FeedsBucketPolicy']!.Properties['PolicyDocument'];
    const bucket = stack.name('FeedsBucket', 'Arn');
    const allowed = Statement.filter(({ Effect }: Properties) => Effect === 'Allow');
    expect(allowed).toMatchObject(
      [
        ['s3:GetObject', `${bucket}/*`],
        ['s3:ListBucket', bucket],
      ].map(([Action, Resource]) => ({
        Action,
        Resource,
        Principal: { Service: 'cloudfront.amazonaws.com' },
        Condition: { StringEquals: { 'AWS:SourceArn': distribution } },
      })),
    );
    // What lists it is the root: a page, whatever the edge function does.
    expect(settings.DefaultRootObject).toBe('index.html');
  });

  test('let this CDN call the function’s URL: since 2025 that takes two permissions', () => {
    expect(only('AWS::Lambda::Url')).toMatchObject({
      AuthType: 'AWS_IAM',
      TargetFunctionArn: stack.name('ServeLambdaFunction', 'Arn'),
    });
    const to = {
      FunctionName: stack.name('ServeLambdaFunction', 'Arn'),
      Principal: 'cloudfront.amazonaws.com',
      SourceArn: distribution,
    };
    expect(stack.of('AWS::Lambda::Permission').map(([, { Properties }]) => Properties)).toEqual([
      { ...to, Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType: 'AWS_IAM' },
      { ...to, Action: 'lambda:InvokeFunction', InvokedViaFunctionUrl: true },
    ]);
  });

  test('are given more time than the function takes', () => {
    const { Timeout } = stack.resources['ServeLambdaFunction']!.Properties;
    expect(serve.CustomOriginConfig.OriginReadTimeout).toBeGreaterThan(Timeout);
  });
});

describe('readers', () => {
  test('come by HTTP/2 and HTTP/3, IPv4 and IPv6, and always by TLS', () => {
    expect(settings).toMatchObject({ HttpVersion: 'http2and3', IPV6Enabled: true, Enabled: true });
    expect(behavior).toMatchObject({
      ViewerProtocolPolicy: 'redirect-to-https',
      AllowedMethods: ['GET', 'HEAD', 'OPTIONS'],
      Compress: true,
    });
  });

  test('are met by the edge function first', () => {
    expect(behavior.FunctionAssociations).toEqual([
      {
        EventType: 'viewer-request',
        FunctionARN: stack.name('EdgeFunction', 'FunctionMetadata.FunctionARN'),
      },
    ]);
    expect(stack.resources['EdgeFunction']!.Properties).toMatchObject({
      AutoPublish: true,
      FunctionConfig: { Runtime: 'cloudfront-js-2.0' },
    });
  });

  test('share copies by path and coding; no cookie, no query reaches an origin', () => {
    const { CachePolicyConfig } = only('AWS::CloudFront::CachePolicy');
    expect(CachePolicyConfig).toMatchObject({
      // With 0, CloudFront keeps no compressed copies.
      MinTTL: 1,
      // What `Cache-Control` asks of the edge at most: src/serve/headers.ts.
      MaxTTL: 86_400,
      ParametersInCacheKeyAndForwardedToOrigin: {
        EnableAcceptEncodingBrotli: true,
        EnableAcceptEncodingGzip: true,
        CookiesConfig: { CookieBehavior: 'none' },
        HeadersConfig: { HeaderBehavior: 'none' },
        QueryStringsConfig: { QueryStringBehavior: 'none' },
      },
    });
    const { OriginRequestPolicyConfig } = only('AWS::CloudFront::OriginRequestPolicy');
    expect(OriginRequestPolicyConfig).toMatchObject({
      CookiesConfig: { CookieBehavior: 'none' },
      // Never `Host`: the function's URL answers to its own only.
      HeadersConfig: { HeaderBehavior: 'whitelist', Headers: ['Accept', 'x-tidings-host'] },
      QueryStringsConfig: { QueryStringBehavior: 'none' },
    });
  });

  const { CorsConfig, SecurityHeadersConfig } = only('AWS::CloudFront::ResponseHeadersPolicy')[
    'ResponseHeadersPolicyConfig'
  ];

  test('in browsers may read feeds from any page', () => {
    expect(CorsConfig).toMatchObject({
      AccessControlAllowOrigins: { Items: ['*'] },
      AccessControlAllowCredentials: false,
      AccessControlExposeHeaders: { Items: ['ETag', 'Link', 'Retry-After'] },
    });
  });

  test('get pages with the pages’ own policy; the CDN refuses frames, and guessing of types', () => {
    expect(SecurityHeadersConfig).toMatchObject({
      ContentTypeOptions: { Override: true },
      ContentSecurityPolicy: {
        ContentSecurityPolicy: "frame-ancestors 'none'",
        Override: false,
      },
      StrictTransportSecurity: { AccessControlMaxAgeSec: 31_536_000 },
    });
    expect(SecurityHeadersConfig).not.toHaveProperty('FrameOptions');
  });
});
