/**
 * Posts that were made to be slow or large: every way to cost much that is known of front matter,
 * templates, Markdown, HTML and feeds, each as large as one asks for. `test/fuzz/budget.test.ts`
 * holds each to a budget.
 */
export interface Costly {
  name: string;
  key?: string;
  /** The file's text, of about so many bytes. */
  text: (size: number) => string;
}

export const dated = 'title: Costly\ndate: 2024-03-09';

/** A pattern repeated to a size. */
export function fill(pattern: string, size: number): string {
  return pattern.repeat(Math.max(1, Math.floor(size / Buffer.byteLength(pattern))));
}

export const numbered = (size: number, each: (n: number) => string): string => {
  const parts: string[] = [];
  let length = 0;
  for (let n = 0; length < size; n++) {
    const part = each(n);
    parts.push(part);
    length += part.length;
  }
  return parts.join('');
};

type Make = string | ((size: number) => string);
const made = (make: Make, size: number) =>
  typeof make === 'string' ? fill(make, size) : make(size);

export function yaml(name: string, make: Make): Costly {
  const text = (size: number) => `---\n${dated}\n${made(make, size)}\n---\nText\n`;
  return { name: `YAML: ${name}`, text };
}

export function toml(name: string, make: Make): Costly {
  const text = (size: number) =>
    `+++\ntitle = "Costly"\ndate = 2024-03-09\n${made(make, size)}\n+++\nText\n`;
  return { name: `TOML: ${name}`, text };
}

export function json(name: string, make: Make): Costly {
  return { name: `JSON: ${name}`, text: (size) => made(make, size) };
}

export function body(
  dialect: 'jekyll' | 'hugo' | 'hexo' | 'mdx' | 'plain' | 'html',
  name: string,
  make: Make,
): Costly {
  const places = {
    jekyll: '_posts/2024-03-09-costly.md',
    hugo: 'content/posts/costly.md',
    hexo: 'source/_posts/costly.md',
    mdx: 'costly.mdx',
    plain: 'costly.md',
    html: 'costly.html',
  };
  const matter = dialect === 'hugo' ? `${dated}\nlastmod: 2024-03-10` : dated;
  return {
    name: `${dialect}: ${name}`,
    key: places[dialect],
    text: (size) => `---\n${matter}\n---\n${made(make, size)}\n`,
  };
}

/** A body beside a front matter that has something long in it. */
export function both(name: string, key: string, matter: Make, text: Make): Costly {
  return {
    name,
    key,
    text: (size) => `---\n${dated}\n${made(matter, size / 2)}\n---\n${made(text, size / 2)}\n`,
  };
}

export const nested = (open: string, close: string) => (size: number) => {
  const depth = Math.floor(size / (open.length + close.length));
  return open.repeat(depth) + close.repeat(depth);
};
export const bomb = (size: number) =>
  `a0: &a0 ${'x'.repeat(Math.max(1, size - 600))}\n` +
  Array.from({ length: 5 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n}, *a${n}, *a${n}]\n`).join('');
