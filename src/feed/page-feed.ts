import { opmlKey, pageKey, type Selection, term, termOf } from '../keys.ts';
import type { Entry, Term } from '../post/entry.ts';
import { allOf, type Mix, mixOf, termsOf } from '../selection/mix.ts';
import type { Site } from '../site.ts';
import { type Channel, labelOf } from './channel.ts';
import { linkTo, named, ours, page, subscribing, theirs } from './page.ts';
import { article, previewOf } from './page-posts.ts';
import { element, escaped, lines, uri } from './xml.ts';

/** As many posts as one looks through; more would only make the page slow. */
const shown = 20;
const relatives = 12;
const mixed = 6;

/** The page for people of a term's feed or a mix: what it is, where, its latest posts, and what is near. */
export function feedPage(channel: Channel, entries: readonly Entry[], site: Site): string {
  const root = '../'.repeat(pageKey(channel.selection).split('/').length - 1);
  const body = `<header>
${trail(channel, root, site)}
<h1 dir="auto">${escaped(channel.label ?? channel.title)}</h1>
<p>${ours(about(channel, entries, root, site), site)}</p>
</header>
<main id="feeds" tabindex="-1">
<section class="card">
<h2>${ours('Subscribe', site)}</h2>
${subscribing(channel, root, site)}</section>
<section>
<h2>${ours('Latest posts', site)}</h2>
${latest(entries, site)}</section>
${related(channel, entries, root, site)}</main>
<footer>
<p>${ours(`More: ${linkTo('index.html', root, 'all feeds')}, or all of them at once as ${linkTo(opmlKey, root, 'OPML')}, for a reader to import.`, site)}</p>
</footer>
`;
  return page({ title: channel.title, channel, body }, site);
}

/** The way back: to all feeds, and to those of the taxonomy. */
function trail({ selection }: Channel, root: string, site: Site): string {
  const all = linkTo('index.html', root, ours('All feeds', site));
  const taxonomy = termOf(selection)?.taxonomy;
  if (taxonomy === undefined) return `<nav class="trail">${all}</nav>`;
  const href = `${root}#${encodeURIComponent(taxonomy)}`;
  return `<nav class="trail">${all} / ${element('a', { href }, named(taxonomy))}</nav>`;
}

/** What the feed carries, in words; the terms of a mix lead to their own feeds. */
function about(channel: Channel, entries: readonly Entry[], root: string, site: Site): string {
  const { selection, label, title } = channel;
  const blog = `Posts of ${element('a', { href: uri(`${site.url}/`) }, theirs(site.title, site))}`;
  const mix = mixOf(selection);
  const linked = (one: Selection) =>
    linkTo(pageKey(one), root, theirs(labelOf(one, entries)!, site));
  if (mix) return `${blog} ${words(mix, linked)}.`;
  const taxonomy = termOf(selection)?.taxonomy ?? '';
  const which = wordings.get(taxonomy) ?? `in ${escaped(taxonomy)}:`;
  return `${blog} ${which} ${theirs(label ?? title, site)}`;
}

const wordings = new Map([
  ['tags', 'tagged'],
  ['categories', 'in the category'],
  ['authors', 'by'],
  ['', 'in'],
]);

/** `filed under docker or lxc, and under linux, but not under windows`. */
function words({ all, none }: Mix, linked: (one: Selection) => string): string {
  const under = (some: Selection[]) => `under ${some.map(linked).join(' or ')}`;
  const wanted = all.map(under).join(all.length > 1 ? ', and ' : '');
  return `filed ${wanted}${none.length > 0 ? `, but not ${under(none)}` : ''}`;
}

function latest(entries: readonly Entry[], site: Site): string {
  if (entries.length === 0) return `<p>${ours('No post is filed here now.', site)}</p>\n`;
  const known = memory.get(site) ?? new WeakMap<Entry, string>();
  memory.set(site, known);
  return entries
    .slice(0, shown)
    .map((entry) => {
      const html = known.get(entry) ?? article(previewOf(entry), site);
      known.set(entry, html);
      return html;
    })
    .join('');
}

/** Entries already rendered, which many pages share, for as long as they and their site live. */
const memory = new WeakMap<Site, WeakMap<Entry, string>>();

/** Feeds of the terms that these entries have too, the most frequent first, and mixes with them. */
function related(
  { selection, label }: Channel,
  entries: readonly Entry[],
  root: string,
  site: Site,
): string {
  const mix = mixOf(selection);
  const own = mix ? termsOf(mix) : [selection];
  const found = together(entries)
    .filter((one) => !own.includes(one.selection))
    .slice(0, relatives);
  if (found.length === 0) return '';
  const links = found.map((one) => linkTo(pageKey(one.selection), root, distinct(one, found)));
  return `<section>
<h2>${ours('Related feeds', site)}</h2>
${row(links)}</section>
${mix ? '' : mixes(selection, label ?? '', found, entries.length, root, site)}`;
}

function row(links: string[]): string {
  return `<ul class="row">
${lines(links.map((link) => `<li>${link}</li>`))}</ul>
`;
}

/** Feeds of what a term has in common with others; with one that all its posts have, it would be its own. */
function mixes(
  selection: Selection,
  label: string,
  relatives: readonly Relative[],
  posts: number,
  root: string,
  site: Site,
): string {
  const links = relatives
    .filter(({ count }) => count < posts)
    .slice(0, mixed)
    .map((one) => {
      const other = distinct(one, [...relatives, { ...one, label }]);
      const name = `${element('bdi', {}, escaped(label))} + ${other}`;
      return linkTo(pageKey(allOf([selection, one.selection])), root, name);
    });
  if (links.length === 0) return '';
  return `<section>
<h2>${ours('Only posts filed under both', site)}</h2>
${row(links)}</section>
`;
}

/** A relative's name, with its taxonomy where another is called the same. */
function distinct(one: Relative, all: readonly Relative[]): string {
  const name = element('bdi', {}, escaped(one.label));
  const isTwin = all.some((other) => other !== one && other.label === one.label);
  return isTwin ? `${name} <small>${named(one.taxonomy)}</small>` : name;
}

interface Relative {
  selection: string;
  taxonomy: string;
  label: string;
  count: number;
}

/** The terms of entries, spelt as the newest one does, by how many have them. */
function together(entries: readonly Entry[]): Relative[] {
  const found = new Map<string, Relative>();
  for (const { terms } of entries) {
    for (const [taxonomy, { slug, label }] of pairs(terms)) {
      const selection = term(taxonomy, slug);
      const known = found.get(selection);
      if (known) known.count++;
      else found.set(selection, { selection, taxonomy, label, count: 1 });
    }
  }
  // The sort is stable: of equal ones the newest is first.
  return [...found.values()].sort((one, other) => other.count - one.count);
}

function pairs(terms: Entry['terms']): [string, Term][] {
  return Object.entries(terms).flatMap(([taxonomy, list]) =>
    list.map((one): [string, Term] => [taxonomy, one]),
  );
}
