import { billOf, dollars, s3Dollars, sqsDollars } from '../test/costs/bill.ts';
import { costStage, newPost, tagsOf } from '../test/costs/stage.ts';
import type { Measured } from './lambda.ts';
import { quantile, table } from './print.ts';

/** Seconds that a call to S3 or SQS is estimated to take in AWS (docs/costs.md). */
const call = 0.03;
/** A function has a whole processor at 1,769 MB, and less in proportion: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const wholeProcessor = 1769;

/** Prints what a thousand publishes cost: requests as they are counted, Lambda's time as it was measured. */
export async function printBill(all: Map<string, Measured>): Promise<void> {
  const past = { entries: 100, tags: 5, terms: 10 };
  const stage = await costStage(past);
  const rows: string[][] = [];
  for (const [what, title, second] of [
    ['new post', 'A', 10],
    ['edit', 'B', 10],
  ] as const) {
    await stage.write('a.md', newPost(tagsOf(past), title, second));
    const { ingest, refresh, selections } = await stage.change('a.md');
    const directory = await stage.refreshDirectory();
    const bills = [
      billOf(ingest, { posts: 1 }),
      billOf(refresh, { feeds: selections }, selections),
      billOf(directory, { feeds: 1 }),
    ];
    const s3 = bills.reduce((sum, bill) => sum + s3Dollars(bill), 0);
    const sqs = bills.reduce((sum, bill) => sum + sqsDollars(bill), 0);
    // Ingest; the six feeds, which come in one batch; the directory.
    const of = (start: string) => [...all].find(([one]) => one.startsWith(start))![1];
    const ingested = of(what === 'edit' ? 'ingest: an edit' : 'ingest: a new');
    const refreshed = of('refresh');
    const seconds =
      secondsOf(ingested, ingest.trips) +
      secondsOf(refreshed, refresh.trips) +
      // Not measured by itself: at most what the six feeds take.
      secondsOf(refreshed, directory.trips);
    const gigabytes = ingested.memory / 1024;
    const lambda = 3 * dollars.invocation + seconds * gigabytes * dollars.second;
    const total = s3 + sqs + lambda;
    const sums = [s3, sqs, lambda, total].map((one) => (one * 1000).toFixed(3));
    rows.push([what, ...sums, seconds.toFixed(2)]);
  }
  table(
    ['$ for a thousand publishes', 'S3', 'SQS', 'Lambda', 'in all', 's of Lambda for one'],
    rows,
  );
}

function secondsOf({ processor, warm, memory }: Measured, trips: number): number {
  const spent = Math.min(processor, quantile(warm, 0.5)) / 1000;
  return trips * call + spent / Math.min(1, memory / wholeProcessor);
}
