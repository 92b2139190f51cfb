import { Conflict } from '../../src/errors.ts';
import { S3Store } from '../../src/store/s3.ts';
import { testClient } from './bucket.ts';

/** A process that, when told to go, makes several conditional puts at once and tells which won. */
export interface Race {
  bucket: string;
  key: string;
  /** The ETag to replace; none: to create. */
  etag?: string;
  names: string[];
}

process.on('message', async ({ bucket, key, etag, names }: Race) => {
  // A new one: Ceph answers some losers with 500, and a client that has met many such asks no
  // second time, when it would hear 412.
  const client = testClient();
  const store = new S3Store({ client, bucket });
  const condition = etag === undefined ? { create: true as const } : { update: etag };
  const tries = names.map((name) => store.put(key, name, condition));
  const outcomes = await Promise.allSettled(tries);
  const won = names.filter((_, n) => outcomes[n]!.status === 'fulfilled');
  const strange = outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' && !(outcome.reason instanceof Conflict)
      ? [String(outcome.reason)]
      : [],
  );
  client.destroy();
  process.send!({ won, strange });
});
process.send!('ready');
