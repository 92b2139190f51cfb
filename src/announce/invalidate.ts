import {
  type CloudFrontClient,
  CreateInvalidationCommand,
  GetInvalidationCommand,
} from '@aws-sdk/client-cloudfront';
import { unavailable } from '../errors.ts';

/** The CDN in front of the feeds. */
export interface Cdn {
  client: CloudFrontClient;
  /** Id of the distribution. */
  distribution: string;
}

export interface Invalidation {
  id: string;
  isComplete: boolean;
}

/**
 * Has everything at the edge renewed, which counts as one path. The same `reference` again finds
 * the invalidation that was begun with it, and begins none.
 * https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_InvalidationBatch.html
 */
export async function invalidate(
  { client, distribution }: Cdn,
  reference: string,
): Promise<Invalidation> {
  const paths = { Quantity: 1, Items: ['/*'] };
  const command = new CreateInvalidationCommand({
    DistributionId: distribution,
    InvalidationBatch: { CallerReference: reference, Paths: paths },
  });
  const { Invalidation } = await client.send(command).catch((cause) => {
    const what = `cannot renew the CDN ${distribution}`;
    throw unavailable(cause, what, 'cloudfront:CreateInvalidation');
  });
  return stateOf(Invalidation);
}

/** How an invalidation stands. */
export async function look({ client, distribution }: Cdn, id: string): Promise<Invalidation> {
  const command = new GetInvalidationCommand({ DistributionId: distribution, Id: id });
  const { Invalidation } = await client.send(command).catch((cause) => {
    const what = `cannot see invalidation ${id} of the CDN ${distribution}`;
    throw unavailable(cause, what, 'cloudfront:GetInvalidation');
  });
  return stateOf(Invalidation);
}

function stateOf(
  given: { Id?: string | undefined; Status?: string | undefined } | undefined,
): Invalidation {
  return { id: given!.Id!, isComplete: given!.Status === 'Completed' };
}
