import { ignore, present, type Reading, textOf } from './fields.ts';
import { fileName } from './file-name.ts';
import type { Source } from './post.ts';

/** A post's id: what a feed reader knows it by, so that an edit makes no second copy of it. */

const longest = 1000;

const fields = ['guid', 'id', 'uuid'];

/**
 * The id that the post gives, else the one that the site's pattern makes, else a `tag:` URI of its
 * key. RFC 4287 §4.2.6: an id never changes, so no date, title or link goes into it. One that is made
 * of the key of another post, which `links` knows, stays that post's.
 */
export function identityOf(
  reading: Reading,
  links: ReadonlyMap<string, string> = new Map(),
): { id: string; from: string } {
  for (const field of present(reading, fields)) {
    const text = written(field.value);
    if (text === undefined) {
      ignore(reading, field, 'is no id', 'Give a short text or a number.');
    } else if (links.has(text) && text.startsWith(tagUri(reading, ''))) {
      const name = nameIn(text);
      ignore(
        reading,
        field,
        `is the id of another post, ${name}`,
        'Leave it out, or give this post an id of its own.',
      );
    } else return { id: asUri(reading, text), from: field.name };
  }
  const pattern = reading.site.id;
  const filled = pattern && fill(pattern, reading);
  if (filled && filled.length <= longest)
    return { id: asUri(reading, filled), from: `id pattern ${pattern}` };
  return { id: tagUri(reading, nameOf(reading.source.key)), from: 'file name' };
}

/** The id that a value gives. */
function written(value: unknown): string | undefined {
  // WordPress keeps `?post_type=x&#038;p=5` and its feed says `&`, as readers know it.
  const text = textOf(value)?.replace(/&(?:amp|#0*38);/g, '&');
  return text !== undefined && text.length <= longest ? text : undefined;
}

/** The ids that a post gives and that are made of a key that is not its own, with the name in them. */
export function idsOfOthers({ key, matter }: Source): { id: string; name: string }[] {
  return Object.entries(matter).flatMap(([field, value]) => {
    const id = fields.includes(field.toLowerCase()) ? written(value) : undefined;
    const name = id === undefined || isMadeOfKey(id, key) ? undefined : nameIn(id);
    return id === undefined || name === undefined ? [] : { id, name };
  });
}

/** The name in an id that is made of a key. */
function nameIn(id: string): string | undefined {
  const name = /^tag:[^:]+:(?!\?)(.+)$/s.exec(id)?.[1];
  try {
    return name && decodeURI(name).replaceAll('%23', '#');
  } catch {
    return undefined;
  }
}

/** True if an id was made of the post's own key, so that no other post can have it. */
export function isMadeOfKey(id: string, key: string): boolean {
  return id.startsWith('tag:') && id.endsWith(`:${encoded(nameOf(key))}`);
}

function nameOf(key: string): string {
  return fileName(key).path.normalize('NFC');
}

// RFC 3987 §2.2, loosely: a scheme, and none of the characters that an IRI never has, or only about a host.
const iri = /^[a-z][a-z\d+.-]*:[^\s\p{C}<>"{}|\\^`[\]]+$/iu;
// RFC 8141 §2: a namespace of 2 to 32 letters, digits and hyphens, and a name.
const urn = /^urn:[a-z\d][a-z\d-]{0,30}[a-z\d]:[^\s\p{C}<>"{}|\\^`[\]]+$/iu;

/**
 * RFC 4287 §4.2.6 wants an IRI, RSS takes any text: one that is none becomes a `tag:` URI in every
 * format. No id made of a key begins with a question mark, so none can be given as a text.
 */
function asUri(reading: Reading, text: string): string {
  const isUri = /^urn:/i.test(text) ? urn.test(text) : iri.test(text);
  // An address needs a host.
  const isWhole =
    !/^https?:/i.test(text) || (/^https?:\/\/[^/?#]/i.test(text) && URL.canParse(text));
  return isUri && isWhole
    ? text
    : `${tagUri(reading, '')}?guid=${encodeURIComponent(text.toWellFormed())}`;
}

/** RFC 4151 §2.1: `tag:`, an authority, a date on which it was the publisher's, and a name. */
function tagUri({ site }: Reading, name: string): string {
  return `tag:${site.authority},${site.since}:${encoded(name)}`;
}

function encoded(name: string): string {
  return encodeURI(name.toWellFormed()).replaceAll('#', '%23');
}

/** The pattern with `{url}` and the post's own fields; undefined if the post lacks one of them. */
function fill(pattern: string, reading: Reading): string | undefined {
  let complete = true;
  const filled = pattern.replace(/\{([^{}]+)\}/g, (_, name: string) => {
    const field = present(reading, [name.trim().toLowerCase()])[0];
    const value = name === 'url' ? reading.site.url : textOf(field?.value);
    if (value === undefined) complete = false;
    return name === 'url' ? value! : encodeURIComponent((value ?? '').toWellFormed());
  });
  return complete ? filled : undefined;
}
