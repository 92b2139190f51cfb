import type { S3Client } from '@aws-sdk/client-s3';

/**
 * The time as S3 has it, epoch milliseconds, for publishers whose own clocks jump or differ: what
 * is due, and the window within which refresh requests are one, are agreed on by all. Each reply
 * bears the server's time in whole seconds (RFC 9110 §6.6.1), which was read after the request was
 * sent and before the reply came; a clock that this does not contradict is left as it is.
 */
export function s3Clock(client: S3Client, now: () => number): () => number {
  let behind = 0;
  client.middlewareStack.add(
    (next) => async (args) => {
      const sent = now();
      const result = await next(args);
      const received = now();
      const { headers } = result.response as { headers: Record<string, string> };
      const date = Date.parse(headers['date'] ?? '');
      // A clock that was set back meanwhile tells nothing this time.
      if (date && received >= sent)
        behind = Math.min(Math.max(0, date - received), date + 999 - sent);
      return result;
    },
    // Innermost: sees each try, and errors too.
    { step: 'deserialize', priority: 'low', name: 's3Clock' },
  );
  return () => now() + behind;
}
