/** The publisher's settings, checked, with defaults: `tidings.yml` as the rest of the system sees it. */
export interface Site {
  /** Of the blog, without a final slash. */
  url: string;
  /** Base address of the feeds, without a final slash. */
  feeds: string;
  title: string;
  description: string;
  /** BCP 47. */
  language?: string;
  /** IANA name; dates without a zone are read in it. */
  timezone: string;
  /** Absolute URL of a square image. */
  icon?: string;
  rights?: string;
  /** For `tag:` ids, RFC 4151: a domain name or e-mail address, and a date `YYYY-MM-DD` on which it was the publisher's. */
  authority: string;
  since: string;
  /** Pattern of links, `/:year/:month/:title/`; undefined: by dialect. */
  permalink?: string;
  /** Pattern of ids, `{url}/?p={wordpress_id}`; a post without the named field gets a `tag:` id. */
  id?: string;
  /** Front-matter field (lower case) → taxonomy. */
  taxonomies: Record<string, string>;
  /** Id as written in posts → person. */
  authors: Record<string, Person>;
  /** Entries in a feed. */
  entries: number;
  content: 'full' | 'summary';
  /** Excerpt marker beside the usual ones. */
  separator?: string;
  hubs: string[];
  podcast?: Podcast;
  /** Presets of old feed addresses: `wordpress`, `jekyll`, `hugo`, `ghost`, `hexo`. */
  legacy: string[];
  /** Path → path or URL, answered with 301. */
  moved: Record<string, string>;
  /** Paths answered with 410. */
  gone: string[];
  /** Seconds for which readers may keep a feed. */
  freshness: number;
  invalidate: boolean;
}

export interface Person {
  name: string;
  email?: string;
  uri?: string;
}

/** What makes the feeds a podcast's (Apple's required and recommended channel tags). */
export interface Podcast {
  author: string;
  /** Apple category, `Technology` or `Society & Culture > Documentary`. */
  category: string;
  email?: string;
  image?: string;
  explicit: boolean;
  type: 'episodic' | 'serial';
  /** Podcast Namespace: `podcast:guid`, `podcast:locked`. */
  guid?: string;
  locked?: boolean;
}
