import type { Term } from './entry.ts';
import { type Field, flatten, ignore, present, quote, type Reading } from './fields.ts';
import { toTerm } from './term.ts';

/** The terms of a post, by the taxonomies that the site file names. */

const most = 1000;

// Other names of the two usual fields. Jekyll lets the singular win.
const aliases: Record<string, string[]> = {
  categories: ['categories', 'category'],
  tags: ['tags', 'tag', 'keywords'],
};

/** Taxonomy → terms, in the order written, each slug once; `authors` are read elsewhere. */
export function termsOf(reading: Reading): Record<string, Term[]> {
  const terms: Record<string, Term[]> = {};
  for (const [name, taxonomy] of Object.entries(reading.site.taxonomies)) {
    if (name === 'authors' || name === 'author') continue;
    const { found, from } = namedTerms(reading, name);
    const others = Object.hasOwn(terms, taxonomy) ? terms[taxonomy]! : [];
    terms[taxonomy] = unique([...others, ...found]);
    if (from !== undefined) reading.sources[taxonomy] ??= from;
  }
  return terms;
}

/** The terms that a front-matter field, by any of its names, and the post's folders give. */
export function namedTerms(reading: Reading, name: string): { found: Term[]; from?: string } {
  const above = folders(reading, name);
  const [field] = present(reading, namesOf(name, reading));
  if (field) return { found: [...above, ...fieldTerms(reading, field)], from: field.name };
  return above.length > 0 ? { found: above, from: 'folder' } : { found: above };
}

function namesOf(name: string, { source: { dialect } }: Reading): string[] {
  const known = Object.hasOwn(aliases, name) ? aliases[name]! : [name];
  const [plural, singular, ...others] = known;
  if (singular === undefined) return [plural!];
  return dialect === 'jekyll' ? [singular, plural!, ...others] : [plural!, singular, ...others];
}

/** Jekyll: the folders above `_posts` are categories. */
function folders({ source }: Reading, name: string): Term[] {
  if (source.dialect !== 'jekyll' || name !== 'categories') return [];
  const parts = source.key.split('/');
  return parts.slice(0, Math.max(0, parts.indexOf('_posts'))).flatMap((part) => toTerm(part) ?? []);
}

function fieldTerms(reading: Reading, field: Field): Term[] {
  const values = flatten(split(field, reading), most);
  if (!values) {
    ignore(reading, field, `holds more than ${most} terms`, 'Name fewer.');
    return [];
  }
  const terms = values.map(toTerm);
  const wrong = values.find((_, at) => terms[at] === undefined);
  if (wrong !== undefined) {
    ignore(reading, field, `holds a value that is no term, ${quote(wrong)}`, 'Give it a name.');
  }
  return terms.filter((term) => term !== undefined);
}

/**
 * A string as its tool splits it: at commas; Jekyll's two plurals at white space if there are
 * none. A singular (`category: Foo Bar`) is one term.
 */
function split({ name, value }: Field, { source: { dialect } }: Reading): unknown {
  if (typeof value !== 'string' || /^(?:category|tag|series)$/i.test(name)) return value;
  if (value.includes(',')) return value.split(',');
  const atBlanks = dialect === 'jekyll' && /^(?:categories|tags)$/i.test(name);
  return atBlanks ? value.split(/\s+/) : value;
}

function unique(terms: Term[]): Term[] {
  const seen = new Set<string>();
  return terms.filter(({ slug }) => !seen.has(slug) && seen.add(slug));
}
