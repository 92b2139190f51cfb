/** A template tag, `{% name markup %}`, in the form that Liquid and Hexo's Nunjucks share. */
export interface Tag {
  name: string;
  /** What stands after the name, trimmed. */
  markup: string;
  /** Where in the text the tag starts, and the first place after it. */
  start: number;
  end: number;
}

/** The tags of a text in order. Linear, whatever the text. */
export function* tagsOf(text: string): Generator<Tag> {
  let end = 0;
  for (;;) {
    const start = text.indexOf('{%', end);
    const close = start < 0 ? -1 : text.indexOf('%}', start + 2);
    if (close < 0) return;
    end = close + 2;
    const inside = text
      .slice(start + 2, close)
      .replace(/^-|-$/g, '')
      .trim();
    const name = /^[\w-]+/.exec(inside)?.[0] ?? '';
    yield { name, markup: inside.slice(name.length).trim(), start, end };
  }
}

/** A tag's words: split at white space, quoted ones whole. */
export function words(markup: string): string[] {
  return [...markup.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare!,
  );
}

/** A word without its quotes. */
export function unquoted(word: string): string {
  return word.trim().replace(/^(["'])(.*)\1$/, '$2');
}
