import { InvalidPost } from '../errors.ts';
import { oneLine, type Problem } from '../problem.ts';
import { type Site, taxonomyFor } from '../site.ts';
import { languageTag } from '../site-values.ts';
import { authorsOf } from './authors.ts';
import { finishBody, runTemplates, type Templated } from './body.ts';
import { xmlText } from './characters.ts';
import { timestamp } from './dates.ts';
import {
  enclosuresOf,
  episodeOf,
  imageOf,
  type Measures,
  measuresOf,
  withMeasures,
} from './enclosures.ts';
import type { Entry, Term } from './entry.ts';
import { isFaultless } from './faultless.ts';
import { begin, flagOf, ignore, present, quote, type Reading, textOf } from './fields.ts';
import { fileName, inWords } from './file-name.ts';
import { identityOf } from './identity.ts';
import { inlineHtml, inlineText } from './inline.ts';
import { findLink } from './permalink.ts';
import type { Body, Page, Post, Source } from './post.ts';
import {
  dateFields,
  embargoOf,
  expiryOf,
  type Publication,
  publicationOf,
  updateOf,
} from './publication.ts';
import { termsOf } from './terms.ts';

/**
 * A source → the post it is: what DESIGN.md section 5 says of each field, in its order. A value
 * that cannot be used is reported and the next rule is tried; only a post whose date is given but
 * cannot be read is refused, since it would vanish as a page without one.
 */
export function parsePost(
  source: Source,
  site: Site,
  links: ReadonlyMap<string, string> = new Map(),
): Post | Page {
  const outline = outlinePost(source, site, links);
  return 'page' in outline ? outline : finishPost(outline, site);
}

/**
 * A post before its body is rendered: what its entry has of that is missing, its problems are all
 * but that's. Plain data, for another thread to finish.
 */
export interface Outline extends Post {
  /** True: in the body nothing is left that could be reported. */
  isFaultless: boolean;
  template: Templated;
  /** What the front matter says of the body's first medium. */
  measures: Measures;
  /** Of the front matter, however many. */
  reported: Problem[];
}

/** The same up to the rendering of the body, which takes most of the time. */
export function outlinePost(
  source: Source,
  site: Site,
  links: ReadonlyMap<string, string> = new Map(),
): Outline | Page {
  const reading = begin(source, site);
  const { key, dialect } = source;
  const publication = publicationOf(reading);
  const page = pageRule(reading, publication);
  if (page !== undefined || !publication) {
    return { key, dialect, page: page ?? 'no date', problems: inOrder(reading.problems) };
  }
  const { link } = found(reading, 'link', findLink(reading, publication));
  const template = runTemplates(source, { site, link, links });
  const entry = entryOf(reading, publication, { link, links });
  const draft = draftRule(reading);
  const expiry = expiryOf(reading);
  if (draft !== undefined) reading.sources['draft'] = draft;
  if (expiry) found(reading, 'expires', expiry);
  const outline = {
    key,
    dialect,
    entry,
    draft: draft !== undefined,
    ...(expiry && { expires: timestamp(expiry.instant) }),
    sources: reading.sources,
    problems: inOrder([...reading.problems, ...template.problems]),
  };
  return {
    ...outline,
    isFaultless: isFaultless(template.text, { site, link }),
    template,
    measures: measuresOf(reading),
    reported: reading.problems,
  };
}

/** The post with its body. Throws InvalidPost if that becomes too long. */
export function finishPost(outline: Outline, site: Site): Post {
  const { isFaultless, template, measures, reported, ...post } = outline;
  const body = finishBody(template, site);
  const sources = { ...post.sources };
  const entry = withBody(post.entry, body, sources, measures);
  return { ...post, entry, sources, problems: inOrder([...reported, ...body.problems]) };
}

// A post with more is broken in one way, not in so many.
const mostProblems = 200;

function inOrder(problems: Problem[]): Problem[] {
  const sorted = problems
    .map((one) => ({ ...one, cause: oneLine(one.cause) }))
    .sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  const left = sorted.length - mostProblems;
  if (left <= 0) return sorted;
  const { key } = sorted[0]!;
  const rest = { key, cause: `it has ${left} problems more`, remedy: 'Mend these first.' };
  return [...sorted.slice(0, mostProblems), rest];
}

/** Notes what gave a field. */
function found<T extends { from: string }>(reading: Reading, name: string, value: T): T {
  reading.sources[name] = value.from;
  return value;
}

function entryOf(
  reading: Reading,
  publication: Publication,
  { link, links }: { link: string; links: ReadonlyMap<string, string> },
): Entry {
  const published = found(reading, 'published', embargoOf(reading, publication) ?? publication);
  const updated = found(reading, 'updated', updateOf(reading) ?? published);
  const credits = authorsOf(reading);
  const image = imageOf(reading, link);
  const language = languageOf(reading);
  const episode = episodeOf(reading, link);
  return {
    id: found(reading, 'id', identityOf(reading, links)).id,
    link,
    title: found(reading, 'title', titleOf(reading)).title,
    published: timestamp(published.instant),
    updated: timestamp(updated.instant),
    authors: credits.map(({ author }) => author),
    terms: withAuthors(
      reading,
      credits.map(({ term }) => term),
    ),
    summary: summaryOf(reading, link) ?? '',
    content: '',
    ...(image !== undefined && { image }),
    enclosures: withMeasures(measuresOf(reading), enclosuresOf(reading, link)),
    ...(language !== undefined && { language }),
    ...(episode && { episode }),
  };
}

/** The entry with what its body says where nothing else does. */
function withBody(entry: Entry, body: Body, sources: Post['sources'], measures: Measures): Entry {
  const whole = { ...entry, content: body.html };
  if (sources['title'] === nameOfFile && body.firstHeading) {
    sources['title'] = 'first heading';
    whole.title = shortTitle(body.firstHeading);
  }
  if (sources['summary'] === undefined) {
    sources['summary'] =
      body.excerpt === undefined ? 'first paragraph' : 'body to its excerpt marker';
    whole.summary = body.excerpt ?? body.firstParagraph;
  }
  if (whole.image === undefined && body.firstImage !== undefined) {
    sources['image'] = 'body';
    whole.image = body.firstImage;
  }
  if (whole.enclosures.length === 0 && body.media.length > 0) {
    sources['enclosures'] = 'body';
    whole.enclosures = withMeasures(measures, body.media);
  }
  return whole;
}

/** Where a post stands, and from when on others may say so: its address tells what it is about. */
export interface Address {
  link: string;
  /** Epoch milliseconds; infinite for a draft. */
  since: number;
}

/** The address of a post or page, without rendering its body. */
export function addressOf(source: Source, site: Site): Address {
  const reading = begin(source, site);
  const publication = publicationOf(reading);
  const { link } = findLink(reading, publication);
  if (draftRule(reading) !== undefined) return { link, since: Number.POSITIVE_INFINITY };
  if (!publication || pageSign(reading) !== undefined) return { link, since: 0 };
  const { instant } = embargoOf(reading, publication) ?? publication;
  return { link, since: instant * 1000 };
}

/** Why a draft is no post yet. */
export const undatedDraft = 'draft without a date';

/** Why a file is no post but a page of the blog; undefined if it is a post. */
function pageRule(reading: Reading, publication: Publication | undefined): string | undefined {
  const page = pageSign(reading);
  if (page !== undefined) return page;
  if (publication) return undefined;
  if (draftRule(reading) !== undefined) return undatedDraft;
  const [unreadable] = dateFields(reading);
  if (!unreadable) return 'no date';
  const line = reading.source.lines.get(unreadable.name.toLowerCase());
  throw new InvalidPost(
    `\`${unreadable.name}: ${quote(unreadable.value)}\` is no date, and nothing else gives one`,
    'Write it as 2024-03-09 or 2024-03-09 08:15:00 +0100.',
    line === undefined ? {} : { line },
  );
}

/** What says that a file is a page, whatever its dates. */
function pageSign(reading: Reading): string | undefined {
  const name = reading.source.key.slice(reading.source.key.lastIndexOf('/') + 1);
  if (/^_index\./i.test(name)) return '_index';
  if (/^readme(?:\.|$)/i.test(name)) return 'README';
  for (const field of present(reading, ['layout', 'type'])) {
    if (textOf(field.value)?.toLowerCase() === 'page') return `${field.name}: page`;
  }
  return undefined;
}

const unpublished = /^(?:draft|drafts|pending|private|trash|auto-draft|inherit|unpublished)$/i;

/** What says that the post is not public; undefined if nothing does. */
function draftRule(reading: Reading): string | undefined {
  const { folders } = fileName(reading.source.key);
  if (folders.includes('_drafts')) return 'folder _drafts';
  for (const { name, value } of reading.fields.values()) {
    const field = name.toLowerCase();
    if (field === 'draft' && flagOf(value) === true) return name;
    // Eleventy: `permalink: false` writes no page.
    if ((field === 'published' || field === 'permalink') && flagOf(value) === false) return name;
    if (field === 'status' && unpublished.test(textOf(value) ?? '')) return name;
  }
  return undefined;
}

const longestTitle = 1000;
const nameOfFile = 'file name';

function titleOf(reading: Reading): { title: string; from: string } {
  for (const field of present(reading, ['title'])) {
    const written = textOf(field.value);
    const title = written && shortTitle(inlineText(written));
    if (title && written.length > longestTitle) {
      ignore(reading, field, `has ${written.length} characters and was cut`, 'Shorten the title.');
    }
    if (title) return { title, from: field.name };
    ignore(reading, field, 'is no title', 'Write a line of text.');
  }
  const title = xmlText(inWords(fileName(reading.source.key)));
  return { title: title || 'Untitled', from: nameOfFile };
}

function shortTitle(title: string): string {
  return title.length <= longestTitle
    ? title
    : `${title.slice(0, longestTitle - 1).toWellFormed()}…`;
}

function summaryOf(reading: Reading, link: string): string | undefined {
  for (const field of present(reading, ['description', 'summary', 'excerpt'])) {
    // `excerpt: true` asks for one from the body.
    if (flagOf(field.value) !== undefined) continue;
    const written = textOf(field.value);
    if (written !== undefined) {
      reading.sources['summary'] = field.name;
      return inlineHtml(written, link);
    }
    ignore(reading, field, 'is no text', 'Write a sentence.');
  }
  return undefined;
}

/** The authors' feeds are the taxonomy `authors`, whatever else the site file names. */
function withAuthors(reading: Reading, authors: Term[]): Record<string, Term[]> {
  const taxonomy = taxonomyFor('authors', reading.site);
  return { ...termsOf(reading), [taxonomy]: authors };
}

/** BCP 47, where it is not the site's own. */
function languageOf(reading: Reading): string | undefined {
  for (const field of present(reading, ['lang', 'language', 'locale'])) {
    const language = canonical(textOf(field.value) ?? '');
    if (language === undefined) {
      ignore(reading, field, 'is no language', 'Write it as en or pt-BR.');
      continue;
    }
    reading.sources['language'] = field.name;
    const own = canonical(reading.site.language ?? '');
    return language === own ? undefined : language;
  }
  return undefined;
}

/** `pt_br.UTF-8` as `pt-BR`; undefined if it is no language tag. */
function canonical(text: string): string | undefined {
  const dot = text.indexOf('.');
  return languageTag((dot < 0 ? text : text.slice(0, dot)).replaceAll('_', '-'));
}
