import { error, type Fault, type Judge, quoted, warning } from './report.ts';

const schemeForm = /^([a-z][a-z0-9+.-]*):/i;
// RFC 4151 §2.1.
const tagForm = /^tag:([\w.-]+@)?[a-z0-9.-]+,\d{4}(-\d\d(-\d\d)?)?:[^#]*(#.*)?$/i;
// RFC 8141 §2.
const urnForm = /^urn:[a-z0-9][a-z0-9-]{0,30}[a-z0-9]:[^#?]+([?#].*)?$/i;
const uuidForm = /^urn:uuid:[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** An absolute URI of RSS: ASCII, with a scheme. */
export const uri: Judge = (value) => reference(value) ?? ascii(value) ?? absolute(value);

/** An absolute IRI of Atom: letters of any script, with a scheme. */
export const iri: Judge = (value) => reference(value) ?? absolute(value);

/** An IRI reference of Atom, which `xml:base` may complete. */
export const iriReference: Judge = (value) => reference(value, 'InvalidIRI');

/** An address on the web: `http:` or `https:`, as RSS asks of an enclosure. */
export const webAddress: Judge = (value) => {
  if (/^https?:\/\//i.test(value)) return reference(value) ?? ascii(value);
  return error('InvalidURLAttribute', `${quoted(value)} is not a whole http: or https: URL`);
};

/** True if a URL needs a base to be understood. */
export function isRelative(value: string): boolean {
  return !schemeForm.test(value);
}

/** True if two URLs name the same resource: their fragments and spelling aside. */
export function sameUrl(one: string, other: string): boolean {
  return plainUrl(one) === plainUrl(other);
}

function plainUrl(value: string): string {
  if (!URL.canParse(value)) return value;
  const url = new URL(value);
  url.hash = '';
  return url.href;
}

/** Characters, and what each scheme asks. */
function reference(value: string, invalid = 'InvalidFullLink'): Fault | undefined {
  // Brackets belong to IPv6 hosts alone, RFC 3986 §3.2.2.
  const bad = /[\s"<>\\^`{|}[\]\x00-\x1f\x7f]/.exec(value.replace(/\/\/\[[\da-f:.]+\]/i, '//'));
  if (bad) {
    const char = JSON.stringify(bad[0]);
    return error(
      'InvalidUriChar',
      `${quoted(value)} contains ${char}; write it as ${encodeURIComponent(bad[0])}`,
    );
  }
  const scheme = schemeForm.exec(value)?.[1]?.toLowerCase();
  if (scheme === 'tag' && !tagForm.test(value)) {
    return error(
      'InvalidTAG',
      `${quoted(value)} is not a tag URI; write it like tag:example.com,2024:name`,
    );
  }
  if (scheme === 'urn') return urn(value);
  if (
    (scheme === 'http' || scheme === 'https') &&
    !(/^\w+:\/\/[^/]/.test(value) && URL.canParse(value))
  ) {
    return error(invalid, `${quoted(value)} is not a URL: its host is missing or malformed`);
  }
  return undefined;
}

function urn(value: string): Fault | undefined {
  if (/^urn:uuid:/i.test(value)) {
    if (uuidForm.test(value)) return undefined;
    return error(
      'InvalidUUID',
      `${quoted(value)} is not urn:uuid: and 32 hexadecimal digits in 8-4-4-4-12`,
    );
  }
  if (urnForm.test(value)) return undefined;
  return error('InvalidURN', `${quoted(value)} is not a URN; write it like urn:isbn:0451450523`);
}

function ascii(value: string): Fault | undefined {
  if (!/[^\x00-\x7f]/.test(value)) return undefined;
  return error(
    'UriNotIri',
    `${quoted(value)} is an IRI where a URI is asked; percent-encode it: ${quoted(value.toWellFormed().replace(/[^\x00-\x7f]+/g, encodeURIComponent))}`,
  );
}

function absolute(value: string): Fault | undefined {
  if (!isRelative(value)) return undefined;
  const what = value === '' ? 'is empty' : 'is relative';
  return error(
    'InvalidFullLink',
    `${quoted(value)} ${what}; write the whole URL, with https:// or another scheme`,
  );
}

/** RFC 4287 §4.2.6.1: ids are compared character by character, so one spelling should be kept to. */
export const canonical: Judge = (value) => {
  const parts = /^(https?):\/\/([^/?#]*)([^?#]*)/i.exec(value);
  if (!parts) return undefined;
  const [, scheme, authority, path] = parts as unknown as [string, string, string, string];
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  const why =
    (scheme !== scheme.toLowerCase() && 'scheme not in lower case') ||
    (host !== host.toLowerCase() && 'host not in lower case') ||
    (/:(80|443)?$/.test(host) &&
      port(scheme) !== 0 &&
      host.endsWith(`:${port(scheme)}`) &&
      'the default port') ||
    (path === '' && 'no slash after the host') ||
    (/\/\.\.?(\/|$)/.test(path) && 'a dot segment') ||
    (/%([a-f][\da-f]|[\da-f][a-f])/i.test(value.replace(/%[\dA-F]{2}/g, '')) &&
      'a percent-encoding not in upper case');
  if (!why) return undefined;
  return warning('NonCanonicalURI', `${quoted(value)} is not in canonical form: ${why}`);
};

function port(scheme: string): number {
  return scheme.toLowerCase() === 'http' ? 80 : 443;
}
