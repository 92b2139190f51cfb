import type { Random } from '../simulation/random.ts';
import { addresses, dates, evil, phrase, several, word } from './words.ts';

/** Front matter in every form, right and wrong: the fields that Tidings reads, and what it does not. */

const fields = (
  'title date pubDate publishDate published created updated lastmod modified expiryDate draft status ' +
  'layout type tags tag categories category keywords topics author authors permalink url slug id guid uuid ' +
  'wordpress_id summary description excerpt excerpt_separator image cover enclosure enclosures audio podcast ' +
  'file length duration episode season episode_type explicit transcript chapters lang language aliases'
).split(' ');

/** A value as data. */
function value(random: Random, field: string, depth = 0): unknown {
  const kind = random.below(depth > 3 ? 7 : 12);
  if (/date|publish|created|updated|mod|expiry/i.test(field) && random.chance(0.7))
    return random.pick(dates);
  if (/^(?:image|cover|enclosure|audio|file|url|transcript|chapters|uri)/.test(field) && kind < 7)
    return random.pick(addresses);
  if (field === 'permalink' && kind < 6) return permalink(random);
  if (kind < 4) return phrase(random);
  if (kind < 5) return random.pick([0, -1, 1.5, 1e21, 2024, 20240309, Number.MAX_SAFE_INTEGER]);
  if (kind < 6) return random.pick([true, false, null, '', ' ']);
  if (kind < 7) return random.pick(addresses);
  if (kind < 10) return several(random, 4, () => value(random, field, depth + 1));
  const names = [
    'name',
    'slug',
    'title',
    'url',
    'src',
    'uri',
    'email',
    'length',
    'type',
    'id',
    '__proto__',
    word(random),
  ];
  return Object.fromEntries(
    several(random, 4, () => random.pick(names)).map((name) => [
      name,
      value(random, name, depth + 1),
    ]),
  );
}

function permalink(random: Random): string {
  const parts = [
    ':title',
    ':year',
    ':month',
    ':categories',
    ':slug',
    ':path',
    ':id',
    '..',
    '.',
    '',
    ':nothing',
    '%2e%2e',
    word(random),
  ];
  return `/${several(random, 5, () => random.pick(parts)).join(random.pick(['/', '/', '-', '//']))}${random.pick(['', '/', '.html'])}`;
}

/** The fields of one post; most are dated, for a page is not worth much. */
export function matter(random: Random): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  if (random.chance(0.9)) made['date'] = random.pick(dates);
  if (random.chance(0.7)) made['title'] = phrase(random);
  for (const _ of Array.from({ length: random.below(8) })) {
    const field = random.chance(0.05) ? word(random) : random.pick(fields);
    made[random.chance(0.1) ? field.toUpperCase() : field] = value(random, field);
  }
  return made;
}

/** Front matter as text, with its fences. */
export function frontMatter(random: Random): string {
  const data = matter(random);
  const kind = random.below(20);
  if (kind < 11) return fenced(random, '---', yaml(random, data));
  if (kind < 15) return fenced(random, '+++', toml(random, data));
  if (kind < 17) return `${JSON.stringify(data, null, random.pick([0, 2]))}\n`;
  if (kind < 18) return `${JSON.stringify(data).slice(1, -1)}\n;;;\n`;
  if (kind < 19) return `${yaml(random, { title: 'a', ...data })}---\n`;
  return random.pick([
    '',
    '---\n',
    '---js\nmodule.exports = {}\n---\n',
    '---\n---\n',
    '+++\n',
    '{',
    '\ufeff---\ntitle: a\n---\n',
    '---json\n{}\n---\n',
  ]);
}

function fenced(random: Random, fence: string, text: string): string {
  const close = random.chance(0.97) ? fence : random.pick(['', '...', '--- x', '----']);
  return `${random.chance(0.05) ? '\n\n' : ''}${fence}\n${text}${close}\n`;
}

function yaml(random: Random, data: Record<string, unknown>): string {
  const lines = Object.entries(data).map(
    ([key, of]) => `${yamlKey(random, key)}: ${yamlValue(random, of)}`,
  );
  if (random.chance(0.08)) lines.push(random.pick(yamlOddities)(random));
  return `${lines.join('\n')}\n`;
}

function yamlKey(random: Random, key: string): string {
  return /^[\w-]+$/.test(key) && random.chance(0.95) ? key : JSON.stringify(key);
}

function yamlValue(random: Random, of: unknown): string {
  if (typeof of !== 'string') {
    if (Array.isArray(of) && random.chance(0.4))
      return `\n${of.map((one) => `  - ${inline(one)}`).join('\n')}`;
    return inline(of);
  }
  const style = random.below(10);
  if (style < 4) return JSON.stringify(of);
  if (style < 6) return `'${of.replaceAll("'", "''")}'`;
  if (style < 7) return `|\n  ${of.replaceAll('\n', '\n  ')}`;
  if (style < 8) return `>-\n  ${of.replaceAll('\n', '\n\n  ')}`;
  return of;
}

function inline(of: unknown): string {
  return JSON.stringify(of) ?? '~';
}

const yamlOddities: readonly ((random: Random) => string)[] = [
  () => 'a: &a [x]\nb: &b [*a, *a]\ntags: *b',
  () => 'a: &a {name: x}\nauthors: [*a, *a, *missing]',
  () => '<<: {title: merged}',
  () => '? [a, b]\n: c',
  () => '!!js/function "function(){}": x',
  () => 'x: !!binary aGVsbG8=\ny: !!set {a, b}\nz: !local a',
  () => '\ttabbed: yes',
  () => 'title: twice\ntitle: again',
  () => 'tags:\n- a\n-b\n - c',
  () => 'x: "open',
  () => '%YAML 1.1',
  () => '--- # another',
  () => '__proto__: {title: x, date: 2020-01-01}',
  (random) => `${random.pick(evil)}: ${random.pick(evil)}`,
];

function toml(random: Random, data: Record<string, unknown>): string {
  const lines = Object.entries(data).map(([key, of]) => {
    const name = /^[\w-]+$/.test(key) ? key : JSON.stringify(key);
    return `${name} = ${tomlValue(random, of)}`;
  });
  if (random.chance(0.08))
    lines.push(
      random.pick([
        '[a]\nb = 1',
        '[[a.b]]',
        'x = 1979-05-27T07:32:00Z',
        'x = 07:32:00',
        'x = inf',
        "y = '''\na'''",
        'a.b.c = 1',
        'x = 99999999999999999999',
        'title = "again"',
        'x = 2024-13-45',
      ]),
    );
  return `${lines.join('\n')}\n`;
}

function tomlValue(random: Random, of: unknown): string {
  if (of === null || of === undefined) return '""';
  if (Array.isArray(of)) return `[${of.map((one) => tomlValue(random, one)).join(', ')}]`;
  if (typeof of === 'object') {
    const members = Object.entries(of).map(
      ([key, one]) => `${JSON.stringify(key)} = ${tomlValue(random, one)}`,
    );
    return `{${members.join(', ')}}`;
  }
  if (typeof of === 'string' && /^\d{4}-\d\d-\d\d/.test(of) && random.chance(0.5)) return of;
  return JSON.stringify(of);
}
