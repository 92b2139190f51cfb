/** What is wrong with a value, before it is known where the value stands. */
export interface Fault {
  severity: Severity;
  /** The W3C feed validator's name for it, where it has one: `InvalidRFC2822Date`. */
  name: string;
  /** What is wrong, and what to do. */
  message: string;
}

export type Severity = 'error' | 'warning';

/** A fault in its place, with the clause that it offends. */
export interface Finding extends Fault {
  /** 1-based. */
  line: number;
  column: number;
  /** `RSS 2.0 §guid`, `RFC 4287 §4.2.6`. */
  clause: string;
}

export type Kind = 'rss' | 'atom' | 'json' | 'opml';

/** What `check` found: exact counts, and the findings in the order of the document. */
export interface Report {
  /** Undefined if the document is no feed. */
  kind?: Kind;
  /** `RSS 2.0`, `Atom 1.0`, `JSON Feed 1.1`, `OPML 2.0`. */
  format?: string;
  /** Entries of the feed; outlines with a feed in OPML. */
  entries: number;
  errors: number;
  warnings: number;
  /** At most a thousand. */
  findings: Finding[];
}

/** What every judge is given: the document, what is known of it, and where to note a fault. */
export interface Scope {
  /** The document, decoded. Places in it are offsets in UTF-16 units. */
  text: string;
  /** Names the clauses of elements without a namespace: `RSS 2.0`, `OPML 2.0`. */
  spec: string;
  /** URL from which the document came. */
  location?: string;
  /** Epoch milliseconds; without it no date is too late. */
  now?: number;
  note(fault: Fault | undefined, offset: number, clause: string): void;
}

/** Judges one value, trimmed. */
export type Judge = (value: string, scope: Scope) => Fault | undefined;

export function error(name: string, message: string): Fault {
  return { severity: 'error', name, message };
}

export function warning(name: string, message: string): Fault {
  return { severity: 'warning', name, message };
}

/** A value as messages show it: in quotes, on one line, shortened. */
export function quoted(value: string): string {
  const line = value.replace(/\s+/g, ' ');
  return JSON.stringify(line.length > 80 ? `${line.slice(0, 77)}…` : line);
}
