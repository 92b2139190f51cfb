import {
  boolCoreTag,
  defineScalarTag,
  FAILSAFE_SCHEMA,
  load,
  mergeTag,
  nullCoreTag,
  Schema,
  YAMLException,
} from 'js-yaml';

/**
 * YAML as front matter needs it: numbers and dates stay as written (a tag `1.10` is no `1.1`, a
 * title `007` no `7`, and a date keeps its offset), and the slips that Ruby's, Go's and
 * JavaScript's parsers forgive differently are mended where only one reading is possible.
 */
const schema = new Schema([
  ...FAILSAFE_SCHEMA.tags,
  nullCoreTag,
  boolCoreTag,
  mergeTag,
  // `!!int 3`, `!!timestamp 2020-01-01`: text, like the same values without a tag.
  defineScalarTag('tag:yaml.org,2002:', {
    matchByTagPrefix: true,
    resolve: (source) => source,
    identify: () => false,
  }),
]);

// With 20 aliases no document unfolds to more than about 1,600 times its size (3 ** (20 / 3)).
const options = { schema, json: true, maxAliases: 20, maxDepth: 50 };

/** A line that was read otherwise than YAML has it. */
export interface Mended {
  /** 0-based line of the text. */
  line: number;
  why: string;
  remedy: string;
}

/** Reads YAML, or throws js-yaml's exception; what it had to mend is added to `mended`. */
export function parseYaml(text: string, mended: Mended[]): unknown {
  try {
    return load(text, options);
  } catch (error) {
    for (const width of [2, 4]) {
      const mends: Mended[] = [];
      const lines = indentQuoted(text, mends)
        .split('\n')
        .map((line, index) => mend(line, index, width, mends));
      const data = mends.length > 0 ? attempt(lines.join('\n')) : undefined;
      if (data === undefined) continue;
      // One tab is told for all.
      mended.push(
        ...mends.filter(
          ({ why }, at) => why !== tab.why || mends.findIndex((of) => of.why === why) === at,
        ),
      );
      return data;
    }
    throw error;
  }
}

function attempt(text: string): unknown {
  try {
    return load(text, options);
  } catch {
    return undefined;
  }
}

const quoted = /^[\w-]+:[ \t]+(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')/gms;

/** libyaml, and so Ruby and Go, let a quoted value go on at the start of a line. */
function indentQuoted(text: string, mends: Mended[]): string {
  return text.replace(quoted, (value, position: number) => {
    const indented = value.replace(/\n(?=\S)/g, '\n ');
    if (indented !== value && mends.length === 0)
      mends.push({ line: text.slice(0, position).split('\n').length - 1, ...open });
    return indented;
  });
}

const open = {
  why: 'a quoted value that goes on at the start of the next line',
  remedy: 'Close the quotes on their line, or indent the next.',
};
const tab = { why: 'a tab in the indentation, where YAML has only spaces', remedy: 'Use spaces.' };
const bare = { why: 'a value that YAML reads only in quotes', remedy: 'Put the value in quotes.' };

function mend(line: string, index: number, width: number, mends: Mended[]): string {
  const spaced = line.replace(/^[ \t]+/, (indent) => indent.replaceAll('\t', ' '.repeat(width)));
  if (spaced !== line) mends.push({ line: index, ...tab });
  const quoted = quoteValue(spaced);
  if (quoted !== spaced) mends.push({ line: index, ...bare });
  return quoted;
}

/**
 * Quotes the value of `title: Foo: bar`, `title: @x`, `- %x`, `title: "Foo" bar`: a line that is
 * never YAML as it stands, so there is nothing else that it could mean.
 */
function quoteValue(line: string): string {
  const [, start, value] = /^((?:[\w-]+:|\s*-)[ \t]+)(\S.*)$/.exec(line.trimEnd()) ?? [];
  if (start === undefined || value === undefined) return line;
  const isItem = !start.includes(':');
  const wrong = isItem ? /^[@%`]/ : mistakes;
  if (!wrong.test(value)) return line;
  const inner = /^'(.*)'$/.exec(value)?.[1] ?? value;
  return `${start}'${inner.replaceAll("'", "''")}'`;
}

const mistakes = new RegExp(
  [
    '^[@%`*]', // reserved, or an alias that the parser did not find
    '^"(?:[^"\\\\]|\\\\.)*"\\s*[^\\s#]', // "Foo" bar
    "^'(?:[^']|'')*'(?!')\\s*[^\\s#]", // 'It's'
    '^\\[[^\\]]*\\]\\s*[^\\s#,\\]]', // [Foo] bar
    '^\\{[^}]*\\}\\s*[^\\s#,}]', // {foo} bar
    '^- ', // - foo
    '^[^"\'\\[{|>&!#].*:(?: |$)', // Foo: bar
  ].join('|'),
);

/** 0-based line of a YAML error, where it has one. */
export function yamlLine(error: unknown): number | undefined {
  return error instanceof YAMLException ? error.mark?.line : undefined;
}
