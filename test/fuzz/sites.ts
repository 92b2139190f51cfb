import { InvalidSite } from '../../src/errors.ts';
import { readSite, type Site } from '../../src/site.ts';
import type { Random } from '../simulation/random.ts';
import { addresses, phrase, several, word } from './words.ts';

/** Site files by grammar, right ones as a rule. */
export function siteFile(random: Random): string {
  const lines = several(random, 6, () => {
    const [key, values] = random.pick(settings);
    const value = random.chance(0.85) ? random.pick(values) : wrong(random);
    return `${random.chance(0.97) ? key : word(random)}: ${value}`;
  });
  return lines.join('\n');
}

function wrong(random: Random): string {
  return random.pick([
    () => JSON.stringify(phrase(random)),
    () => JSON.stringify(random.pick(addresses)),
    () => word(random),
    () => `[${word(random)}]`,
    () => `{${word(random)}: ${word(random)}}`,
    () => '&a [*a]',
    () => '-1',
  ])();
}

const settings: readonly (readonly [string, readonly string[]])[] = [
  [
    'url',
    [
      'https://example.org/blog',
      'http://Блог.example:8080/',
      '"https://x.org/a b"',
      'https://[::1]/',
    ],
  ],
  ['feeds', ['https://feeds.example.org', 'https://x.org/f/']],
  ['title', ['Blog', '"]]> <b>&amp;"', 'مدونة', '"a\\u2028b"']],
  ['description', ['"</description>"', 'Of things']],
  ['language', ['en', 'pt-BR', 'ar', 'zh-Hant-TW']],
  ['timezone', ['Europe/Moscow', 'America/New_York', 'UTC', '+05:30']],
  ['icon', ['/icon.png', 'https://x.org/?a=[b]&c']],
  ['rights', ['© 2026', '"<b>&copy;"']],
  ['permalink', ['/:year/:title/', 'pretty', '/:categories/:slug', '/:path/../:id', '/a:b']],
  ['id', ['"{url}/?p={wordpress_id}"', '"{title}"', '"x{guid}y"']],
  ['authority', ['old.example', 'a@b.example']],
  ['since', ['2012-06-01', '1999-12-31']],
  [
    'taxonomies',
    [
      '[topics, tags]',
      '{topics: subjects, tags: tags}',
      '[constructor]',
      '{__proto__: tags}',
      '{tags: authors}',
      '{categories: tags, tags: tags}',
      '[tostring, authors]',
    ],
  ],
  [
    'authors',
    [
      '{a: {name: A, uri: "https://x.org/[a]", email: a@b.cd}}',
      '{constructor: X}',
      '{Hello: "<b>"}',
    ],
  ],
  ['entries', ['1', '200']],
  ['content', ['full', 'summary']],
  ['separator', ['"<!-- cut -->"', '"]]>"', 'a']],
  ['hubs', ['[https://hub.example/?a=[b]]']],
  [
    'podcast',
    [
      '{author: A, category: Technology}',
      '{author: "<b>", category: "Society & Culture > Documentary", email: a@b.cd, image: /a.jpg, locked: true}',
    ],
  ],
  ['freshness', ['60', '86400']],
  ['limits', ['{size: 64}', '{steps: 10}', '{size: 1, steps: 0}']],
];

/** The site of such a file; what it says of a wrong one has a line for each fault. */
export function siteOf(text: string): { site?: Site; faults: string[] } {
  try {
    const site = readSite(text);
    const again = readSite(text);
    return { site, faults: JSON.stringify(site) === JSON.stringify(again) ? [] : ['not stable'] };
  } catch (error) {
    if (!(error instanceof InvalidSite)) return { faults: [`throws ${(error as Error).stack}`] };
    const wrong = error.message.split('\n').filter((line) => !/^line \d+: ./.test(line));
    return { faults: wrong.map((line) => `a fault without a line: ${line}`) };
  }
}
