/** What a post becomes (RFC 4287's word; RSS and JSON Feed say item): all that feeds need, nothing else. */
export interface Entry {
  /** Stable for ever: RFC 4287 §4.2.6. A URI, or what the front matter's `guid` says. */
  id: string;
  /** Absolute URL of the post on the publisher's blog. */
  link: string;
  /** Plain text, no markup, no entities, never empty. */
  title: string;
  /** RFC 3339 instant in UTC to the second, `2024-03-09T08:15:00Z`. */
  published: string;
  /** Like `published`; equal to it when the post names no other. */
  updated: string;
  authors: Author[];
  /** Taxonomy (also `authors`) → terms in the order written, each slug once: the feeds that carry the entry. */
  terms: Record<string, Term[]>;
  /** Clean HTML with absolute URLs; may be empty. */
  summary: string;
  /** Clean HTML with absolute URLs; may be empty. */
  content: string;
  /** Absolute URL of the lead image. */
  image?: string;
  enclosures: Enclosure[];
  /** BCP 47, where it is not the site's own. */
  language?: string;
  episode?: Episode;
}

/** One value of a taxonomy. */
export interface Term {
  /** As the post writes it. */
  label: string;
  /** The form in keys and URLs: `src/post/term.ts`. */
  slug: string;
}

/** A person who wrote an entry; their feed is a term of the taxonomy `authors`. */
export interface Author {
  name: string;
  email?: string;
  /** Absolute URL of their own page. */
  uri?: string;
}

/** A media file that belongs to the entry (RSS `<enclosure>`, JSON Feed attachment). */
export interface Enclosure {
  /** Absolute URL. */
  url: string;
  /** MIME type. */
  type: string;
  /** Bytes, where the post tells. */
  length?: number;
  /** Seconds, where the post tells. */
  duration?: number;
  title?: string;
}

/** What podcast players show beyond the entry itself (Apple's `itunes:`, the Podcast Namespace). */
export interface Episode {
  number?: number;
  season?: number;
  /** `full`, `trailer` or `bonus`. */
  type?: string;
  explicit?: boolean;
  /** Absolute URL of a transcript, and of a chapters file. */
  transcript?: string;
  chapters?: string;
}
