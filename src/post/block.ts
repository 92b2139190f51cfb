import { InvalidPost } from '../errors.ts';

/** Where the front matter stands in a post, in any of the fences that blog tools know. */
export interface Block {
  syntax: 'yaml' | 'toml' | 'json';
  text: string;
  /** 1-based line of the file on which `text` begins. */
  line: number;
  /** Where the body begins. */
  end: number;
}

/** Finds the front matter; undefined if the text has none. */
export function findBlock(text: string): Block | undefined {
  const start = text.search(/\S/);
  const opener = /^(---|\+\+\+|;;;)[ \t]*([a-z]*)[ \t]*\n/i.exec(text.slice(start, start + 80));
  if (opener) return fenced(text, start, opener);
  return text[start] === '{' ? bareJson(text, start) : openerless(text, start);
}

/** 1-based line of a position. */
export function lineAt(text: string, position: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < position; at = text.indexOf('\n', at + 1))
    line++;
  return line;
}

const closers: Record<string, RegExp> = {
  '---': /^(?:---|\.\.\.)[ \t]*$/m, // YAML 1.2 §9.1.2; Jekyll and Pandoc take `...` too
  '+++': /^\+\+\+[ \t]*$/m,
  ';;;': /^;;;[ \t]*$/m,
};
const usual: Record<string, string> = { '---': 'yaml', '+++': 'toml', ';;;': 'json' };

function fenced(text: string, start: number, opener: RegExpExecArray): Block | undefined {
  const fence = opener[1]!;
  const line = lineAt(text, start);
  const from = start + opener[0].length;
  const rest = text.slice(from);
  const closer = closers[fence]!.exec(rest);
  if (!closer) {
    // A rule at the top of a text without front matter opens nothing.
    if (!/^(?:#.*\n)*["']?[\w-]+["']?\s*[:=]/.test(rest)) return undefined;
    throw new InvalidPost(
      `the front matter is not closed: no line ${fence} follows`,
      `Put a line ${fence} after the front matter.`,
      { line },
    );
  }
  return {
    syntax: syntaxOf(opener[2]!.toLowerCase() || usual[fence]!, line),
    text: rest.slice(0, closer.index),
    line: line + 1,
    end: Math.min(from + closer.index + closer[0].length + 1, text.length),
  };
}

function syntaxOf(language: string, line: number): Block['syntax'] {
  if (language === 'yml') return 'yaml';
  if (language === 'yaml' || language === 'toml' || language === 'json') return language;
  const program = ['js', 'javascript', 'ts', 'coffee', 'coffeescript', 'cson'].includes(language);
  throw new InvalidPost(
    program
      ? `the front matter is a program (${language}), and posts are never run`
      : `the front matter is in a language that is not known, ${language}`,
    'Write the front matter in YAML, TOML or JSON.',
    { line },
  );
}

/** Hugo's JSON: an object at the top of the file, without fences. */
function bareJson(text: string, start: number): Block | undefined {
  // `{{ … }}` and `{% … %}` are templates, `{: …}` is an attribute list.
  const rest = text.slice(start);
  if (!/^\{\s*["}]/.test(rest)) return undefined;
  let depth = 0;
  // A string without its end is taken too, to the end of the line: looking for one anew at each of
  // its escaped quotes would be quadratic.
  for (const { 0: token, index } of rest.matchAll(/"(?:[^"\\\n]|\\.)*"?|[{}]/g)) {
    if (token === '{') depth++;
    if (token !== '}' || --depth > 0) continue;
    const close = start + index + 1;
    const end = text.startsWith('\n', close) ? close + 1 : close;
    return { syntax: 'json', text: text.slice(start, close), line: lineAt(text, start), end };
  }
  throw new InvalidPost('the front matter is not closed: a } is missing', 'Close the object.', {
    line: lineAt(text, start),
  });
}

const firstKeys = /^"?(?:title|layout|date|categories|tags|id|permalink)"?[ \t]*:/;

/** Hexo's older forms: keys from the first line on, closed by `---` (YAML) or `;;;` (JSON). */
function openerless(text: string, start: number): Block | undefined {
  if (!firstKeys.test(text.slice(start, start + 40))) return undefined;
  const closer = /^(-{3,}|;{3,})[ \t]*$/m.exec(text);
  if (!closer) return undefined;
  return {
    syntax: closer[1]!.startsWith('-') ? 'yaml' : 'json',
    text: text.slice(start, closer.index),
    line: lineAt(text, start),
    end: Math.min(closer.index + closer[0].length + 1, text.length),
  };
}
