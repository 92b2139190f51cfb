import { xmlText } from './characters.ts';
import { bears } from './elements.ts';
import type { Resolver } from './urls.ts';

/** An element's attributes as the parser gives them: names in lower case, entities decoded. */
export type Attributes = Record<string, string>;

/** The attributes that may stay, URLs absolute; what cannot be made right is left out. */
export function cleanAttributes(element: string, given: Attributes, urls: Resolver): Attributes {
  const attributes = element === 'img' ? withoutLazyLoading(given) : given;
  const clean: Attributes = {};
  for (const name in attributes) {
    if (!bears(element, name)) continue;
    const value = cleanValue(element, name, attributes[name]!, urls);
    if (value !== undefined) clean[name] = value;
  }
  return clean;
}

/** `<a href="…">`. */
export function startTag(element: string, attributes: Attributes): string {
  let tag = `<${element}`;
  for (const name in attributes) tag += ` ${name}="${escapeAttribute(xmlText(attributes[name]!))}"`;
  return `${tag}>`;
}

function cleanValue(
  element: string,
  name: string,
  value: string,
  urls: Resolver,
): string | undefined {
  switch (name) {
    case 'href':
    case 'cite':
    case 'longdesc':
      return urls.link(value);
    case 'src':
      return element === 'img' ? urls.image(value) : urls.resource(value);
    case 'poster':
      return urls.image(value);
    case 'srcset':
      return cleanSrcset(value, urls);
    case 'class':
    case 'id':
      return value.trim() || undefined;
    default:
      return value;
  }
}

/** HTML §4.8.4.2.1: candidates are split by commas, but a URL may have commas inside. */
function cleanSrcset(value: string, urls: Resolver): string | undefined {
  const candidates: string[] = [];
  for (const [, url = '', descriptor = ''] of value.matchAll(/([^\s,]\S*)(\s+[\d.]+[wxh])?/g)) {
    const absolute = urls.image(withoutCommas(url));
    if (!absolute) continue;
    // The comma of a picture that is written out is part of it.
    const whole = absolute.startsWith('data:') ? absolute : absolute.replaceAll(',', '%2C');
    candidates.push(whole + descriptor.replace(/\s+/, ' '));
  }
  return candidates.join(', ') || undefined;
}

/** Without the commas at its end; a pattern would look for them from each comma in the middle anew. */
function withoutCommas(url: string): string {
  let end = url.length;
  while (url[end - 1] === ',') end--;
  return url.slice(0, end);
}

/** Scripts put the real address of a lazy image in place later; in a feed no script runs. */
function withoutLazyLoading(given: Attributes): Attributes {
  const late = given['data-src'] ?? given['data-lazy-src'] ?? given['data-original'];
  const lateSet = given['data-srcset'] ?? given['data-lazy-srcset'];
  const attributes = { ...given };
  if (late && (!given['src'] || placeholder.test(given['src']))) attributes['src'] = late;
  if (lateSet && !given['srcset']) attributes['srcset'] = lateSet;
  return attributes;
}

const placeholder =
  /^data:|^about:|^#|\b(?:placeholder|blank|spacer|lazy|loading|transparent|1x1)\b/i;

const special = /[&<>"]/;
const names: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text as it stands between tags. */
export function escapeText(text: string): string {
  return special.test(text) ? text.replace(/[&<>]/g, (character) => names[character]!) : text;
}

/** Text as it stands in double quotes. */
export function escapeAttribute(text: string): string {
  return special.test(text) ? text.replace(/[&<>"]/g, (character) => names[character]!) : text;
}
