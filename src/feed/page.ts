import { directoryKey, type Format, feedKey, formats, opmlKey, pathOf } from '../keys.ts';
import type { Site } from '../site.ts';
import type { Channel } from './channel.ts';
import { type Directory, type Group, groupsOf, type Listed, siteFeed } from './listing.ts';
import { element, escaped, lines, openTag, uri } from './xml.ts';

/**
 * The list of all feeds as a page for people, `/`: plain HTML that needs no script. Its links are
 * relative, so that it works wherever it is served from.
 */
export function page(directory: Directory, site: Site): string {
  const groups = groupsOf(directory, site);
  const all = siteFeed(directory, site);
  return `<!doctype html>
${openTag('html', { lang: site.language ?? 'en', dir: direction(site.language) })}
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(site.title)} – feeds</title>
${lines(discovery(all.channel, site))}<style>
${style}</style>
</head>
<body>
<header>
<h1>${openTag('a', { href: uri(`${site.url}/`) })}${escaped(site.title)}</a></h1>
<p dir="auto">${escaped(site.description)}</p>
<p>${feedLinks(all)} ${countOf(all)}</p>
</header>
<nav>
<p lang="en" dir="ltr">All feeds at once: ${link(opmlKey, 'OPML')}, for a reader to import, and ${link(directoryKey, 'JSON')}. Numbers count posts.</p>
${contents(groups)}</nav>
<main>
${lines(groups.map(section))}</main>
</body>
</html>
`;
}

const names: Record<Format, string> = { rss: 'RSS', atom: 'Atom', json: 'JSON' };
const types: Record<Format, string> = {
  rss: 'application/rss+xml',
  atom: 'application/atom+xml',
  json: 'application/feed+json',
};

/** The links by which readers find the feeds, and the icon. */
function discovery({ title, self }: Channel, site: Site): string[] {
  const alternates = formats.map((format) =>
    openTag('link', {
      rel: 'alternate',
      type: types[format],
      title: `${title} (${names[format]})`,
      href: self[format],
    }),
  );
  const icon = site.icon ? [openTag('link', { rel: 'icon', href: uri(site.icon) })] : [];
  return [...alternates, ...icon];
}

/** Links to the taxonomies, where there is more than one. */
function contents(groups: Group[]): string {
  if (groups.length < 2) return '';
  const items = groups.map(({ taxonomy }) =>
    element('li', {}, element('a', { href: `#${encodeURIComponent(taxonomy)}` }, named(taxonomy))),
  );
  return `<ul>\n${lines(items)}</ul>\n`;
}

function section({ taxonomy, feeds }: Group): string {
  const rows = feeds.map(
    (one) =>
      `<li><bdi>${escaped(one.row.label)}</bdi> ${countOf(one)} <span>${feedLinks(one)}</span></li>`,
  );
  return `${openTag('section', { id: taxonomy })}
<h2>${named(taxonomy)}</h2>
<ul>
${lines(rows)}</ul>
</section>`;
}

function named(taxonomy: string): string {
  return escaped(taxonomy.charAt(0).toUpperCase() + taxonomy.slice(1));
}

/** A screen reader lists links apart from their place: each says whose feed it is. */
function feedLinks({ channel }: Listed): string {
  return formats
    .map((format) => {
      const href = `.${pathOf(feedKey(channel.selection, format))}`;
      const label = `${channel.title}: ${names[format]}`;
      return element('a', { href, 'aria-label': label }, names[format]);
    })
    .join(' ');
}

function link(key: string, text: string): string {
  return element('a', { href: `.${pathOf(key)}` }, text);
}

function countOf({ count }: Listed): string {
  return element('small', {}, count < 1000 ? String(count) : '1,000+');
}

/** Which way the site's language is written. */
function direction(language: string | undefined): 'ltr' | 'rtl' {
  const rtl = ['Adlm', 'Arab', 'Hebr', 'Mand', 'Nkoo', 'Rohg', 'Syrc', 'Thaa'];
  try {
    return rtl.includes(new Intl.Locale(language ?? 'en').maximize().script ?? '') ? 'rtl' : 'ltr';
  } catch {
    return 'ltr';
  }
}

const style = `:root { color-scheme: light dark; --link: light-dark(#0645ad, #8ab4f8); --quiet: light-dark(#595959, #b0b0b0); }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; }
a { color: var(--link); }
h1 a { color: inherit; text-decoration: none; }
small { color: var(--quiet); }
nav ul { display: flex; flex-wrap: wrap; gap: 0 1rem; padding: 0; list-style: none; }
section ul { columns: 18rem; column-gap: 2rem; padding: 0; list-style: none; }
section li { break-inside: avoid; padding-block: .125rem; overflow-wrap: anywhere; }
section li span { white-space: nowrap; font-size: .875em; }
`;
