/** JSON to a tree whose every value knows its place: what `JSON.parse` gives, and where it stands. */
export type Node =
  | {
      kind: 'object';
      offset: number;
      members: Map<string, Node>;
      twice: { name: string; offset: number }[];
    }
  | { kind: 'array'; offset: number; values: Node[] }
  | { kind: 'string'; offset: number; value: string }
  | { kind: 'number'; offset: number; value: number }
  | { kind: 'boolean'; offset: number; value: boolean }
  | { kind: 'null'; offset: number };

/** Where and why a text is not JSON. */
export interface JsonError {
  offset: number;
  why: string;
}

const deepest = 250;
const most = 1_000_000;

/** Reads JSON as RFC 8259 has it; depth and number of values are bounded. */
export function parseJson(text: string): Node | JsonError {
  const reader: Reader = { text, at: 0, count: 0 };
  try {
    skip(reader);
    const node = value(reader, 0);
    skip(reader);
    if (reader.at < text.length) fail(reader, 'something stands after the value; remove it');
    return node;
  } catch (thrown) {
    if (isJsonError(thrown)) return thrown;
    throw thrown;
  }
}

export function isJsonError(result: unknown): result is JsonError {
  return typeof result === 'object' && result !== null && 'why' in result;
}

interface Reader {
  text: string;
  at: number;
  count: number;
}

function fail(reader: Reader, why: string, offset = reader.at): never {
  throw { offset, why } satisfies JsonError;
}

function skip(reader: Reader): void {
  while (' \t\n\r'.includes(reader.text[reader.at] ?? '?')) reader.at++;
}

const literals: [string, (offset: number) => Node][] = [
  ['true', (offset) => ({ kind: 'boolean', offset, value: true })],
  ['false', (offset) => ({ kind: 'boolean', offset, value: false })],
  ['null', (offset) => ({ kind: 'null', offset })],
];
const numberForm = /-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;

function value(reader: Reader, depth: number): Node {
  const { text, at: offset } = reader;
  if (depth > deepest) fail(reader, `values nested more than ${deepest} deep: not judged`);
  if (++reader.count > most) fail(reader, `more than ${most} values: not judged`);
  const first = text[offset];
  if (first === '{') return object(reader, depth);
  if (first === '[') return array(reader, depth);
  if (first === '"') return { kind: 'string', offset, value: string(reader) };
  numberForm.lastIndex = offset;
  const number = numberForm.exec(text)?.[0];
  if (number) {
    reader.at += number.length;
    return { kind: 'number', offset, value: Number(number) };
  }
  for (const [word, node] of literals) {
    if (!text.startsWith(word, offset)) continue;
    reader.at += word.length;
    return node(offset);
  }
  return fail(
    reader,
    first === undefined
      ? 'the document ends too early'
      : `${JSON.stringify(first)} begins no value`,
  );
}

function object(reader: Reader, depth: number): Node {
  const offset = reader.at++;
  const members = new Map<string, Node>();
  const twice: { name: string; offset: number }[] = [];
  skip(reader);
  for (let more = reader.text[reader.at] !== '}'; more; more = comma(reader, '}')) {
    const start = reader.at;
    if (reader.text[start] !== '"')
      fail(reader, 'a name in double quotes is missing here; look for a comma too many');
    const name = string(reader);
    skip(reader);
    if (reader.text[reader.at] !== ':')
      fail(reader, `a colon is missing after ${JSON.stringify(name)}`);
    reader.at++;
    skip(reader);
    if (members.has(name)) twice.push({ name, offset: start });
    members.set(name, value(reader, depth + 1));
  }
  reader.at++;
  return { kind: 'object', offset, members, twice };
}

function array(reader: Reader, depth: number): Node {
  const offset = reader.at++;
  const values: Node[] = [];
  skip(reader);
  for (let more = reader.text[reader.at] !== ']'; more; more = comma(reader, ']')) {
    values.push(value(reader, depth + 1));
  }
  reader.at++;
  return { kind: 'array', offset, values };
}

/** True if another follows; else stands before the end. */
function comma(reader: Reader, end: string): boolean {
  skip(reader);
  const next = reader.text[reader.at];
  if (next === end) return false;
  if (next !== ',')
    fail(
      reader,
      next === undefined ? 'the document ends too early' : `a comma or ${end} is missing here`,
    );
  reader.at++;
  skip(reader);
  return true;
}

function string(reader: Reader): string {
  const { text, at: start } = reader;
  let end = start + 1;
  while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
  if (end >= text.length) fail(reader, 'a string that begins here does not end');
  reader.at = end + 1;
  const raw = text.slice(start, end + 1);
  try {
    return JSON.parse(raw) as string;
  } catch {
    const control = /[\x00-\x1f]/.exec(raw);
    if (!control)
      return fail(reader, 'a string that begins here has an escape that JSON does not know', start);
    return fail(
      reader,
      'a line break or control character in a string; write it as \\n or \\u…',
      start + control.index,
    );
  }
}
