import { cpus, totalmem } from 'node:os';

/** What benchmarks print: tables as RESULTS.md has them, and the machine that made them. */

/** Prints a Markdown table; all columns but the first are numbers, to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const rule = head.map((_, at) => (at === 0 ? '---' : '---:'));
  console.log(`\n${[head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`);
}

/** Node, processors and memory of this machine, and the day. */
export function machine(now = new Date()): string {
  const memory = Math.round(totalmem() / 2 ** 30);
  const day = now.toISOString().slice(0, 10);
  return `${day}, node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, ${memory} GB`;
}

/** A whole number with its thousands apart. */
export function count(number: number): string {
  return Math.round(number).toLocaleString('en');
}

/** A part of some numbers is no larger than this: 0.5 for the median, 0.99. */
export function quantile(numbers: readonly number[], part: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]!;
}
