import { grouped } from '../grouped.ts';
import { directoryKey, opmlKey, pageKey } from '../keys.ts';
import type { Site } from '../site.ts';
import { type Directory, type Group, groupsOf, siteFeed } from './listing.ts';
import { linkTo, named, ours, page, subscribing } from './page.ts';
import { chart } from './page-chart.ts';
import { disclosed, type Preview } from './page-posts.ts';
import { element, escaped, lines, openTag, uri } from './xml.ts';

const root = './';

/** The page for people of all feeds, `/`: the site's own, and every term's by taxonomy. */
export function directoryPage(directory: Directory, site: Site): string {
  const groups = groupsOf(directory, site);
  const all = siteFeed(directory, site);
  const feeds = grouped(directory.rows.length + 1);
  const body = `<header>
<h1 dir="auto">${element('a', { href: uri(`${site.url}/`) }, escaped(site.title))}</h1>
${site.description === site.title ? '' : `<p dir="auto">${escaped(site.description)}</p>\n`}<p class="quiet">${ours(`${amount(counted(all.count), 'post')} in ${amount(feeds, 'feed')}`, site)}</p>
${chart(directory.site.years ?? {}, site)}</header>
<main id="feeds" tabindex="-1">
<section class="card">
<h2>${ours('Subscribe to everything', site)}</h2>
${subscribing(all.channel, root, site)}</section>
${latest(directory.site.latest ?? [], site)}${choosing(groups, site)}${lines(groups.map((group) => section(group, site)))}</main>
<footer>
<p>${ours(`All feeds at once: ${download()}, for a reader to import, and ${linkTo(directoryKey, root, 'JSON')}, for programs.`, site)}</p>
</footer>
`;
  return page({ title: `${site.title} – feeds`, channel: all.channel, body }, site);
}

/** Closed, for people come for the list of feeds; each can be read in its place. */
function latest(entries: readonly Preview[], site: Site): string {
  if (entries.length === 0) return '';
  return `<section class="latest">
<h2>${ours('Latest posts', site)}</h2>
${entries.map((entry) => disclosed(entry, site)).join('')}</section>
`;
}

function download(): string {
  return element('a', { href: `${root}${opmlKey}`, download: opmlKey }, 'OPML');
}

function choosing(groups: Group[], site: Site): string {
  if (groups.length === 0) return '';
  const links = groups.map(({ taxonomy, feeds }) => {
    const href = `#${encodeURIComponent(taxonomy)}`;
    return element('a', { href }, `${named(taxonomy)} <small>${grouped(feeds.length)}</small>`);
  });
  return `<nav class="choosing">
<h2>${ours('Subscribe to what interests you', site)}</h2>
<p class="row">
${lines(links)}</p>
<label class="enhanced">${ours('Filter', site)} <input type="search" autocomplete="off" spellcheck="false"></label>
<output class="quiet enhanced"></output>
</nav>
`;
}

/** More terms than one looks through have letters above them. */
const many = 60;

function section({ taxonomy, feeds }: Group, site: Site): string {
  const open = `${openTag('section', { id: taxonomy })}\n<h2>${named(taxonomy)}</h2>\n`;
  if (feeds.length <= many) return `${open}${list(feeds)}</section>`;
  const letters = [...Map.groupBy(feeds, ({ row }) => letterOf(row.label))];
  const links = letters.map(([letter]) =>
    element('a', { href: `#${encodeURIComponent(place(taxonomy, letter))}` }, escaped(letter)),
  );
  const all = element('a', { href: `#${encodeURIComponent(taxonomy)}` }, ours('All letters', site));
  const blocks = letters.map(
    ([letter, some]) => `<div class="letter">
<div class="heading">${element('h3', { id: place(taxonomy, letter) }, escaped(letter))} ${all}</div>
${list(some)}</div>`,
  );
  return `${open}<p class="row letters">\n${lines(links)}</p>\n${lines(blocks)}</section>`;
}

/** An id in the page; no taxonomy has a slash in its name. */
function place(taxonomy: string, letter: string): string {
  return `${taxonomy}/${letter}`;
}

/** Under what people look for a label: its first letter without accents, or a sign for what is none. */
function letterOf(label: string): string {
  const first = String.fromCodePoint(label.normalize('NFKD').codePointAt(0) ?? 0);
  if (/\p{N}/u.test(first)) return '0–9';
  // There are too many of these to list.
  if (/\p{Script=Han}/u.test(first)) return '字';
  return /\p{L}/u.test(first) ? first.toUpperCase().charAt(0) : '#';
}

function list(feeds: Group['feeds']): string {
  const rows = feeds.map(({ row, channel, count }) => {
    const link = linkTo(pageKey(channel.selection), root, element('bdi', {}, escaped(row.label)));
    // No break between them: a count alone on a line says nothing.
    return `<li>${link}\u00a0<small>${counted(count)}</small></li>`;
  });
  return `<ul class="terms">\n${lines(rows)}</ul>\n`;
}

function amount(count: string, noun: string): string {
  return `${count} ${noun}${count === '1' ? '' : 's'}`;
}

/** Counts are exact to 999. */
function counted(count: number): string {
  return count < 1000 ? String(count) : '1,000+';
}
