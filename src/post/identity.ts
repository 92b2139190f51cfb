import { ignore, present, type Reading, textOf } from './fields.ts';
import { fileName } from './file-name.ts';

/** A post's id: what a feed reader knows it by, so that an edit makes no second copy of it. */

const longest = 1000;

/**
 * The id that the post gives, else the one that the site's pattern makes, else a `tag:` URI of its
 * key. RFC 4287 §4.2.6: an id never changes, so no date, title or link goes into it.
 */
export function identityOf(reading: Reading): { id: string; from: string } {
  for (const field of present(reading, ['guid', 'id', 'uuid'])) {
    // WordPress keeps `?post_type=x&#038;p=5` and its feed says `&`, as readers know it.
    const text = textOf(field.value)?.replace(/&(?:amp|#0*38);/g, '&');
    if (text !== undefined && text.length <= longest)
      return { id: asUri(reading, text), from: field.name };
    ignore(reading, field, 'is no id', 'Give a short text or a number.');
  }
  const pattern = reading.site.id;
  const filled = pattern && fill(pattern, reading);
  if (filled && filled.length <= longest)
    return { id: asUri(reading, filled), from: `id pattern ${pattern}` };
  return { id: tagUri(reading, nameOf(reading.source.key)), from: 'file name' };
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

/** RFC 4287 §4.2.6 wants an IRI, RSS takes any text: one that is none becomes a `tag:` URI in every format. */
function asUri(reading: Reading, text: string): string {
  const isUri = /^urn:/i.test(text) ? urn.test(text) : iri.test(text);
  // An address needs a host.
  const isWhole =
    !/^https?:/i.test(text) || (/^https?:\/\/[^/?#]/i.test(text) && URL.canParse(text));
  return isUri && isWhole ? text : tagUri(reading, text);
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
