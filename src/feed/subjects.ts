import type { Entry, Term } from '../post/entry.ts';

/** A term of an entry as feeds name it: any but an author, for whom they have other elements. */
export interface Subject extends Term {
  taxonomy: string;
}

/** What an entry is about, taxonomy by taxonomy. */
export function subjects(entry: Entry): Subject[] {
  return Object.entries(entry.terms)
    .filter(([taxonomy]) => taxonomy !== 'authors')
    .flatMap(([taxonomy, terms]) => terms.map((term) => ({ taxonomy, ...term })));
}
