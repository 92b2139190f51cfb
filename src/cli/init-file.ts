import { dump } from 'js-yaml';
import { InvalidSite } from '../errors.ts';
import { readSite, type Site } from '../site.ts';
import { dataOf } from './init-config.ts';
import type { Discovery } from './init-discover.ts';
import type { Found } from './init-found.ts';

/** A site file in the making. */
export interface SiteFile {
  yaml: string;
  /** What went into it. */
  taken: Found[];
  /** What the blog says and a site file cannot, and why. */
  left: { key: string; why: string }[];
}

// The keys that `init` writes, in the file's order: what each is about, and what it may look like.
const outline: readonly (readonly [key: keyof Site, about: string, example: string])[] = [
  ['url', 'Address of the blog.', 'https://example.com'],
  ['feeds', 'Address of the feeds, where it is not the blog’s.', 'https://feeds.example.com'],
  ['title', 'Name of the blog.', 'My blog'],
  ['description', 'What it is about, in a sentence.', 'What I learn, as I learn it'],
  ['language', 'Language of the posts that name none.', 'en'],
  ['timezone', 'Dates without a zone are in this one; without it, in UTC.', 'Europe/Moscow'],
  ['icon', 'A square image.', '/icon.png'],
  ['rights', 'Copyright.', '© 2026 Me'],
  ['permalink', 'How the blog makes the address of a post.', '/:year/:month/:day/:title/'],
  ['id', 'How the blog made ids before, where posts name their number.', '{url}/?p={wordpress_id}'],
  ['taxonomies', 'Front-matter fields whose values have feeds.', '[categories, tags, authors]'],
  [
    'authors',
    'People by the names that posts use.',
    '{ ann: { name: Ann, link: "https://ann.example" } }',
  ],
  ['entries', 'Posts in a feed.', '20'],
  ['content', 'full, or summary.', 'full'],
  ['separator', 'What ends a summary in a post, beside <!--more-->.', '"<!--cut-->"'],
  ['hubs', 'WebSub hubs, which tell readers at once.', '[https://pubsubhubbub.appspot.com/]'],
  ['legacy', 'Tools whose feed addresses are to lead to the new ones.', '[wordpress]'],
  ['moved', 'Other old addresses, and where they lead.', '{ /rss.xml: /feed.rss }'],
];

/** Makes a site file of what was discovered; what would not be valid stands in it as a comment. */
export function siteFile(discovery: Discovery): SiteFile {
  const { taken, left } = judge(discovery.found);
  const origin = discovery.tool ? `, from ${discovery.file} (${discovery.tool})` : '';
  const blocks = outline.map(([key, about, example]) => {
    const found = taken.find((one) => one.key === key);
    const refused = left.filter((one) => one.key === key);
    const comments = refused.map(({ why }) => comment(`Left out: ${why}`));
    if (!found) return [comment(about), ...comments, `# ${key}: ${example}\n`].join('');
    return [comment(`${about} (${found.from})`), ...comments, yamlOf(found)].join('');
  });
  const head = [
    comment(`The settings of your feeds, written by tidings init${origin}.`),
    comment('docs/site-file.md explains every key; a line that starts with # is not in force.'),
  ].join('');
  return { yaml: [head, ...blocks].join('\n'), taken, left };
}

/** Of each key the first value that is valid; of maps, all that are valid. */
function judge(found: Found[]): Pick<SiteFile, 'taken' | 'left'> {
  const taken: Found[] = [];
  const left: SiteFile['left'] = [];
  for (const part of found.flatMap(parts)) {
    const same = taken.find((one) => one.key === part.key);
    if (same && !isMap(part)) continue;
    const why = faultOf(part);
    if (why) left.push({ key: part.key, why });
    else if (same) {
      same.value = { ...dataOf(same.value), ...dataOf(part.value), ...dataOf(same.value) };
      if (!same.from.includes(part.from)) same.from += `; ${part.from}`;
    } else taken.push({ ...part });
  }
  return { taken, left };
}

// A map is judged name by name, so that one bad author does not cost the others.
function parts(found: Found): Found[] {
  if (!isMap(found)) return [found];
  return Object.entries(dataOf(found.value)).map(([name, one]) => ({
    ...found,
    value: { [name]: one },
  }));
}

function isMap(found: Found): boolean {
  return found.key === 'authors' || found.key === 'moved' || found.key === 'taxonomies';
}

function faultOf(found: Found): string | undefined {
  const template = /\{[{%]|\{year\}/.exec(String(found.value));
  if (template) return `${found.key}: is a template, which only the tool can fill (${found.from})`;
  try {
    readSite(yamlOf(found));
    return undefined;
  } catch (error) {
    if (!(error instanceof InvalidSite)) throw error;
    return `${error.message.replace(/^line \d+: /, '')} (${found.from})`;
  }
}

function yamlOf({ key, value }: Found): string {
  return dump({ [key]: value }, { lineWidth: -1 });
}

// Also of strangers' words, which may hold what ends a comment or what YAML forbids.
function comment(text: string): string {
  return `# ${text.replaceAll(/[\p{C}\u2028\u2029]+/gu, ' ')}\n`;
}
