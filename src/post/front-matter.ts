import matter from 'gray-matter';
import { parse as parseToml, TomlDate, TomlError } from 'smol-toml';
import { InvalidPost } from '../errors.ts';
import type { Problem } from '../problem.ts';
import { defaultLimits, type Limits } from '../site.ts';
import { type Block, findBlock, lineAt } from './block.ts';
import { dialectOf } from './dialect.ts';
import type { FrontMatter, Source } from './post.ts';
import { type Mended, parseYaml, yamlLine } from './yaml.ts';

/**
 * Bytes → front matter and body. `gray-matter` reads the front matter, with engines of ours: its
 * JavaScript engine would run the post, and its YAML turns dates into instants and forgets their
 * offsets. Refused: what is not UTF-8 text, and front matter that has no one reading.
 */

/**
 * Cuts a post in two and reads its front matter; throws InvalidPost if that cannot be read, or if the
 * file is larger than the site allows.
 */
export function readSource(
  key: string,
  bytes: Uint8Array,
  { size }: Pick<Limits, 'size'> = defaultLimits,
): Source {
  if (bytes.length > size * 1024) throw tooLarge(bytes.length, size);
  const text = decode(bytes);
  const block = findBlock(text);
  const problems: Problem[] = [];
  const parts = block
    ? {
        key,
        matter: readBlock(block, key, problems),
        syntax: block.syntax,
        body: text.slice(block.end),
        bodyLine: lineAt(text, block.end),
        lines: findLines(block, key, problems),
      }
    : { key, matter: {}, body: text, bodyLine: 1, lines: new Map<string, number>() };
  return { ...parts, dialect: dialectOf(parts), problems };
}

function tooLarge(bytes: number, size: number): InvalidPost {
  return new InvalidPost(
    `the file has ${Math.ceil(bytes / 1024)} KB (${bytes} bytes), and a post may have ${size} KB`,
    'Move pictures and data out of the post, or raise `limits.size` in tidings.yml.',
  );
}

function decode(bytes: Uint8Array): string {
  if (bytes.includes(0)) throw notText('it holds NUL bytes');
  const text = utf8(bytes).replaceAll('\r\n', '\n').replaceAll('\r', '\n');
  if (text.trim() === '') {
    throw new InvalidPost('the file is empty', 'Write the post, or delete the file.');
  }
  return text;
}

const decoder = new TextDecoder('utf-8', { fatal: true });

function utf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw notText('its bytes are not UTF-8', cause);
  }
}

function notText(why: string, cause?: unknown): InvalidPost {
  return new InvalidPost(`the file is not text: ${why}`, 'Save it as UTF-8.', { cause });
}

function readBlock(block: Block, key: string, problems: Problem[]): FrontMatter {
  const mended: Mended[] = [];
  let data: unknown;
  try {
    // The newline after the fence is theirs too: their first line is the fence's.
    const text = `\n${block.text}`;
    // gray-matter chooses the engine, but is given a stand-in for the text: its search for comments
    // takes time that grows with the square of the blank lines. Options keep it from its cache,
    // which remembers a failed parse as an empty one.
    data = matter(`---\n${hasKeys(block) ? 'x' : ''}\n---`, {
      language: block.syntax,
      engines: {
        yaml: () => (parseYaml(text, mended) ?? {}) as object,
        toml: () => readToml(text) as object,
        json: () => readJson(text) as object,
      },
    }).data;
  } catch (cause) {
    throw unreadable(block, cause);
  }
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    throw new InvalidPost('the front matter holds no keys', 'Write it as `title: …`.', {
      line: block.line,
    });
  }
  for (const { line, why, remedy } of mended) {
    problems.push({ key, line: block.line - 1 + line, cause: why, remedy });
  }
  return data as FrontMatter;
}

/** Whether there is more than comments, which js-yaml would refuse. */
function hasKeys({ text }: Block): boolean {
  return /^[ \t]*[^\s#]/m.test(text);
}

/** Hexo writes its JSON without the braces. */
function readJson(text: string): unknown {
  return JSON.parse(text.trim().startsWith('{') ? text : `{${text}}`);
}

const bareDate =
  /^([ \t]*[\w."'-]+[ \t]*=[ \t]*)(\d{4}-\d\d-\d\d(?:[Tt ][\d:.]+)?(?:[Zz]|[+-]\d\d:\d\d)?)(?=[ \t]*(?:#.*)?$)/gm;

/**
 * TOML with its dates as text, as written: the parser takes the 30th of February for a day in
 * March, and refuses the whole front matter for the 39th.
 */
function readToml(text: string): unknown {
  const quoted = /"""|'''/.test(text) ? text : text.replace(bareDate, '$1"$2"');
  return withoutDates(parseToml(quoted, { integersAsBigInt: 'asNeeded' }));
}

function withoutDates(value: unknown): unknown {
  if (value instanceof TomlDate) return value.toISOString().replace(/\.000(?=Z|[+-]|$)/, '');
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return value.map(withoutDates);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, of]) => [key, withoutDates(of)]));
}

const names = { yaml: 'YAML', toml: 'TOML', json: 'JSON' };

function unreadable(block: Block, cause: unknown): InvalidPost {
  const name = names[block.syntax];
  const reason = reasonOf(cause);
  const inBlock = cause instanceof TomlError ? cause.line - 1 : yamlLine(cause);
  // Without a fence there is no line before the first.
  const line = inBlock === undefined ? block.line : Math.max(1, block.line - 1 + inBlock);
  return new InvalidPost(`the front matter is not ${name}: ${reason}`, remedyFor(reason), {
    line,
    cause,
  });
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const reason = 'reason' in cause ? String(cause.reason) : cause.message;
  // Where is told by the line. What stands there may be a draft's, and a build's words be public.
  const [line] = reason.replace(/, (?:\.{3})?".*"(?:\.{3})? is not valid JSON$/s, '').split('\n');
  return line!.replace(/^Invalid TOML document: /, '').replace(/ (?:".*"|!<.*>)$/, '');
}

function remedyFor(reason: string): string {
  if (reason.includes('maxAliases')) return 'Write the values out, without aliases.';
  if (reason.includes('maxDepth')) return 'Nest the values less deeply.';
  return 'Mend this line or the one before; values with `: `, `#` or quotes in them need quotes.';
}

const keyLines = {
  yaml: /^["']?([\w.$][^:"'\n]*?)["']?[ \t]*:(?=[ \t]|$)/,
  toml: /^[ \t]*\[{0,2}["']?([\w-]+)["']?[\].]*[ \t]*(?:=|$)/,
  json: /^[ \t]*\{?[ \t]*"([^"]+)"[ \t]*:/,
};

// The expressions take their time over long runs of blanks.
const longestKey = 200;

/** The lines on which top-level keys stand; of a key that stands twice, the last, which counts. */
function findLines(block: Block, key: string, problems: Problem[]): Map<string, number> {
  const found = new Map<string, number>();
  const written = new Set<string>();
  for (const [index, text] of block.text.split('\n').entries()) {
    const name = keyLines[block.syntax].exec(text.slice(0, longestKey))?.[1];
    if (name === undefined) continue;
    const line = block.line + index;
    if (block.syntax === 'yaml' && written.has(name)) problems.push(twice(key, name, line));
    if (block.syntax === 'yaml' || !written.has(name)) found.set(name.toLowerCase(), line);
    written.add(name);
  }
  return found;
}

function twice(key: string, name: string, line: number): Problem {
  return { key, line, cause: `\`${name}\` is given twice; this one is used`, remedy: 'Keep one.' };
}
