/** What must hold of each of the three blogs, beyond what holds of every feed. */
import { Parser } from 'htmlparser2';
import type { Entry } from '../src/post/entry.ts';
import { readSource } from '../src/post/front-matter.ts';
import type { Built, Fact } from './corpus.ts';

export async function weblog({ records, posts }: Built): Promise<Fact[]> {
  const entries = entriesOf(records);
  let withId = 0;
  let idAsWordPress = 0;
  let postUrls = 0;
  let resolved = 0;
  for (const { key, entry, references } of records.values()) {
    const text = new TextDecoder().decode((await posts.get(key)).body);
    const number = /^wordpress_id: (\d+)$/m.exec(text)?.[1];
    if (number) withId++;
    if (number && entry?.id === `http://blog.scottlowe.org/?p=${number}`) idAsWordPress++;
    postUrls += text.match(/\{%-?\s*post_url\b/g)?.length ?? 0;
    for (const { name, link } of references) {
      const uses =
        text.match(new RegExp(`post_url\\s+${RegExp.escape(name)}\\s*%}`, 'g'))?.length ?? 0;
      if (link !== null && link === records.get(`${name}.md`)?.entry?.link) resolved += uses;
    }
  }
  return [
    exactly('live entries', entries.length, 1879),
    exactly('categories', slugs(entries, 'categories').size, 14),
    // 217 spellings; VMotion and vMotion are one.
    exactly('tags', slugs(entries, 'tags').size, 216),
    // Nine posts of 1,879 are by a guest.
    exactly('authors', slugs(entries, 'authors').size, 2),
    exactly('ids in WordPress’s form, where there is a wordpress_id', idAsWordPress, withId),
    // One of 1,416, `$2-$3-$4-$5`, is a code sample.
    exactly('post_url resolved to the link of the post named', resolved, postUrls - 1),
    exactly('entries with {% or {{ outside code', entries.filter(hasTemplate).length, 0),
    exactly('entries with a relative URL', entries.filter(hasRelativeUrl).length, 0),
  ];
}

export async function podcast({ records, posts }: Built): Promise<Fact[]> {
  const entries = entriesOf(records);
  let episodes = 0;
  let enclosed = 0;
  let moscow = 0;
  let dated = 0;
  for (const { key, entry } of records.values()) {
    const text = new TextDecoder().decode((await posts.get(key)).body);
    if (entry && /<audio[^>]+\.mp3|^filename\s*=/m.test(text)) {
      episodes++;
      const mp3 = entry.enclosures.some(
        ({ url, type }) => type === 'audio/mpeg' && url.endsWith('.mp3'),
      );
      if (mp3) enclosed++;
    }
    const local = /^date\s*=\s*"?(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)"?\s*$/m.exec(text);
    if (!local || !entry) continue;
    dated++;
    const shown = new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'Europe/Moscow',
      dateStyle: 'short',
      timeStyle: 'medium',
    }).format(Date.parse(entry.published));
    if (shown === `${local.slice(1, 4).join('-')} ${local.slice(4).join(':')}`) moscow++;
  }
  const cyrillic = entries.filter(({ title }) => /\p{Script=Cyrillic}/u.test(title));
  const terms = [...slugs(entries, 'tags'), ...slugs(entries, 'categories')];
  return [
    exactly('episodes with their mp3 as audio/mpeg', enclosed, episodes),
    exactly('dates without a zone read as Moscow’s', moscow, dated),
    { what: 'Cyrillic titles', value: cyrillic.length, isRight: cyrillic.length > 100 },
    exactly(
      'titles with a replacement character',
      entries.filter(({ title }) => title.includes('\ufffd')).length,
      0,
    ),
    {
      what: 'Cyrillic slugs',
      value: terms.filter((slug) => /\p{Script=Cyrillic}/u.test(slug)).join(' ') || 'none',
    },
    exactly('entries with a shortcode outside code', entries.filter(hasTemplate).length, 0),
    exactly('entries with a relative URL', entries.filter(hasRelativeUrl).length, 0),
  ];
}

export async function agency({ records, posts }: Built): Promise<Fact[]> {
  const entries = entriesOf(records);
  let late = 0;
  let lateRead = 0;
  let twice = 0;
  for (const { key, status } of records.values()) {
    const { body } = await posts.get(key);
    // The records of posts that are not public, most of these, do not say what is wrong in them.
    const { problems } = readSource(key, body);
    if (status !== 'unread' && problems.some(({ cause }) => cause.includes('given twice'))) twice++;
    const text = new TextDecoder().decode(body);
    if (!/^\s*\n\s*---/.test(text)) continue;
    late++;
    if (status !== 'unread' && status !== 'page') lateRead++;
  }
  const all = [...records.values()];
  return [
    {
      what: 'live entries with several authors',
      value: entries.filter(({ authors }) => authors.length > 1).length,
    },
    {
      what: 'topics',
      value: slugs(entries, 'topics').size,
      isRight: slugs(entries, 'topics').size > 0,
    },
    exactly('files with duplicate keys, read', twice, 14),
    exactly('files with blank lines before the front matter', late, 6),
    exactly('of these, read as posts', lateRead, late),
    exactly('expired', all.filter(({ status }) => status === 'expired').length, 1648),
    exactly('drafts', all.filter(({ status }) => status === 'draft').length, 7),
    exactly('entries with a shortcode outside code', entries.filter(hasTemplate).length, 0),
    exactly('entries with a relative URL', entries.filter(hasRelativeUrl).length, 0),
  ];
}

const exactly = (what: string, value: number, wanted: number): Fact => ({
  what,
  value: value === wanted ? value : `${value}, not ${wanted}`,
  isRight: value === wanted,
});

function entriesOf(records: Built['records']): Entry[] {
  return [...records.values()].flatMap(({ entry }) => entry ?? []);
}

function slugs(entries: Entry[], taxonomy: string): Set<string> {
  return new Set(entries.flatMap(({ terms }) => terms[taxonomy]?.map(({ slug }) => slug) ?? []));
}

/** True if an entry shows a template's markers in running text; in code samples they are meant. */
function hasTemplate({ content, summary, title }: Entry): boolean {
  let code = 0;
  let found = /\{%|\{\{[<%]/.test(title);
  const isCode = (name: string) => name === 'code' || name === 'pre';
  const parser = new Parser({
    onopentag(name) {
      if (isCode(name)) code++;
    },
    onclosetag(name) {
      if (isCode(name)) code--;
    },
    ontext(text) {
      if (code === 0 && /\{%|\{\{/.test(text)) found = true;
    },
  });
  parser.end(`${content}${summary}`);
  return found;
}

function hasRelativeUrl({ content, summary, image, link }: Entry): boolean {
  let found = [image ?? link, link].some((url) => !URL.canParse(url));
  const parser = new Parser({
    onopentag: (_name, { href, src, poster, cite, srcset }) => {
      const urls = [
        href,
        src,
        poster,
        cite,
        ...(srcset?.split(/,\s+/).map((one) => one.split(' ')[0]) ?? []),
      ];
      found ||= urls.some((url) => url !== undefined && !/^[a-z][a-z0-9+.-]*:/i.test(url));
    },
  });
  parser.end(`${content}${summary}`);
  return found;
}
