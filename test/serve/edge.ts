import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';

/** `functions/edge.js` as CloudFront runs it: its engine, its events. */

export const code = readFileSync('functions/edge.js', 'utf8');

export interface Asked {
  /** Path and query, as in a request line. */
  target: string;
  headers?: Record<string, string | string[]>;
  method?: string;
}

/** What the function gave back: a request that goes on, or an answer. */
export interface Given {
  uri?: string;
  querystring?: Record<string, Field>;
  statusCode?: number;
  headers: Record<string, Field>;
}

interface Field {
  value: string;
  multiValue?: { value: string }[];
}

/**
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html:
 * names of headers in small letters, what stands there twice with all its values.
 */
function eventOf({ target, headers = {}, method = 'GET' }: Asked) {
  const [uri, query] = cut(target, '?');
  const pairs = query ? query.split('&').map((pair) => cut(pair, '=')) : [];
  const all = { host: 'd111111abcdef8.cloudfront.net', ...headers };
  return {
    version: '1.0',
    context: {
      distributionDomainName: 'd111111abcdef8.cloudfront.net',
      distributionId: 'EDFDVBD6EXAMPLE',
      eventType: 'viewer-request',
      requestId: 'EXAMPLEntjQpEXAMPLE_SG5Z-EXAMPLEPmPfEXAMPLEu3EqEXAMPLE==',
    },
    viewer: { ip: '1.2.3.4' },
    request: {
      method,
      uri,
      querystring: fieldsOf(pairs.map(([name, value = '']) => [name, value])),
      headers: fieldsOf(
        Object.entries(all).flatMap(([name, values]) =>
          [values].flat().map((value): [string, string] => [name, value]),
        ),
      ),
      cookies: {},
    },
    // Becomes request.rawQueryString().
    query,
  };
}

function fieldsOf(pairs: [name: string, value: string][]): Record<string, Field> {
  const fields: Record<string, Field> = {};
  for (const [name, value] of pairs) {
    const held = fields[name];
    if (held) held.multiValue = [...(held.multiValue ?? [{ value: held.value }]), { value }];
    else fields[name] = { value };
  }
  return fields;
}

function cut(text: string, at: string): [string, string | undefined] {
  const index = text.indexOf(at);
  return index < 0 ? [text, undefined] : [text.slice(0, index), text.slice(index + 1)];
}

// njs prints no line of more than 2,048 bytes in one piece.
const program = (events: unknown[]) => `${code}
const events = ${JSON.stringify(events)};
for (const at in events) {
  events[at].request.rawQueryString = () => events[at].query;
  console.log(JSON.stringify(handler(events[at])));
}
`;

/** True if Debian's `njs` is here, the engine that is nearest to CloudFront's. */
export const hasNjs = (() => {
  try {
    return execFileSync('njs', ['-v'], { encoding: 'utf8' }) !== '';
  } catch {
    return false;
  }
})();

/** Runs the function for each request: in njs if it is here or has to be (`EDGE_ENGINE=njs`), else in Node. */
export function atEdge(asked: Asked[]): Given[] {
  const text = program(asked.map(eventOf));
  const printed = hasNjs || process.env['EDGE_ENGINE'] === 'njs' ? inNjs(text) : inNode(text);
  return printed
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Given);
}

function inNjs(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidings-edge-'));
  try {
    const file = join(folder, 'edge.js');
    writeFileSync(file, text);
    return execFileSync('njs', ['-q', file], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function inNode(text: string): string {
  let printed = '';
  const console = { log: (line: string) => (printed += `${line}\n`) };
  runInNewContext(text, { Buffer, console }, { contextCodeGeneration: { strings: false } });
  return printed;
}
