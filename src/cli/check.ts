import { createReadStream } from 'node:fs';
import { type CheckOptions, check, maxBytes } from '../check/check.ts';
import type { Report } from '../check/report.ts';

/** Where a command reads and writes. */
export interface CheckIo {
  out(text: string): void;
  err(text: string): void;
  /** What `-` reads; the process's own by default. */
  input?: AsyncIterable<Uint8Array>;
}

const timeout = 20_000;
const accept =
  'application/rss+xml, application/atom+xml, application/feed+json, text/x-opml, application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1';

/**
 * Judges files, `-` and URLs, a line for each finding and one for each target.
 * Tells the exit status: 0 no error, 1 some, 2 a target that cannot be read or none given.
 */
export async function checkCommand(targets: string[], io: CheckIo): Promise<number> {
  const wrong = targets.find((target) => /^-./.test(target));
  if (targets.length === 0 || wrong !== undefined) {
    io.err(wrong === undefined ? 'check: nothing to check' : `check: unknown option ${wrong}`);
    io.err('Usage: tidings check FILE|URL|-…  (a feed: RSS, Atom or JSON, or an OPML file)');
    return 2;
  }
  let status = 0;
  for (const target of targets) {
    try {
      const { bytes, ...options } = await load(target, io);
      const report = check(bytes, { ...options, now: Date.now() });
      print(target, report, io);
      if (report.errors > 0) status = Math.max(status, 1);
    } catch (cause) {
      io.err(`${target}: cannot be read: ${reason(cause)}`);
      status = 2;
    }
  }
  return status;
}

type Loaded = CheckOptions & { bytes: Uint8Array };

async function load(target: string, io: CheckIo): Promise<Loaded> {
  if (/^https?:\/\//i.test(target)) return loadUrl(target);
  if (/^[a-z][a-z\d+.-]+:\/\//i.test(target))
    throw new Error('only http: and https: URLs are fetched');
  if (target === '-') return { bytes: await gather(io.input ?? process.stdin) };
  return { bytes: await gather(createReadStream(target)) };
}

async function loadUrl(target: string): Promise<Loaded> {
  if (!URL.canParse(target)) throw new Error('the URL is malformed');
  const response = await fetch(target, {
    headers: { accept, 'user-agent': 'Tidings-check (feed validator)' },
    signal: AbortSignal.timeout(timeout),
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`the server answers ${response.status} ${response.statusText}`.trim());
  }
  const contentType = response.headers.get('content-type');
  return {
    bytes: await gather(response.body ?? []),
    location: response.url,
    ...(contentType !== null && { contentType }),
  };
}

/** All bytes, or a few more than `check` accepts: then it says so. */
async function gather(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    size += chunk.length;
    if (size > maxBytes) break;
  }
  return Buffer.concat(parts);
}

function print(target: string, report: Report, io: CheckIo): void {
  const name = target === '-' ? 'stdin' : target;
  for (const { line, column, severity, name: fault, message, clause } of report.findings) {
    io.out(`${name}:${line}:${column}: ${severity} ${fault}: ${oneLine(message)} (${clause})`);
  }
  const left = report.errors + report.warnings - report.findings.length;
  if (left > 0) io.out(`${name}: ${left} further findings are not shown`);
  io.out(`${name}: ${summary(report)}`);
}

function summary({ kind, format, entries, errors, warnings }: Report): string {
  const what = kind
    ? `${format}, ${count(entries, kind === 'opml' ? 'feed' : 'entry')}`
    : 'no feed';
  if (errors + warnings === 0) return `${what}: valid`;
  return `${what}: ${errors === 0 ? 'valid' : count(errors, 'error')}, ${count(warnings, 'warning')}`;
}

function count(number: number, noun: string): string {
  return `${number} ${number === 1 ? noun : noun.replace(/y$/, 'ie')}${number === 1 ? '' : 's'}`;
}

/** What a feed says must not move the cursor or forge a line. */
function oneLine(message: string): string {
  return message.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]+/g, ' ');
}

function reason(cause: unknown): string {
  const fault = cause as NodeJS.ErrnoException & { cause?: { message?: string } };
  switch (fault.code) {
    case 'ENOENT':
      return 'there is no such file; check the path';
    case 'EISDIR':
      return 'it is a folder; name a file in it';
    case 'EACCES':
      return 'permission denied; check the access rights';
  }
  if (fault.name === 'TimeoutError')
    return `no answer within ${timeout / 1000} seconds; try again later`;
  return [fault.message, fault.cause?.message].filter(Boolean).join(': ');
}
