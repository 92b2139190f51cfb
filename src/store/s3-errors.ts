import { Conflict, NotFound, TooLarge, Unavailable } from '../errors.ts';

/** What each call takes: reads the second lest a missing key be refused too, writes for conditions. */
const permissions = {
  read: 's3:GetObject and s3:ListBucket',
  write: 's3:PutObject and s3:GetObject',
  delete: 's3:DeleteObject',
  list: 's3:ListBucket',
};

/** What is asked of S3. */
export interface Request {
  verb: keyof typeof permissions;
  bucket: string;
  /** As S3 knows it; of a list, the prefix. */
  key: string;
  isConditional?: boolean;
}

/**
 * S3's error, or that of the network, as one of ours. What has no answer of its own is
 * `Unavailable`, also a missing bucket or permission: the same call succeeds once it is mended.
 */
export function ours(cause: unknown, request: Request): Error {
  if (cause instanceof TooLarge) return cause;
  const status = statusOf(cause);
  const name = (cause as Error).name;
  const what = `cannot ${request.verb} s3://${request.bucket}/${request.key}`;
  if (name === 'NoSuchBucket')
    return new Unavailable(`${what}: there is no bucket ${request.bucket}`, { cause });
  if (status === 403) return new Unavailable(`${what}: ${refusal(cause, request)}`, { cause });
  if (request.isConditional && (status === 412 || status === 409 || status === 404))
    return new Conflict(`s3://${request.bucket}/${request.key} is not as it was read`, { cause });
  if (status === 404)
    return new NotFound(`no object s3://${request.bucket}/${request.key}`, { cause });
  return new Unavailable(`${what}: ${reason(cause)}`, { cause });
}

/** A reply to HEAD has no body, and so no name for what is wrong. */
function refusal(cause: unknown, { verb, bucket }: Request): string {
  return `${reason(cause)} (403); the credentials are wrong, or lack ${permissions[verb]} on bucket ${bucket}`;
}

function reason(cause: unknown): string {
  const { name, message } = cause as Error;
  if (message === '' || message === 'UnknownError') return name === 'Unknown' ? 'refused' : name;
  return name === 'Error' ? message : `${name}: ${message}`;
}

function statusOf(cause: unknown): number | undefined {
  return (cause as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}
