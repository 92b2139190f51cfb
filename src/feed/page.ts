import { feedKey, formats, pathOf } from '../keys.ts';
import type { Site } from '../site.ts';
import type { Channel } from './channel.ts';
import { policy, script, stylesheet } from './stylesheet.ts';
import { element, escaped, lines, openTag, uri } from './xml.ts';

/**
 * Pages for people: plain HTML that needs no script and nothing from elsewhere. Links within the feeds
 * are relative, so that pages work wherever they are served from. What is said here is English, marked
 * as such on a site in another language; all else is the site's own.
 */
export interface Page {
  title: string;
  /** Whose feeds the page announces. */
  channel: Channel;
  /** HTML: a header, and a main part with the id `feeds`, which no taxonomy has. */
  body: string;
}

/** The whole document. */
export function page({ title, channel, body }: Page, site: Site): string {
  return `<!doctype html>
${openTag('html', { lang: site.language ?? 'en', dir: direction(site.language) })}
<head>
<meta charset="utf-8">
${openTag('meta', { 'http-equiv': 'Content-Security-Policy', content: policy })}
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
${lines(discovery(channel, site))}<style>${stylesheet}</style>
</head>
<body>
<a class="skip" href="#feeds">${ours('Skip to the feeds', site)}</a>
${body}<script>${script}</script>
</body>
</html>
`;
}

/** The names of the formats, and their types as links have them. */
export const formatNames = { rss: 'RSS', atom: 'Atom', json: 'JSON' } as const;
const types = {
  rss: 'application/rss+xml',
  atom: 'application/atom+xml',
  json: 'application/feed+json',
} as const;

/** The links by which readers find the feeds, and the icon. */
function discovery({ title, self }: Channel, site: Site): string[] {
  const alternates = formats.map((format) =>
    openTag('link', {
      rel: 'alternate',
      type: types[format],
      title: `${title} (${formatNames[format]})`,
      href: self[format],
    }),
  );
  // Without one, browsers ask for /favicon.ico.
  return [
    ...alternates,
    openTag('link', { rel: 'icon', href: site.icon ? uri(site.icon) : 'data:,' }),
  ];
}

/** HTML of ours: in another language's page it says that it is English. */
export function ours(html: string, { language }: Site): string {
  return /^en(-|$)/i.test(language ?? 'en') ? html : `<span lang="en" dir="ltr">${html}</span>`;
}

/** A name from elsewhere amid a sentence of ours, in whichever direction it is written. */
export function theirs(text: string, { language }: Site): string {
  const isEnglish = /^en(-|$)/i.test(language ?? 'en');
  return element('bdi', isEnglish ? {} : { lang: language }, escaped(text));
}

/** A taxonomy as a heading has it. */
export function named(taxonomy: string): string {
  return escaped(taxonomy.charAt(0).toUpperCase() + taxonomy.slice(1));
}

/** A link to a key of the feeds; `root` leads to them from the page: `./`, `../../`. */
export function linkTo(key: string, root: string, html: string): string {
  return element('a', { href: root + pathOf(key).slice(1) }, html);
}

/** A feed's addresses, to be copied, and links by which readers on the web subscribe to it. */
export function subscribing({ selection, self }: Channel, root: string, site: Site): string {
  const addresses = formats.map((format) => {
    const name = formatNames[format];
    const link = linkTo(feedKey(selection, format), root, name);
    const done = `${name} address copied`;
    const copy = ours(`Copy<span class="sr"> ${name} address</span>`, site);
    const button = element(
      'button',
      { class: 'enhanced', type: 'button', 'data-done': done },
      copy,
    );
    return `<li>${link} <code dir="ltr">${escaped(self[format])}</code>${button}</li>`;
  });
  const readers = webReaders.map(([name, address]) =>
    element('a', { href: address + encodeURIComponent(self.rss) }, name),
  );
  return `<ul class="addresses">
${lines(addresses)}</ul>
<output class="sr" lang="en"></output>
<p>${ours('Copy one of these addresses into your feed reader, and new posts will come to you; all three say the same. No reader yet? Each of these sites is one, and collects what is new on every blog that you follow:', site)}</p>
${openTag('p', { class: 'row', lang: 'en' })}
${lines(readers)}</p>
`;
}

/** Each takes the address of a feed at the end of one of its own, as its documentation says. */
const webReaders = [
  ['Feedly', 'https://feedly.com/i/subscription/feed/'],
  ['Inoreader', 'https://www.inoreader.com/?add_feed='],
  ['The Old Reader', 'https://theoldreader.com/feeds/subscribe?url='],
  ['NewsBlur', 'https://www.newsblur.com/?url='],
  ['Feedbin', 'https://feedbin.com/?subscribe='],
] as const;

/** Which way a language is written. */
export function direction(language = 'en'): 'ltr' | 'rtl' {
  const known = directions.get(language);
  if (known) return known;
  const found = directionOf(language);
  if (directions.size < 100) directions.set(language, found);
  return found;
}

/** Those asked for before: every post asks for its site's. */
const directions = new Map<string, 'ltr' | 'rtl'>();

function directionOf(language: string): 'ltr' | 'rtl' {
  const rtl = ['Adlm', 'Arab', 'Hebr', 'Mand', 'Nkoo', 'Rohg', 'Syrc', 'Thaa'];
  try {
    return rtl.includes(new Intl.Locale(language).maximize().script ?? '') ? 'rtl' : 'ltr';
  } catch {
    return 'ltr';
  }
}
