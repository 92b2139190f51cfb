import { keyOf, pathOf, reserved } from './keys.ts';
import { type Check, nearest, textThat } from './site-check.ts';

/** What the values of a site file may be: one check each, all pure. `site.ts` says which key takes which. */

export const url = textThat('an absolute http or https address without ? or #', trimmedUrl);

export function trimmedUrl(address: string): string | undefined {
  const parsed = parsedHttp(address);
  if (!parsed || parsed.search || parsed.hash || /[?#]$/.test(address)) return undefined;
  // RFC 3986 §3.2.2: brackets stand only about an IPv6 host, but URLs may have them in their paths.
  parsed.pathname = parsed.pathname.replace(/[[\]]/g, encodeURIComponent);
  return parsed.href.replace(/\/+$/, '');
}

export const link = textThat(
  'an absolute http or https address',
  (value) => parsedHttp(value)?.href,
);

export const reference = textThat('an http or https address, or a path on the blog', (value) =>
  value !== '' && bases.every((base) => parsedHttp(value, base)) ? value : undefined,
);

// `https:a:b` is a path for a blog on https, and nothing for one on http.
const bases = ['https://example.com/', 'http://example.com/'];

function parsedHttp(address: string, base?: string): URL | undefined {
  const parsed = URL.parse(address, base);
  if (!parsed || !/^https?:$/.test(parsed.protocol)) return undefined;
  return parsed.username || parsed.password || /\s/.test(address) ? undefined : parsed;
}

/** Whether a text is an e-mail address as feeds may carry it. */
export function isEmail(value: string): boolean {
  // RFC 5321 §4.5.3.1: none is longer.
  if (value.length > 320) return false;
  return /^[\w.!#$%&'*+/=?^`{|}~-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+$/u.test(value);
}

export const email = textThat('an e-mail address', (value) => (isEmail(value) ? value : undefined));

/** The canonical form of a BCP 47 tag; undefined for what is none. */
export function languageTag(value: string): string | undefined {
  // None is so long.
  if (value.length > 100 || !/^[a-z]{2,3}(-|$)/i.test(value)) return undefined;
  try {
    const [canonicalForm] = Intl.getCanonicalLocales(value);
    const known = !/^[a-z]{2}(-|$)/i.test(value) || isLanguage(value.slice(0, 2));
    return known ? canonicalForm : undefined;
  } catch {
    return undefined;
  }
}

/** A two-letter code that nobody has is a country's (`jp`, `cz`) in place of a language's (`ja`, `cs`). */
function isLanguage(code: string): boolean {
  // Of a language it is known how it is written; to ask for its name has more of ICU loaded.
  return new Intl.Locale(code).maximize().script !== undefined;
}

export const language = textThat('a language code such as en or pt-BR (BCP 47)', languageTag);

export const timezone = textThat('a time zone such as Europe/Moscow (IANA name)', (value) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return value;
  } catch {
    return undefined;
  }
});

// RFC 4151 §2.1: a domain name or an e-mail address, and a day on which it was the publisher's.
export const authority = textThat(
  'a domain name or an e-mail address, without https://',
  (value) =>
    /^([\w.+-]+@)?[a-z\d]([a-z\d-]*[a-z\d])?(\.[a-z\d]([a-z\d-]*[a-z\d])?)*$/i.test(value)
      ? value.toLowerCase()
      : undefined,
);

export const day = textThat('a day such as 2000-01-01', (value) =>
  isDay(value) ? value : undefined,
);

function isDay(value: string): boolean {
  // Not luxon, which is a ninth of the bundle of refresh. A day that there is comes back as it was.
  const at = Date.parse(/^\d{4}-\d\d-\d\d$/.test(value) ? value : '');
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(value);
}

/** What `permalink` may name: the tokens of Jekyll, Hugo and Hexo. */
export const permalinkTokens: readonly string[] = [
  ...['year', 'short_year', 'month', 'i_month', 'short_month', 'long_month', 'monthname'],
  ...['day', 'i_day', 'y_day', 'yearday', 'short_day', 'long_day', 'weekday', 'weekdayname'],
  ...['week', 'w_year', 'w_day', 'hour', 'minute', 'second', 'output_ext', 'path', 'collection'],
  ...['title', 'post_title', 'slug', 'slugorfilename', 'slugorcontentbasename', 'id'],
  ...['filename', 'contentbasename', 'name', 'basename'],
  ...['category', 'categories', 'slugified_categories', 'section', 'sections'],
];

// https://jekyllrb.com/docs/permalinks/#built-in-formats
const permalinkStyles: Readonly<Record<string, string>> = {
  date: '/:categories/:year/:month/:day/:title:output_ext',
  pretty: '/:categories/:year/:month/:day/:title/',
  ordinal: '/:categories/:year/:y_day/:title:output_ext',
  weekdate: '/:categories/:year/W:week/:short_day/:title:output_ext',
  none: '/:categories/:title:output_ext',
};

export const permalink: Check<string> = (value, path, fault) => {
  if (typeof value === 'string' && Object.hasOwn(permalinkStyles, value))
    return permalinkStyles[value];
  if (typeof value !== 'string' || !/^\/[^\s?#[\]]*$/.test(value)) {
    const styles = Object.keys(permalinkStyles).join(', ');
    return fault(
      path,
      `must be a path such as /:year/:month/:title/, or one of Jekyll's styles: ${styles}`,
    );
  }
  const unknown = tokensOf(value).find((token) => !permalinkTokens.includes(token));
  if (unknown === undefined) return value;
  return fault(
    path,
    `:${unknown} is no token; did you mean :${nearest(unknown, permalinkTokens)}?`,
  );
};

function tokensOf(pattern: string): string[] {
  return [...pattern.matchAll(/:([a-z_]+)/gi)].map(([, token]) => token!);
}

export const id = textThat(
  'a pattern with a front-matter field, such as {url}/?p={wordpress_id}',
  (value) => (/\{(?!url\})[\w-]+\}/.test(value) && !/\s/.test(value) ? value : undefined),
);

export const taxonomyName = textThat(
  `a name of small letters, digits and hyphens, and none of ${reserved.join(', ')}`,
  (value) =>
    /^[a-z\d]+(-[a-z\d]+)*$/.test(value) && !reserved.includes(value) ? value : undefined,
);

export const fieldName = textThat(
  'the name of a front-matter field',
  (value) => value.toLowerCase() || undefined,
);

export const path = textThat('a path that starts with /, without ? or #', (value) => {
  const key = /[?#]/.test(value) ? undefined : keyOf(value);
  return key === undefined ? undefined : pathOf(key);
});

export const destination = textThat(
  'a path that starts with /, or an http or https address',
  (value) => {
    if (/\s/.test(value)) return undefined;
    return /^\/(?!\/)/.test(value) ? value : parsedHttp(value)?.href;
  },
);

export const hub = textThat('an https address of a WebSub hub', (value) =>
  value.startsWith('https://') ? parsedHttp(value)?.href : undefined,
);

export const uuid = textThat('a UUID', (value) =>
  /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(value) ? value.toLowerCase() : undefined,
);
