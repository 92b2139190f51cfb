import type { Problem } from '../problem.ts';
import type { Entry } from './entry.ts';

/**
 * The tool a post was written for; it decides how the body is read.
 * `jekyll`: Liquid, then kramdown. `hugo`: shortcodes, then Goldmark. `hexo`: tag plugins, then Markdown.
 * `mdx`: component tags, then Markdown. `plain`: Markdown alone.
 */
export type Dialect = 'jekyll' | 'hugo' | 'hexo' | 'mdx' | 'plain';

/** Front matter as data: string keys as written, values as YAML, TOML or JSON have them (dates as strings). */
export type FrontMatter = Record<string, unknown>;

/** A post cut in two: what `front-matter.ts` gives. */
export interface Source {
  /** Key of the post, `/` between folders: `_posts/2024-03-09-hello.md`. */
  key: string;
  matter: FrontMatter;
  /** The front matter's format; undefined when there is none. */
  syntax?: 'yaml' | 'toml' | 'json';
  /** What all of this tells: see `dialect.ts`. */
  dialect: Dialect;
  /** Everything after the front matter, newlines as `\n`. */
  body: string;
  /** 1-based line of the file on which `body` starts. */
  bodyLine: number;
  /** 1-based line of the file on which top-level front-matter key stands, keys lower-cased. */
  lines: ReadonlyMap<string, number>;
  problems: Problem[];
}

/** A reference to another post by name (`post_url`, `link`, `ref`, `relref`), to be resolved before rendering. */
export interface Reference {
  /** As written: the key in `BodyOptions.links`. */
  name: string;
  /** Keys the post may have, likeliest first. */
  candidates: string[];
}

/** What a body becomes: what `body.ts` gives. */
export interface Body {
  /** Clean HTML, URLs absolute. */
  html: string;
  /** Clean HTML of what stands before the excerpt marker, when there is one. */
  excerpt?: string;
  /** Clean HTML of the first paragraph with text, without its `<p>`; empty when there is none. */
  firstParagraph: string;
  /** Text of the first heading. */
  firstHeading?: string;
  /** Absolute URL of the first image. */
  firstImage?: string;
  /** The body's own `<audio>` and `<video>` files, in order. */
  media: Entry['enclosures'];
  problems: Problem[];
}

export type Status = 'live' | 'draft' | 'scheduled' | 'expired' | 'page';

/** A file that is no post but a page of the blog: counted and left out. */
export interface Page {
  key: string;
  dialect: Dialect;
  /** Which rule says so, `no date`, `layout: page`, `README`. */
  page: string;
  problems: Problem[];
}

/** A post as read: its entry, and when and whether that is public. Whether it is live now is `statusAt`'s to say. */
export interface Post {
  key: string;
  dialect: Dialect;
  entry: Entry;
  /** Never public as it stands: `draft`, `published: false`, `status`, `_drafts/`. */
  draft: boolean;
  /** RFC 3339 instant from which it is no longer public. */
  expires?: string;
  /** Entry field → the front-matter key, file name, heading… that gave it, for `tidings explain`. */
  sources: Record<string, string>;
  problems: Problem[];
}
