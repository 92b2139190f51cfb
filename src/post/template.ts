import type { Problem } from '../problem.ts';
import type { Site } from '../site.ts';
import type { Source } from './post.ts';

/** What the template languages of all dialects are given: the post, where it will be, and what it names. */
export interface Template {
  source: Source;
  site: Site;
  /** Absolute URL of the post. */
  link: string;
  /** Name of a reference → absolute link of the post it names. */
  links: ReadonlyMap<string, string>;
  /** Where to report what could not be done. */
  problems: Problem[];
}

/** A URL that no reader follows: the HTML pass keeps the text of a link to it, and drops the link. */
export const nowhere = 'about:invalid';

/**
 * The link of a post named by `name`, which may end in `#part`; else what `guess` makes of the
 * name; else nowhere, which is reported.
 */
export function linkTo(
  template: Template,
  name: string,
  line?: number | (() => number),
  guess: (post: string) => string | undefined = () => undefined,
): string {
  const { post, part } = splitPart(name);
  if (post === '') return template.link + part;
  const link = template.links.get(post) ?? guess(post);
  if (link !== undefined) return link + part;
  report(
    template,
    `there is no post named \`${post.slice(0, 100)}\`: its link is left out`,
    'Correct the name, or write the full address of the page.',
    typeof line === 'function' ? line() : line,
  );
  return nowhere;
}

/** A reference's name without the part of the page after `#`. */
export function splitPart(name: string): { post: string; part: string } {
  const hash = name.indexOf('#');
  return hash < 0
    ? { post: name, part: '' }
    : { post: name.slice(0, hash), part: name.slice(hash) };
}

// A post with more is broken in one way, not in so many.
const most = 200;

/** Where problems of a post's body are reported. */
export interface Report {
  source: Pick<Source, 'key' | 'bodyLine'>;
  problems: Problem[];
}

/** Reports a problem, once, on a line of the body counted from 1. */
export function report(template: Report, cause: string, remedy: string, line?: number): void {
  if (template.problems.length >= most) return;
  const { key, bodyLine } = template.source;
  const at = line === undefined ? undefined : bodyLine + line - 1;
  if (template.problems.some((known) => known.cause === cause && known.line === at)) return;
  template.problems.push({ key, cause, remedy, ...(at !== undefined && { line: at }) });
}

/** Tells the 1-based line of places in a text that are asked for in ascending order. */
export function lineCounter(text: string): (offset: number) => number {
  let line = 1;
  let newline = text.indexOf('\n');
  return (offset) => {
    for (; newline >= 0 && newline < offset; newline = text.indexOf('\n', newline + 1)) line++;
    return line;
  };
}
