/** Where code stands in a Markdown text, so that templates leave it alone; and code as HTML. */

/** From the first character to the one after the last. */
export type Range = [start: number, end: number];

/** Fenced code and code spans, in order. Linear, whatever the text. */
export function codeRanges(text: string): Range[] {
  const ranges: Range[] = [];
  let fence: { mark: string; start: number } | undefined;
  let prose = 0;
  let start = 0;
  while (start < text.length) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline + 1;
    const line = text.slice(start, Math.min(end, start + 200));
    const mark = /^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(`{3,}(?!.*`)|~{3,})/.exec(line)?.[1];
    if (fence) {
      if (mark?.startsWith(fence.mark) && !/[^\s>`~]/.test(line)) {
        ranges.push([fence.start, end]);
        fence = undefined;
        prose = end;
      }
    } else if (mark) {
      pushSpans(ranges, text, prose, start);
      fence = { mark, start };
    } else if (line.trim() === '') {
      pushSpans(ranges, text, prose, start);
      prose = end;
    }
    start = end;
  }
  if (fence) ranges.push([fence.start, text.length]);
  else pushSpans(ranges, text, prose, text.length);
  return ranges;
}

/** CommonMark §6.1: a span ends at the next run of as many backticks, within its paragraph. */
function pushSpans(ranges: Range[], text: string, from: number, to: number): void {
  const runs = [...text.slice(from, to).matchAll(/(\\?)(`+)/g)].map(
    ({ index, 1: backslash, 2: run }) => ({
      at: from + index + backslash!.length,
      length: run!.length,
      escaped: backslash !== '',
    }),
  );
  const nextOf = new Map<number, number>();
  const closers = runs.map(() => -1);
  for (let at = runs.length - 1; at >= 0; at--) {
    closers[at] = nextOf.get(runs[at]!.length) ?? -1;
    nextOf.set(runs[at]!.length, at);
  }
  for (let at = 0; at < runs.length; at++) {
    const closer = closers[at]!;
    if (runs[at]!.escaped || closer < 0) continue;
    ranges.push([runs[at]!.at, runs[closer]!.at + runs[closer]!.length]);
    at = closer;
  }
}

/** The text with what is not code put through `change`. */
export function changeProse(text: string, change: (prose: string) => string): string {
  let result = '';
  let from = 0;
  for (const [start, end] of codeRanges(text)) {
    result += change(text.slice(from, start)) + text.slice(start, end);
    from = end;
  }
  return result + change(text.slice(from));
}

/**
 * A block of code as HTML that Markdown lets through untouched, wherever it stands: one line, for a
 * blank line would end it, and in character references all that could be markup.
 */
export function codeBlock(code: string, language = ''): string {
  const name = /^[\w+#.-]+$/.exec(language)?.[0];
  const attribute = name ? ` class="language-${name}"` : '';
  return `<pre><code${attribute}>${literal(code.replace(/^\n+|\s+$/g, ''))}\n</code></pre>`.replace(
    /\n/g,
    '&#10;',
  );
}

/** Text in which Markdown finds no markup. */
export function literal(text: string): string {
  return text.replace(/[!-/:-@[-`{-~]/g, (character) => `&#${character.charCodeAt(0)};`);
}
