import { subjects } from '../../src/feed/subjects.ts';
import type { Entry } from '../../src/post/entry.ts';

/** What readers keep of an entry and must all see alike. */
export interface Seen {
  id: string;
  link: string;
  title: string;
  /** Epoch seconds. */
  published: number;
  categories: string[];
  enclosures: { url: string; type: string; length: number }[];
}

/** What a reader ought to see of an entry. */
export function seen(entry: Entry): Seen {
  return {
    id: entry.id,
    link: entry.link,
    title: entry.title,
    published: seconds(entry.published),
    categories: subjects(entry).map(({ label }) => label),
    enclosures: entry.enclosures.map(({ url, type, length = 0 }) => ({ url, type, length })),
  };
}

/** Of a date in any form that a reader gives it. */
export function seconds(date: string | Date | undefined): number {
  return new Date(date ?? '').getTime() / 1000;
}
