import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isJsonError, type Node, parseJson } from '../../src/check/json-tree.ts';
import { findings } from './findings.ts';

const entry = { id: '1', content_text: 'x' };

/** A valid feed, each member on a line of its own from line 3 on after version and title. */
function json(more: object, version = '1.1'): string {
  const feed = {
    version: `https://jsonfeed.org/version/${version}`,
    title: 'T',
    ...more,
  };
  const lines = Object.entries({ feed_url: 'https://e.com/f.json', items: [entry], ...feed });
  const first = ['version', 'title'];
  lines.sort(([a], [b]) => Number(first.includes(b)) - Number(first.includes(a)));
  return `{${lines
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`)
    .join(',\n')}}`;
}

test('a valid feed has no findings', () => {
  expect(findings(json({}))).toEqual([]);
});

describe('a feed', () => {
  test.each([
    [{ title: 7 }, 'error InvalidValue 2'],
    [{ title: '' }, 'warning NotBlank 2'],
    [{ title: null }, 'warning InvalidValue 2'],
    [{ version: '1.1' }, 'error InvalidVersion 1'],
    [{ feed_url: '/feed.json' }, 'error InvalidFullLink 3'],
    [{ feed_url: undefined }, 'warning MissingSelf 1'],
    [{ next_url: 'https://e.com/f.json' }, 'error InvalidValue 5'],
    [{ language: 'en_US' }, 'error InvalidLanguage 5'],
    [{ expired: 'no' }, 'error InvalidValue 5'],
    [{ foo: 1 }, 'warning UndefinedElement 5'],
    [{ _foo: 1 }],
    [{ author: { name: 'A' } }, 'warning DeprecatedElement 5'],
    [{ author: { name: 'A' }, authors: [{ name: 'A' }] }],
    [{ authors: [{}] }, 'error MissingElement 5'],
    [{ authors: ['Ann'] }, 'error InvalidValue 5'],
    [{ authors: [{ url: 'ann' }] }, 'error InvalidFullLink 5'],
    [{ hubs: [{ type: 'WebSub' }] }, 'error MissingElement 5'],
    [{ items: {} }, 'error InvalidValue 4'],
    [{ items: [1] }, 'error InvalidValue 4'],
    [{ items: [] }],
  ])('with %j', (more, ...expected) => {
    expect(findings(json(more))).toEqual(expected);
  });

  test('is compared with the address from which it came', () => {
    expect(findings(json({}), { location: 'https://e.com/f.json' })).toEqual([]);
    expect(findings(json({}), { location: 'https://e.com/g.json' })).toEqual([
      'warning SelfDoesntMatchLocation 3',
    ]);
  });

  test('of version 1 has an author, not authors', () => {
    expect(findings(json({ author: { name: 'A' } }, '1'))).toEqual([]);
    expect(findings(json({ authors: [{ name: 'A' }] }, '1'))).toEqual([
      'warning UndefinedElement 5',
    ]);
  });

  test('needs version, title and items', () => {
    expect(findings('{"items": []}')).toEqual([
      ...['error MissingElement 1', 'error MissingElement 1', 'warning MissingSelf 1'],
    ]);
    expect(findings('{"version": 1}')).toEqual(['error UndefinedElement 1']);
    expect(findings('[]')).toEqual(['error UndefinedElement 1']);
  });
});

describe('an item', () => {
  test.each([
    [{ id: 1 }, 'error InvalidValue 4'],
    [{ id: '' }, 'warning NotBlank 4'],
    [{ id: undefined }, 'error MissingElement 4'],
    [{ content_text: undefined }, 'error MissingElement 4'],
    [{ url: 'x' }, 'error InvalidFullLink 4'],
    [{ date_published: '2024-03-09' }, 'error InvalidRFC3339Date 4'],
    [{ date_modified: 'Sat, 09 Mar 2024 08:15:00 GMT' }, 'error InvalidRFC3339Date 4'],
    [{ tags: 'a,b' }, 'error InvalidValue 4'],
    [{ tags: ['a', 1] }, 'error InvalidValue 4'],
    [{ tags: [''] }, 'warning NotBlank 4'],
    [{ content_html: '<img src="a.png">' }, 'warning ContainsRelRef 4'],
    [{ content_html: '<script>x</script>' }, 'warning SecurityRisk 4'],
    [{ attachments: [{ url: 'https://e.com/a.mp3' }] }, 'error MissingElement 4'],
    [
      { attachments: [{ url: 'https://e.com/a.mp3', mime_type: 'mp3' }] },
      'error InvalidMIMEType 4',
    ],
    [
      {
        attachments: [{ url: 'https://e.com/a.mp3', mime_type: 'audio/mpeg', size_in_bytes: '3' }],
      },
      'error InvalidValue 4',
    ],
    [
      {
        attachments: [
          { url: 'https://e.com/a.mp3', mime_type: 'audio/mpeg', duration_in_seconds: -1 },
        ],
      },
      'error InvalidNonNegativeInteger 4',
    ],
  ])('with %j', (more, ...expected) => {
    expect(findings(json({ items: [{ ...entry, ...more }] }))).toEqual(expected);
  });

  test('does not share its id', () => {
    expect(findings(json({ items: [entry, entry] }))).toEqual(['error DuplicateIds 4']);
  });
});

describe('JSON', () => {
  test.each([
    ['{"items": [1,]}', 'error JSONError 1'],
    ['{"items": [\n1\n2]}', 'error JSONError 3'],
    ['{"items":\n', 'error JSONError 2'],
    ['{"title": "a\nb"}', 'error JSONError 1'],
    ['{"title": "\\x"}', 'error JSONError 1'],
    ['{"title": "x', 'error JSONError 1'],
    ["{'title': 1}", 'error JSONError 1'],
    ['{"title" 1}', 'error JSONError 1'],
    ['{} {}', 'error JSONError 1'],
    ['['.repeat(100_000), 'error JSONError 1'],
  ])('like %j is not well-formed', (text, ...expected) => {
    expect(findings(text.slice(0))).toEqual(expected);
  });

  test('with a name twice is ambiguous', () => {
    expect(findings(json({}).replace('"title"', '"title": "S",\n"title"'))).toEqual([
      'warning DuplicateElement 3',
    ]);
  });

  test('is read as JSON.parse reads it', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), fc.string({ maxLength: 2 }), (text, at, noise) => {
        const cut = at % (text.length + 1);
        const changed = text.slice(0, cut) + noise + text.slice(cut + noise.length);
        expect(read(changed)).toEqual(reference(changed));
      }),
    );
  });
});

function reference(text: string): unknown {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return 'no JSON';
  }
}

function read(text: string): unknown {
  const node = parseJson(text);
  return isJsonError(node) ? 'no JSON' : { value: plain(node) };
}

function plain(node: Node): unknown {
  if (node.kind === 'array') return node.values.map(plain);
  if (node.kind === 'object')
    return Object.fromEntries([...node.members].map(([name, one]) => [name, plain(one)]));
  return node.kind === 'null' ? null : node.value;
}
