import { inspect } from 'node:util';
import type { Problem } from '../problem.ts';
import type { Site } from '../site.ts';
import type { Source } from './post.ts';

/**
 * What the readers of single fields share: a post's front matter by name, whichever case its keys
 * have, and the record of which key gave what and which value had to be ignored.
 */
export interface Reading {
  source: Source;
  site: Site;
  /** By key in lower case; blank values are left out. */
  fields: ReadonlyMap<string, Field>;
  /** Entry field → what gave it. */
  sources: Record<string, string>;
  problems: Problem[];
}

export interface Field {
  /** As written. */
  name: string;
  value: unknown;
}

/** Begins to read a post. */
export function begin(source: Source, site: Site): Reading {
  const fields = new Map<string, Field>();
  for (const [name, value] of Object.entries(source.matter)) {
    if (!blank(value)) fields.set(name.toLowerCase(), { name, value });
  }
  return { source, site, fields, sources: {}, problems: [...source.problems] };
}

/** Nothing, white space, or a list of such; a list inside a list counts only by being empty. */
function blank(value: unknown): boolean {
  if (!Array.isArray(value)) return nothing(value);
  return value.every((one) => (Array.isArray(one) ? one.length === 0 : nothing(one)));
}

function nothing(value: unknown): boolean {
  return value === null || value === undefined || (typeof value === 'string' && !/\S/.test(value));
}

/** The fields that the post has of those named (lower case), in that order. */
export function present(reading: Reading, names: readonly string[]): Field[] {
  const found: Field[] = [];
  for (const name of names) {
    const field = reading.fields.get(name);
    if (field) found.push(field);
  }
  return found;
}

/** Reports a value that is not used, once. */
export function ignore(reading: Reading, field: Field, why: string, remedy: string): void {
  const line = reading.source.lines.get(field.name.toLowerCase());
  const cause = `\`${field.name}: ${quote(field.value)}\` ${why}`;
  if (reading.problems.some((told) => told.cause === cause)) return;
  const { key } = reading.source;
  reading.problems.push({ key, ...(line !== undefined && { line }), cause, remedy });
}

/** A value for a message: on one line, at most 60 characters. */
export function quote(value: unknown): string {
  // Aliases unfold to more than a string can hold: `inspect` stops early, JSON would not.
  const text = typeof value === 'string' ? value : inspect(value, onOneLine);
  const line = text
    .slice(0, 200)
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  return line.length <= 60 ? line : `${line.slice(0, 59).toWellFormed()}…`;
}

const onOneLine = {
  breakLength: Number.POSITIVE_INFINITY,
  depth: 2,
  maxArrayLength: 10,
  maxStringLength: 60,
};

/** The text of a scalar, trimmed; undefined for a list or an object, and for nothing. */
export function textOf(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
    return undefined;
  }
  return String(value).trim() || undefined;
}

/** YAML 1.1's booleans too, which Jekyll reads: `yes`, `off`. */
export function flagOf(value: unknown): boolean | undefined {
  const text = textOf(value)?.toLowerCase();
  if (text === 'true' || text === 'yes' || text === 'on') return true;
  if (text === 'false' || text === 'no' || text === 'off') return false;
  return undefined;
}

/** A whole number of zero or more. */
export function wholeOf(value: unknown): number | undefined {
  const text = textOf(value);
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object's values by key in lower case. */
export function member(value: Record<string, unknown>, names: readonly string[]): unknown {
  for (const name of names) {
    const key = Object.keys(value).find((of) => of.toLowerCase() === name);
    if (key !== undefined && !blank(value[key])) return value[key];
  }
  return undefined;
}

/** The scalars and objects of a nested list, in order; undefined if there are more than `limit`. */
export function flatten(value: unknown, limit: number): unknown[] | undefined {
  const flat: unknown[] = [];
  // Aliases let a small text hold a large list: visits are counted, not only what they find.
  let visits = 0;
  const visit = (of: unknown): boolean => {
    if (++visits > limit) return false;
    if (Array.isArray(of)) return of.every(visit);
    if (!blank(of)) flat.push(of);
    return true;
  };
  return visit(value) ? flat : undefined;
}
