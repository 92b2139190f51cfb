/** Every feed of a blog, read by parsers that are not ours and compared with the entries it carries. */
import { parseXml } from '@rgrove/parse-xml';
import { parseAtomFeed, parseJsonFeed, parseRssFeed } from 'feedsmith';
import { check } from '../src/check/check.ts';
import type { Entry } from '../src/post/entry.ts';
import { listAll } from '../src/store/store.ts';
import type { Built, Fact } from './corpus.ts';

/** An entry as a reader sees it. */
interface Seen {
  id: string | undefined;
  title: string | undefined;
  link: string | undefined;
  published: number;
  categories: string[];
  content: string | undefined;
}

const readers: Record<string, (text: string) => Seen[]> = {
  rss: (text) =>
    (parseRssFeed(text).items ?? []).map((item) => ({
      id: item.guid?.value,
      title: item.title,
      link: item.link,
      published: Date.parse(item.pubDate ?? ''),
      categories: (item.categories ?? []).map(({ name }) => name ?? ''),
      content: item.content?.encoded ?? '',
    })),
  atom: (text) =>
    (parseAtomFeed(text).entries ?? []).map((entry) => ({
      id: entry.id,
      title: unescaped(entry.title?.value),
      link: entry.links?.find(({ rel }) => rel === 'alternate')?.href,
      published: Date.parse(entry.published ?? ''),
      categories: (entry.categories ?? []).map(({ label }) => label ?? ''),
      content: entry.content?.value ?? '',
    })),
  json: (text) =>
    (parseJsonFeed(text).items ?? []).map((item) => ({
      id: item.id,
      title: item.title,
      link: item.url,
      published: Date.parse(String(item.date_published)),
      categories: item.tags ?? [],
      content: item.content_html ?? '',
    })),
};

export async function feedsAgree({ records, feeds }: Built): Promise<Fact[]> {
  const entries = new Map<string, Entry>();
  for (const { entry } of records.values()) if (entry) entries.set(entry.id, entry);
  const counts = { feeds: 0, entries: 0, ill: 0, differing: 0, errors: 0, warnings: 0 };
  const examples: string[] = [];
  for await (const { key } of listAll(feeds, '')) {
    const format = key.slice(key.lastIndexOf('.') + 1);
    const bytes = (await feeds.get(key)).body;
    const text = new TextDecoder().decode(bytes);
    if (format !== 'html' && key !== 'feeds.json') {
      const report = check(bytes);
      counts.errors += report.errors;
      counts.warnings += report.warnings;
      for (const one of report.findings.slice(0, 1))
        examples.push(`${key}:${one.line} ${one.name} ${one.message}`);
      if (format !== 'json' && !isWellFormed(text)) counts.ill++;
    }
    const read = /(^|\/)feed\.\w+$/.test(key) && readers[format];
    if (!read) continue;
    counts.feeds++;
    for (const seen of read(text)) {
      counts.entries++;
      const entry = entries.get(seen.id ?? '');
      const difference = entry ? differs(entry, seen, format === 'json') : 'no such id';
      if (!difference) continue;
      counts.differing++;
      examples.push(`${key} ${seen.id}: ${difference}`);
    }
  }
  for (const example of examples.slice(0, 8)) console.log(`      ${example.slice(0, 300)}`);
  return [
    { what: 'feeds read again', value: counts.feeds },
    {
      what: 'entries in them that differ from the post’s',
      value: `${counts.differing} of ${counts.entries}`,
      isRight: counts.differing === 0 && counts.entries > 0,
    },
    {
      what: 'documents that a strict XML parser refuses',
      value: counts.ill,
      isRight: counts.ill === 0,
    },
    { what: 'errors that check finds', value: counts.errors, isRight: counts.errors === 0 },
    { what: 'warnings', value: counts.warnings },
  ];
}

function isWellFormed(text: string): boolean {
  try {
    parseXml(text);
    return true;
  } catch {
    return false;
  }
}

/** Which field a reader sees otherwise than the entry has it. */
function differs(entry: Entry, seen: Seen, isJson: boolean): string | undefined {
  const categories = Object.entries(entry.terms)
    .filter(([taxonomy]) => taxonomy !== 'authors')
    .flatMap(([, terms]) => terms.map(({ label }) => label));
  const same = {
    title: trimmed(seen.title) === trimmed(entry.title),
    link: seen.link === entry.link,
    published: seen.published === Date.parse(entry.published),
    categories:
      String([...new Set(seen.categories)].sort()) === String([...new Set(categories)].sort()),
    // JSON Feed wants some content of every item: of a post without a body, its summary.
    content: trimmed(seen.content) === trimmed(entry.content || (isJson ? entry.summary : '')),
  };
  const [field] = Object.entries(same).find(([, isSame]) => !isSame) ?? [];
  return field && `${field}: ${JSON.stringify(seen[field as keyof Seen])?.slice(0, 120)}`;
}

const trimmed = (text = '') => text.replace(/\s+/g, ' ').trim();

/** An Atom title of type html is text that was escaped once more. */
function unescaped(html = ''): string {
  return html
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;|&apos;/g, "'")
    .replace(/&amp;/g, '&');
}
