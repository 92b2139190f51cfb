import { escapeUTF8 } from 'entities';
import { xmlText } from '../post/characters.ts';
import { type Form, formOf } from './slots.ts';

/** What no URI holds (RFC 3986 §2): `%` that begins no escape is one of them. */
const foreign = /[^!#$%&'()*+,\-./0-9:;=?@A-Z_a-z~[\]]+|%(?![\da-fA-F]{2})/gu;

/** What `clean` would change, lone surrogates apart: nearly no text has any of it, and this is quick to tell. */
const unclean = /[\0-\x08\x0b-\x1f\ufffe\uffff]/;

/** The last long text that had none of it: the formats have the same content, one after the other. */
let lastClean = '';
const long = 1000;

/** The text as every format carries it: newlines as `\n`, nothing that XML 1.0 forbids. */
export function clean(text: string): string {
  if (text === lastClean) return text;
  if (!text.isWellFormed() || unclean.test(text)) return xmlText(text).replace(/\r\n?/g, '\n');
  if (text.length > long) lastClean = text;
  return text;
}

/** The text escaped for an element of XML or HTML. */
export function escaped(text: string): string {
  // Quotes need no escape there, and readers of HTML 4 do not know `&apos;`.
  return escapeUTF8(clean(text)).replaceAll('&apos;', "'").replaceAll('&quot;', '"');
}

/** Plain text for an element of RSS, of which it is not clear whether it is HTML. */
export function rssText(text: string): string {
  // RSS Best Practices Profile, "Character Data": `&` and `<` as hexadecimal references. The W3C
  // validator warns of plain text that looks like HTML unless it is written so.
  return escaped(text).replaceAll('&amp;', '&#x26;').replaceAll('&lt;', '&#x3C;');
}

/** The text escaped for an attribute in double quotes. */
export function quoted(text: string): string {
  // XML 1.0 §3.3.3: a tab or newline as it is would become a space.
  return escaped(text).replace(/["\t\n]/g, (one) =>
    one === '"' ? '&quot;' : `&#${one.charCodeAt(0)};`,
  );
}

/** HTML in a CDATA section: as readable as it was, and shorter than escaped. */
export function cdata(html: string): string {
  return `<![CDATA[${clean(html).replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
}

/** An address as a URI: RSS knows no IRIs, and readers forgive less than browsers. */
export function uri(address: string): string {
  const ascii = /^[!-~]*$/.test(address) || !URL.canParse(address);
  const text = clean(ascii ? address : new URL(address).href).replace(foreign, encodeURIComponent);
  // Brackets stand only about an IPv6 host.
  const host = /^[a-z]+:\/\/[^/?#]*/.exec(text)?.[0] ?? '';
  return host + text.slice(host.length).replace(/[[\]]/g, encodeURIComponent);
}

type Attributes = Record<string, string | number | undefined>;

/** An element; attributes are escaped here and left out when undefined, `inner` is XML already. */
export function element(name: string, attributes: Attributes, inner = ''): string {
  const tag = openTag(name, attributes);
  return inner === '' ? `${tag.slice(0, -1)}/>` : `${tag}${inner}</${name}>`;
}

/** The beginning of an element. */
export function openTag(name: string, attributes: Attributes): string {
  let tag = `<${name}`;
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) tag += ` ${key}="${quoted(String(value))}"`;
  }
  return `${tag}>`;
}

/** What stands within the one element of a name. */
export function within(built: string, name: string): string {
  const from = built.indexOf(`<${name}>`) + name.length + 2;
  return built.slice(from, built.lastIndexOf(`</${name}>`));
}

const indentation = /\n +/g;
const place = /(?:<!\[CDATA\[)?slot:(\d+)(?:\]\]>)?/;

/** What `feed` built around stand-ins, without its indentation. */
export function xmlForm(built: string): Form {
  return formOf(`${built.trim().replace(indentation, '\n')}\n`, place);
}

/** Elements one below the other. */
export function lines(elements: readonly string[]): string {
  return elements.map((xml) => `${xml}\n`).join('');
}
