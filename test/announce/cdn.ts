import { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { fakeCredentials } from '../cloud.ts';
import { stub } from '../s3/stub.ts';

export const distribution = 'EDFDVBD6EXAMPLE';

/** What CloudFront says of invalidations: one for each caller reference, complete after some looks. */
export async function fakeCdn(looks = 0) {
  const begun = new Map<string, { id: string; looks: number }>();
  /** Statuses to answer with before anything else. */
  const refusals: number[] = [];
  const path = `/2020-05-31/distribution/${distribution}/invalidation`;
  const server = await stub((response, { method, url, body }) => {
    const refusal = refusals.shift();
    if (refusal) return void response.writeHead(refusal).end();
    const text = body.toString();
    const reference = /<CallerReference>(.*)<\/CallerReference>/.exec(text)?.[1];
    let found = [...begun].find(([, { id }]) => url === `${path}/${id}`)?.[1];
    if (method === 'POST' && url === path && reference) {
      found = begun.get(reference) ?? { id: `I${begun.size}`, looks };
      begun.set(reference, found);
    } else if (method !== 'GET' || !found) return void response.writeHead(404).end();
    else found.looks--;
    response.writeHead(method === 'POST' ? 201 : 200, { 'content-type': 'text/xml' });
    const status = found.looks <= 0 ? 'Completed' : 'InProgress';
    response.end(
      `<?xml version="1.0"?><Invalidation xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Id>${found.id}</Id><Status>${status}</Status><CreateTime>2026-11-22T10:00:00Z</CreateTime><InvalidationBatch><Paths><Quantity>1</Quantity><Items><Path>/*</Path></Items></Paths><CallerReference>x</CallerReference></InvalidationBatch></Invalidation>`,
    );
  });
  const client = new CloudFrontClient({
    endpoint: server.endpoint,
    region: 'eu-central-1',
    credentials: fakeCredentials,
    maxAttempts: 1,
  });
  return { ...server, begun, refusals, client };
}
