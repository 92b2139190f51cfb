import { expressionOf, mix, reserved, type Selection, term, termOf } from '../keys.ts';
import { slug } from '../post/term.ts';

/**
 * A combination of terms, as `tags:docker,tags:lxc+authors:ann+!tags:windows` writes it: docker or
 * lxc, and by ann, and not windows. Or binds before and; not stands before one term.
 */
export interface Mix {
  /** An entry has one term at least of each. */
  all: Selection[][];
  /** And none of these. */
  none: Selection[];
}

/** How many terms a mix may name: each is a list of the index. */
export const mostTerms = 4;

/** The parts of a mix's selection; undefined for other selections. */
export function mixOf(selection: Selection): Mix | undefined {
  const expression = expressionOf(selection);
  return expression === undefined ? undefined : parse(expression);
}

/**
 * The selection that an expression names in any spelling: labels for slugs, any order, terms
 * repeated. Of one term it is the term's own. Undefined for what is none, or has too many terms.
 */
export function spelledMix(expression: string): Selection | undefined {
  const parts = parse(expression);
  if (!parts) return undefined;
  const [only, ...others] = termsOf(parts);
  return others.length === 0 ? only : selectionOf(parts);
}

/** The mix of entries that have all of these terms. */
export function allOf(terms: readonly Selection[]): Selection {
  return selectionOf({ all: sorted(terms.map((one) => [one])), none: [] });
}

function selectionOf({ all, none }: Mix): Selection {
  const clauses = all.map((some) => some.map(wordOf).join(','));
  return mix([...clauses, ...none.map((one) => `!${wordOf(one)}`)].join('+'));
}

/** A mix in its one spelling, if it has one; any other selection is itself. */
export function canonical(selection: Selection): Selection {
  return spelledMix(expressionOf(selection) ?? '') ?? selection;
}

/** Every term that a mix names, those it excludes last. */
export function termsOf({ all, none }: Mix): Selection[] {
  return [...all.flat(), ...none];
}

/** True if an entry that claims these selections belongs to the mix. */
export function isIn({ all, none }: Mix, claims: readonly Selection[]): boolean {
  const has = (one: Selection) => claims.includes(one);
  return all.every((some) => some.some(has)) && !none.some(has);
}

/** More than these are not even read: repeated ones count once. */
const mostWords = 32;

function parse(expression: string): Mix | undefined {
  if (expression.split(/[+,]/, mostWords + 1).length > mostWords) return undefined;
  const clauses = expression.split('+');
  const wanted = clauses.filter((clause) => !clause.startsWith('!'));
  const all = wanted.map((clause) => clause.split(',').map(termIn));
  const none = clauses.filter((one) => one.startsWith('!')).map((one) => termIn(one.slice(1)));
  if (wanted.length === 0 || [...all.flat(), ...none].includes(undefined)) return undefined;
  const parts = {
    all: sorted((all as Selection[][]).map(sorted)),
    none: sorted(none as Selection[]),
  };
  return termsOf(parts).length > mostTerms ? undefined : parts;
}

/** `tags:docker`, or with a label for the slug. */
function termIn(word: string): Selection | undefined {
  const [, taxonomy, name = ''] = /^([A-Za-z\d-]+):([^:!]+)$/.exec(word) ?? [];
  if (name.trim() === '' || reserved.includes(taxonomy!.toLowerCase())) return undefined;
  return term(taxonomy!.toLowerCase(), slug(name));
}

function wordOf(one: Selection): string {
  const { taxonomy, slug: name } = termOf(one)!;
  return `${taxonomy}:${name}`;
}

/** In one order, each once. */
function sorted<T>(list: readonly T[]): T[] {
  const byText = new Map(list.map((one) => [String(one), one]));
  return [...byText.keys()].sort().map((one) => byText.get(one)!);
}
