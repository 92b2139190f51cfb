import type { Enclosure, Entry } from '../post/entry.ts';
import type { Site } from '../site.ts';
import { excerpt } from './excerpt.ts';
import { direction, ours } from './page.ts';
import { element, escaped, lines, openTag, uri } from './xml.ts';

/** What pages show of an entry: `summary` is its beginning, in paragraphs. */
export type Preview = Pick<
  Entry,
  'link' | 'title' | 'published' | 'authors' | 'summary' | 'enclosures' | 'language'
>;

export function previewOf(entry: Entry): Preview {
  const known = previews.get(entry);
  if (known) return known;
  const { link, title, published, authors, enclosures, language } = entry;
  const summary = excerpt(entry.summary || entry.content);
  return { link, title, published, authors, summary, enclosures, ...(language && { language }) };
}

/** Those that another thread made. */
const previews = new WeakMap<Entry, Preview>();

export function rememberPreview(entry: Entry, preview: Preview): void {
  previews.set(entry, preview);
}

/** A post on the page of a feed, open. */
export function article(entry: Preview, site: Site): string {
  const title = element('a', { href: uri(entry.link) }, escaped(entry.title));
  return `${openTag('article', { lang: entry.language, dir: directionIn(entry, site) })}
<h3>${title}</h3>
<p class="quiet">${byline(entry, site)}</p>
${entry.summary}${lines(entry.enclosures.map(enclosure))}</article>
`;
}

/** A post among others on the page of all feeds: its title opens it. */
export function disclosed(entry: Preview, site: Site): string {
  const title = element('bdi', {}, escaped(entry.title));
  const time = element('time', { datetime: entry.published }, dateOf(entry.published, site));
  const whole = element('a', { href: uri(entry.link) }, escaped(entry.title));
  return `${openTag('details', { lang: entry.language, dir: directionIn(entry, site) })}
<summary>${title} ${time}</summary>
${entry.summary}${lines(entry.enclosures.map(enclosure))}<p class="quiet">${ours('The whole post:', site)} ${whole}</p>
</details>
`;
}

function byline({ published, authors }: Preview, site: Site): string {
  const time = element('time', { datetime: published }, dateOf(published, site));
  const names = authors.map(({ name }) => element('bdi', {}, escaped(name))).join(', ');
  return names ? `${time} · ${names}` : time;
}

/** Of an entry where it is not the page's; "RSS" first in an Arabic title does not make it English. */
function directionIn({ language, title, summary }: Preview, site: Site): string | undefined {
  if (language !== undefined) return direction(language);
  const hasRtl = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/.test(title + summary);
  return hasRtl === (direction(site.language) === 'rtl') ? undefined : 'auto';
}

function enclosure({ url, type, title }: Enclosure): string {
  const name = title || url.slice(url.lastIndexOf('/') + 1) || url;
  return `<p>${element('a', { href: uri(url) }, escaped(name))} <small>${escaped(type)}</small></p>`;
}

/** The day in the site's language and time zone: the machine's would change the bytes. */
function dateOf(instant: string, site: Site): string {
  let format = dateFormats.get(site);
  if (!format) {
    format = dateFormat(site);
    dateFormats.set(site, format);
  }
  return escaped(format.format(new Date(instant)));
}

const dateFormats = new WeakMap<Site, Intl.DateTimeFormat>();

function dateFormat({ language, timezone }: Site): Intl.DateTimeFormat {
  const style = { dateStyle: 'long', timeZone: timezone } as const;
  try {
    return new Intl.DateTimeFormat(language ?? 'en-GB', style);
  } catch {
    return new Intl.DateTimeFormat('en-GB', style);
  }
}
