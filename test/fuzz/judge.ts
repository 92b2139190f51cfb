import { parseXml } from '@rgrove/parse-xml';
import { check } from '../../src/check/check.ts';
import { InvalidPost } from '../../src/errors.ts';
import { feedChannel } from '../../src/feed/channel.ts';
import { feedPage } from '../../src/feed/page-feed.ts';
import { renderFeed } from '../../src/feed/render.ts';
import { feedKey, formats, keyOf, pageKey, pathOf, safe } from '../../src/keys.ts';
import type { Entry } from '../../src/post/entry.ts';
import { readSource } from '../../src/post/front-matter.ts';
import { finishPost, type Outline, outlinePost } from '../../src/post/parse.ts';
import type { Page, Post } from '../../src/post/post.ts';
import { references } from '../../src/post/references.ts';
import { slug } from '../../src/post/term.ts';
import type { Problem } from '../../src/problem.ts';
import { claimsOf, marksOf, newRecord } from '../../src/selection/record.ts';
import type { Site } from '../../src/site.ts';
import { faultsOfHtml, faultsOfPage } from './oracle.ts';

/** A post as an attacker writes it. */
export interface Case {
  key: string;
  bytes: Uint8Array;
  site: Site;
}

export interface Verdict {
  outcome: 'post' | 'page' | 'refused';
  faults: string[];
}

/** Milliseconds of processor time for a small post, through everything below. */
const budget = 1000;

/** Puts a post through all that is made of posts, and says what is not as it must be. */
export function judge(given: Case): Verdict {
  const begun = process.cpuUsage();
  const faults: string[] = [];
  const first = attempt(given, faults);
  const again = attempt(given, faults);
  if (JSON.stringify(first) !== JSON.stringify(again)) faults.push('not the same when run again');
  let outcome: Verdict['outcome'] = 'refused';
  if (first && 'page' in first) outcome = 'page';
  else if (first) {
    outcome = 'post';
    faults.push(...faultsOfProblems(first.problems, given), ...faultsOfEntry(first.entry, given));
    faults.push(...faultsOfFeeds(first.entry, (again as Post).entry, given.site));
  }
  const { user, system } = process.cpuUsage(begun);
  const took = (user + system) / 1000;
  if (took > budget) faults.push(`took ${Math.round(took)} ms`);
  return { outcome, faults };
}

function attempt({ key, bytes, site }: Case, faults: string[]): Post | Page | undefined {
  try {
    const source = readSource(key, bytes, site.limits);
    const named = references(source);
    const links = new Map(named.slice(0, 3).map(({ name }) => [name, `${site.url}/known/`]));
    for (const { candidates } of named) {
      for (const one of candidates)
        if (one.split('/').includes('..')) faults.push(`refers to ${one}`);
    }
    const outline = outlinePost(source, site, links);
    return 'page' in outline ? outline : finished(outline, site, faults);
  } catch (error) {
    if (!(error instanceof InvalidPost)) faults.push(`throws ${(error as Error)?.stack ?? error}`);
    else {
      const { message: cause, remedy, line } = error;
      const problem = { key, cause, remedy, ...(line !== undefined && { line }) };
      faults.push(...faultsOfProblems([problem], { key, bytes, site }));
    }
    return undefined;
  }
}

/** A body that looks faultless must turn out so: a build reports nothing of those that it does not render. */
function finished(outline: Outline, site: Site, faults: string[]): Post {
  try {
    const post = finishPost(outline, site);
    if (outline.isFaultless && post.problems.length !== outline.problems.length)
      faults.push(`looks faultless, but ${post.problems.at(-1)?.cause}`);
    return post;
  } catch (error) {
    if (outline.isFaultless) faults.push(`looks faultless, but ${error}`);
    throw error;
  }
}

function faultsOfProblems(problems: Problem[], { key, bytes }: Case): string[] {
  const lines = Buffer.from(bytes)
    .toString('latin1')
    .split(/\r\n|\r|\n/).length;
  const faults = problems.flatMap((one) => {
    const wrong: string[] = [];
    if (one.key !== key) wrong.push(`a problem of ${one.key}`);
    if (!one.cause || !/^[A-Z].*[.!?]$/s.test(one.remedy)) wrong.push(`remedy: ${one.remedy}`);
    if (one.line !== undefined && !(one.line >= 1 && one.line <= lines + 1))
      wrong.push(`line ${one.line} of ${lines}`);
    if (one.cause.length > 2000) wrong.push(`a cause of ${one.cause.length} characters`);
    // A terminal would obey them, and a list of problems has one on a line.
    if (/[\0-\x1f\x7f-\x9f]/.test(one.cause)) wrong.push(`control characters in: ${one.cause}`);
    return wrong;
  });
  return problems.length > 201 ? [...faults, `${problems.length} problems`] : faults;
}

function faultsOfEntry(entry: Entry, { key, site }: Case): string[] {
  const faults = [...faultsOfHtml(entry.content), ...faultsOfHtml(entry.summary)];
  if (entry.title.trim() === '') faults.push('no title');
  if (!/^https?:\/\/[^\s]+$/.test(entry.link)) faults.push(`link ${entry.link}`);
  if (entry.link.length > 20_000 || entry.id.length > 10_000) faults.push('a long link or id');
  if (!/^[a-z][a-z\d+.-]*:\S+$/i.test(entry.id)) faults.push(`id ${entry.id}`);
  for (const url of [entry.image, ...entry.enclosures.map((one) => one.url)]) {
    if (url !== undefined && !/^https?:\/\//.test(url)) faults.push(`address ${url}`);
  }
  for (const { uri } of entry.authors) {
    if (uri !== undefined && !/^https?:\/\//.test(uri)) faults.push(`author at ${uri}`);
  }
  for (const [taxonomy, terms] of Object.entries(entry.terms)) {
    for (const { slug: of } of terms) faults.push(...faultsOfSelection(`${taxonomy}/${of}`, of));
  }
  const record = { ...newRecord(key), entry, claims: claimsOf(entry, key) };
  const marks = marksOf(record).filter((mark) => !safe(mark) || !/^(index|problems)\//.test(mark));
  if (marks.length > 0) faults.push(`marks at ${marks.join(', ')}`);
  if (JSON.stringify(JSON.parse(JSON.stringify(record))) !== JSON.stringify(record))
    faults.push('its record is another after it was stored');
  void site;
  return faults;
}

/** A term's feeds lie in its own folder, two levels deep, and an address names the same key. */
function faultsOfSelection(selection: string, of: string): string[] {
  const keys = [pageKey(selection), ...formats.map((format) => feedKey(selection, format))];
  const faults = keys.flatMap((key) => {
    if (!safe(key) || key.split('/').length !== 3) return [`key ${key}`];
    return keyOf(pathOf(key)) === key ? [] : [`path of ${key}`];
  });
  if (slug(of) !== of) faults.push(`the slug ${of} has another slug, ${slug(of)}`);
  return faults;
}

function faultsOfFeeds(entry: Entry, again: Entry, site: Site): string[] {
  const faults: string[] = [];
  const channel = feedChannel('site', { entries: [entry] }, site);
  for (const format of formats) {
    const text = renderFeed(format, channel, [entry], site);
    if (text !== renderFeed(format, channel, [again], site)) faults.push(`${format} not stable`);
    try {
      if (format === 'json') JSON.parse(text);
      else parseXml(text);
    } catch (error) {
      faults.push(`${format}: ${(error as Error).message}`);
    }
    const { findings } = check(Buffer.from(text));
    for (const { severity, name, message } of findings)
      if (severity === 'error') faults.push(`${format}: ${name}: ${message}`);
  }
  const [[taxonomy, terms] = ['tags', []]] = Object.entries(entry.terms).filter(
    ([, some]) => some.length > 0,
  );
  const selection = `${taxonomy}/${terms[0]?.slug ?? 'x'}`;
  faults.push(
    ...faultsOfPage(feedPage(feedChannel(selection, { entries: [entry] }, site), [entry], site)),
  );
  return faults;
}
