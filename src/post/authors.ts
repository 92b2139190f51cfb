import type { Site } from '../site.ts';
import { isEmail } from '../site-values.ts';
import type { Author, Term } from './entry.ts';
import { flatten, ignore, isObject, member, present, type Reading, textOf } from './fields.ts';
import { slug, toTerm } from './term.ts';

/** Who wrote a post: as the site file knows them, else as the post names them. */

const most = 100;
const longestName = 500;

/** A person, and the term that their feed is for. */
export interface Credit {
  author: Author;
  term: Term;
}

/** The authors of a post, in the order written, each once. */
export function authorsOf(reading: Reading): Credit[] {
  const found = new Map<string, Credit>();
  for (const field of present(reading, ['authors', 'author'])) {
    const values = flatten(people(field.value, field.name), most);
    if (!values) ignore(reading, field, `names more than ${most} people`, 'Name fewer.');
    for (const value of values ?? []) {
      const credit = creditOf(value, reading.site);
      if (!credit) ignore(reading, field, 'names nobody', 'Give a name, or an object with `name`.');
      else if (!found.has(credit.term.slug)) found.set(credit.term.slug, credit);
    }
    if (found.size === 0) continue;
    reading.sources['authors'] = field.name;
    break;
  }
  return [...found.values()];
}

/** `authors: A, B` are two people; `author: Doe, Jane` is one. */
function people(value: unknown, name: string): unknown {
  if (typeof value === 'string' && name.toLowerCase() === 'authors') return value.split(/[,;]/);
  return value;
}

function creditOf(value: unknown, site: Site): Credit | undefined {
  const written = isObject(value) ? fromObject(value) : fromText(textOf(value) ?? '');
  if (!written) return undefined;
  const id = knownId(site, written.id ?? written.name) ?? knownId(site, written.name);
  const person = id === undefined ? undefined : site.authors[id];
  const name = person?.name ?? written.name;
  const term = toTerm(name);
  if (!term) return undefined;
  const author: Author = { name: term.label };
  const email = person?.email ?? written.email;
  const uri = person?.uri ?? written.uri;
  if (email !== undefined) author.email = email;
  if (uri !== undefined) author.uri = uri;
  return { author, term: { label: term.label, slug: slug(id ?? written.id ?? written.name) } };
}

interface Written {
  name: string;
  id?: string;
  email?: string;
  uri?: string;
}

function fromObject(value: Record<string, unknown>): Written | undefined {
  const id = textOf(member(value, ['id', 'slug', 'login', 'username']));
  const name = textOf(member(value, ['name', 'display_name', 'title'])) ?? id;
  if (name === undefined) return undefined;
  const written: Written = { name };
  const email = textOf(member(value, ['email']));
  const uri = textOf(member(value, ['uri', 'url', 'link', 'website', 'homepage']));
  if (id !== undefined) written.id = id;
  if (email !== undefined && isEmail(email)) written.email = email;
  const page = URL.parse(uri ?? '');
  if (page?.protocol === 'https:' || page?.protocol === 'http:') written.uri = page.href;
  return written;
}

/** `Jane Doe`, `Jane Doe <jane@example.org>`, `jane@example.org (Jane Doe)`. */
function fromText(text: string): Written | undefined {
  if (text.length > longestName) return { name: text };
  const [, name, email] = /^([^<>]+?)\s*<([^\s@<>]+@[^\s@<>]+)>$/.exec(text) ?? [];
  if (name && email) return isEmail(email) ? { name, email } : { name };
  const [, address, person] = /^([^\s@<>]+@[^\s@<>]+)\s+\(([^()]+)\)$/.exec(text) ?? [];
  if (address && person)
    return isEmail(address) ? { name: person, email: address } : { name: person };
  return text === '' ? undefined : { name: text };
}

const indexes = new WeakMap<Site, Map<string, string>>();

/** The id in the site file of a person named by it, or by name. */
function knownId(site: Site, written: string): string | undefined {
  let index = indexes.get(site);
  if (!index) {
    const people = Object.entries(site.authors);
    // An id wins over another person's name.
    index = new Map(people.map(([id, { name }]) => [slug(name), id]));
    for (const [id] of people) index.set(slug(id), id);
    indexes.set(site, index);
  }
  return index.get(slug(written));
}
