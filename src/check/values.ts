import { error, type Judge, quoted, warning } from './report.ts';

/** Values that are neither dates nor URIs: numbers, words, languages, media types, people. */

export const anything: Judge = () => undefined;

export const notBlank: Judge = (value) =>
  value === '' ? warning('NotBlank', 'is empty; give it a value or leave it out') : undefined;

export const integer: Judge = (value) =>
  /^-?\d+$/.test(value)
    ? undefined
    : error('InvalidInteger', `${quoted(value)} is not a whole number`);

export const nonNegative: Judge = (value) =>
  /^\d+$/.test(value)
    ? undefined
    : error(
        'InvalidNonNegativeInteger',
        `${quoted(value)} is not a whole number of 0 or more, in digits alone`,
      );

export const positive: Judge = (value) =>
  /^0*[1-9]\d*$/.test(value)
    ? undefined
    : error(
        'InvalidPositiveInteger',
        `${quoted(value)} is not a whole number of 1 or more, in digits alone`,
      );

/** A number between two others, both allowed. */
export function between(name: string, low: number, high: number): Judge {
  return (value) =>
    /^[+-]?(\d+\.?\d*|\.\d+)$/.test(value) && Number(value) >= low && Number(value) <= high
      ? undefined
      : error(name, `${quoted(value)} is not a number from ${low} to ${high}`);
}

/** One of some words; case counts unless `caseless`. */
export function oneOf(name: string, words: readonly string[], caseless = false): Judge {
  const set = new Set(words.map((word) => (caseless ? word.toLowerCase() : word)));
  return (value) =>
    set.has(caseless ? value.toLowerCase() : value)
      ? undefined
      : error(name, `${quoted(value)} is not allowed; write ${listed(words)}`);
}

function listed(words: readonly string[]): string {
  return words.length === 1 ? words[0]! : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** Text of at most so many characters, beyond which directories cut it. */
export function atMost(max: number): Judge {
  return (value) =>
    value.length <= max
      ? undefined
      : warning('TooLong', `has ${value.length} characters; shorten it to ${max}`);
}

/** The first fault that any of the judges finds. */
export function all(...judges: Judge[]): Judge {
  return (value, scope) => {
    for (const judge of judges) {
      const fault = judge(value, scope);
      if (fault) return fault;
    }
    return undefined;
  };
}

const names = new Intl.DisplayNames(['en'], { type: 'language' });

/** A language tag, BCP 47; a two-letter code must be one of ISO 639's. */
export const language: Judge = (value) => {
  if (/^[xi](-[a-z\d]{1,8})+$/i.test(value) || isLocale(value)) return undefined;
  return error(
    'InvalidLanguage',
    `${quoted(value)} is not a language tag; write it like en or pt-BR`,
  );
};

function isLocale(value: string): boolean {
  if (!/^[a-z]{2,3}(-[a-z\d]{1,8})*$/i.test(value)) return false;
  try {
    Intl.getCanonicalLocales(value);
  } catch {
    return false;
  }
  const code = value.slice(0, 3).replace('-', '').toLowerCase();
  return code.length === 3 || names.of(code) !== code;
}

const token = String.raw`[^\s()<>,;:\\"/[\]?=]+`;
const mime = new RegExp(`^${token}/${token}(\\s*;\\s*${token}=("[^"]*"|${token}))*$`);

/** A media type, `audio/mpeg`; the name of the fault differs between elements and attributes. */
export function mediaType(name: string): Judge {
  return (value) =>
    mime.test(value)
      ? undefined
      : error(name, `${quoted(value)} is not a media type; write it like audio/mpeg`);
}

const address = /^[\w.!#$%&'*+/=?^`{|}~-]+@[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)*$/u;

/** An e-mail address alone. */
export const email: Judge = (value) =>
  address.test(value)
    ? undefined
    : error(
        'InvalidContact',
        `${quoted(value)} is not an e-mail address; write it like ann@example.com`,
      );

/** A person of RSS: `ann@example.com (Ann)`. */
export const contact: Judge = (value) => {
  const plain = value.replace(/^mailto:/i, '');
  const [, first = '', rest = ''] = /^(\S+)\s*(.*)$/s.exec(plain) ?? [];
  if (address.test(first)) {
    if (/^\(.+\)$/s.test(rest)) return undefined;
    if (rest === '') {
      return warning(
        'MissingRealName',
        `${quoted(value)} lacks the name; write it like ann@example.com (Ann)`,
      );
    }
  }
  const angled = /<([^<>]*)>$/.exec(plain)?.[1];
  if (address.test(first) || (angled && address.test(angled))) {
    return warning('EmailFormat', `${quoted(value)} should be written like ann@example.com (Ann)`);
  }
  return error(
    'InvalidContact',
    `${quoted(value)} is not an e-mail address; write it like ann@example.com (Ann), or use dc:creator for a bare name`,
  );
};
