import { describe, expect, test } from 'vitest';
import { InvalidPost } from '../../src/errors.ts';
import { readSource } from '../../src/post/front-matter.ts';

const read = (text: string) => readSource('a.md', Buffer.from(text));
const failure = (input: string | Uint8Array): InvalidPost => {
  try {
    readSource('a.md', Buffer.from(input));
  } catch (error) {
    if (error instanceof InvalidPost) return error;
    throw error;
  }
  throw new Error('was read');
};

describe('front matter is found', () => {
  test.each([
    ['YAML', '---\ntitle: A\n---\nBody\n', 'yaml', 4],
    ['YAML closed by dots', '---\ntitle: A\n...\nBody\n', 'yaml', 4],
    ['YAML by name', '---yaml\ntitle: A\n---\nBody\n', 'yaml', 4],
    ['TOML', '+++\ntitle = "A"\n+++\nBody\n', 'toml', 4],
    ['TOML by name', '--- toml\ntitle = "A"\n---\nBody\n', 'toml', 4],
    ['JSON by name', '---json\n{"title": "A"}\n---\nBody\n', 'json', 4],
    ['JSON without fences', '{\n"title": "A", "x": {"y": "}"}\n}\nBody\n', 'json', 4],
    ['JSON as Hexo has it', '"title": "A",\n"x": 1\n;;;\nBody\n', 'json', 4],
    ['JSON between semicolons', ';;;\n"title": "A"\n;;;\nBody\n', 'json', 4],
    ['YAML without an opener, as Hexo has it', 'title: A\nx: 1\n---\nBody\n', 'yaml', 4],
    ['after blank lines', '\n\n---\ntitle: A\n---\nBody\n', 'yaml', 6],
    ['after a byte order mark', '\ufeff---\ntitle: A\n---\nBody\n', 'yaml', 4],
    ['with white space after the fences', '---  \ntitle: A\n--- \t\nBody\n', 'yaml', 4],
    ['with CRLF', '---\r\ntitle: A\r\n---\r\nBody\r\n', 'yaml', 4],
    ['with CR', '---\rtitle: A\r---\rBody\r', 'yaml', 4],
  ])('%s', (_, text, syntax, bodyLine) => {
    expect(read(text)).toMatchObject({ matter: { title: 'A' }, syntax, body: 'Body\n', bodyLine });
  });

  test.each([
    ['none', 'Body\n'],
    ['a rule at the top', '---\n\nBody: none\nof it\n'],
    ['a line of hyphens', '-----\nBody\n'],
    ['a dash before a word', '---and so on\n---\n'],
    ['a template', '{{ page.title }}\n'],
    ['an attribute list', '{: .lead}\nBody\n'],
    ['a heading underlined', 'Note: this\n---\nBody\n'],
  ])('not in %s', (_, text) => {
    const source = read(text);
    expect(source).toMatchObject({ matter: {}, body: text, bodyLine: 1, problems: [] });
    expect(source.syntax).toBeUndefined();
  });

  test('a body may hold the fence again', () => {
    expect(read('---\na: b\n---\nOne\n\n---\n\nTwo').body).toBe('One\n\n---\n\nTwo');
  });

  test('a value may begin with the fence', () => {
    const { matter, body } = read('+++\na = """\n---\n+++x\n"""\n+++\nBody');
    expect(matter).toEqual({ a: '---\n+++x\n' });
    expect(body).toBe('Body');
  });

  test('an empty one is no fault', () => {
    expect(read('---\n---\nBody')).toMatchObject({ matter: {}, syntax: 'yaml', body: 'Body' });
    expect(read('---\n# nothing yet\n---\nBody')).toMatchObject({ matter: {}, body: 'Body' });
  });
});

describe('values stay as written', () => {
  test('YAML: numbers and dates are text, booleans and null are not', () => {
    const { matter } = read(
      '---\na: 1.10\nb: 007\nc: 2019-09-03 8:45:00 -0500\nd: true\ne: ~\nf: !!int 3\ng: 2020-01-02\n---\n',
    );
    expect(matter).toEqual({
      a: '1.10',
      b: '007',
      c: '2019-09-03 8:45:00 -0500',
      d: true,
      e: null,
      f: '3',
      g: '2020-01-02',
    });
  });

  test.each([
    ['2024-01-02T03:04:05+03:00', '2024-01-02T03:04:05+03:00'],
    ['2024-01-02 03:04:05', '2024-01-02 03:04:05'],
    ['2024-01-02', '2024-01-02'],
    ['2024-03-39 # no such day', '2024-03-39'],
    ['2024-02-30', '2024-02-30'],
    ['03:04:05', '03:04:05'],
    ['[2024-01-02T03:04:05+03:00]', ['2024-01-02T03:04:05+03:00']],
    ['9007199254740993', '9007199254740993'],
  ])('TOML: %s', (written, value) => {
    expect(read(`+++\na = ${written}\n+++\n`).matter).toEqual({ a: value });
  });

  test('of a key that stands twice the last counts, and the line is told', () => {
    const { matter, problems, lines } = read('---\ntitle: A\nslug: x\ntitle: B\n---\n');
    expect(matter).toEqual({ title: 'B', slug: 'x' });
    expect(problems).toEqual([
      {
        key: 'a.md',
        line: 4,
        cause: '`title` is given twice; this one is used',
        remedy: 'Keep one.',
      },
    ]);
    expect(lines.get('title')).toBe(4);
  });

  test.each([
    [
      '---\n# c\nTitle: A\n"my key" : b\nlist:\n  - x: 1\n---\n',
      { title: 3, 'my key': 4, list: 5 },
    ],
    ['\n+++\nTitle = "A"\n[params]\n  b = 1\n+++\n', { title: 3, params: 4, b: 5 }],
    ['{\n  "title": "A",\n  "b": 1\n}\n', { title: 2, b: 3 }],
  ])('the lines of keys are known: %j', (text, lines) => {
    expect(Object.fromEntries(read(text).lines)).toEqual(lines);
  });

  test('two posts never share an object', () => {
    const text = '---\ntags: [a]\n---\n';
    const first = read(text);
    (first.matter['tags'] as string[]).push('b');
    expect(read(text).matter).toEqual({ tags: ['a'] });
  });

  test('a failed reading is not remembered as an empty one', () => {
    const text = '---\na: [\n---\n';
    expect(failure(text).line).toBe(failure(text).line);
  });

  test('a key named after an object’s own is a key like others', () => {
    const { matter } = read('---\n__proto__: {polluted: 1}\nconstructor: x\n---\n');
    expect(Object.keys(matter)).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('slips are mended where they have one reading', () => {
  test.each([
    ['title: Foo: bar', 'Foo: bar'],
    ['title: Foo:', 'Foo:'],
    ['title: @home', '@home'],
    ['title: %d things', '%d things'],
    ['title: `code`', '`code`'],
    ['title: *one* two', '*one* two'],
    ['title: "Foo" bar', '"Foo" bar'],
    ["title: 'It's here'", "It's here"],
    ['title: [Foo] bar', '[Foo] bar'],
    ['title: {Foo} bar', '{Foo} bar'],
    ['title: - Foo', '- Foo'],
    ['title: "begun here\nand: ended here"', 'begun here and: ended here'],
  ])('%s', (line, title) => {
    const { matter, problems } = read(`---\nx: 1\n${line}\ny: 2\n---\n`);
    expect(matter).toEqual({ x: '1', title, y: '2' });
    expect(problems).toMatchObject([{ key: 'a.md', line: 3, remedy: expect.stringMatching(/\S/) }]);
  });

  test.each([
    ['a list', 'tags:\n\t- a\n\t- b', { tags: ['a', 'b'] }],
    ['a map', 'image:\n\tpath: x\n\talt: y', { image: { path: 'x', alt: 'y' } }],
    ['tabs beside spaces', 'tags:\n    - a\n\t- b', { tags: ['a', 'b'] }],
    ['a reserved sign in a list', 'tags:\n- @a\n- b', { tags: ['@a', 'b'] }],
  ])('%s', (_, yaml, matter) => {
    const source = read(`---\n${yaml}\n---\n`);
    expect(source.matter).toEqual(matter);
    expect(source.problems.length).toBeGreaterThan(0);
  });

  test('sound lines beside a slip are left alone', () => {
    const yaml =
      'a: \'It\'\'s: @here\'\nb: "say \\"x\\" now"\nc: [a, {b: c}]\nd: x # y\ntitle: A: B';
    expect(read(`---\n${yaml}\n---\n`).matter).toEqual({
      a: "It's: @here",
      b: 'say "x" now',
      c: ['a', { b: 'c' }],
      d: 'x',
      title: 'A: B',
    });
  });

  test('sound YAML is left alone', () => {
    const yaml = "title: 'It''s: @here'\nurl: http://x.org/a\ntext: |\n  a: b: c\n  \t- d\nlate: x";
    expect(read(`---\n${yaml}\n---\n`)).toMatchObject({
      matter: { title: "It's: @here", url: 'http://x.org/a', text: 'a: b: c\n\t- d\n', late: 'x' },
      problems: [],
    });
  });
});

describe('a post that cannot be read says why, where, and what to do', () => {
  test.each([
    ['binary', Uint8Array.of(0x89, 0x50, 0, 1), /NUL/, undefined],
    ['Latin-1', Uint8Array.of(0x67, 0x72, 0xfc, 0xdf), /UTF-8/, undefined],
    ['UTF-16', Buffer.from('\ufeff---\n', 'utf16le'), /not text/, undefined],
    ['empty', '', /empty/, undefined],
    ['blank', '\ufeff \r\n\t', /empty/, undefined],
    [
      '20 MB',
      new Uint8Array(20 * 1024 * 1024).fill(97),
      /20480 KB \(20971520 bytes\).*512 KB/,
      undefined,
    ],
    ['JavaScript', '---js\n{title: process.exit()}\n---\n', /program \(js\)/, 1],
    ['JavaScript by its full name', '\n--- JavaScript\n{}\n---\n', /program/, 2],
    ['CoffeeScript', '---coffee\na: 1\n---\n', /program/, 1],
    ['an unknown language', '---xml\n<a/>\n---\n', /xml/, 1],
    ['no closer', '\n---\ntitle: A\n\nBody\n', /not closed/, 2],
    ['TOML without a closer', '+++\ntitle = "A"\n', /not closed/, 1],
    ['JSON without a closer', '{\n"title": "A"\n', /not closed/, 1],
    ['broken YAML', '---\ntitle: A\ntags: [a, b\ndate: x\n---\n', /not YAML/, 4],
    ['broken TOML', '+++\ntitle = "A"\ndate =\n+++\n', /not TOML/, 3],
    ['broken JSON', '{\n"title": A\n}\n', /not JSON/, 1],
    ['a list', '---\n- a\n- b\n---\n', /no keys/, 2],
    ['a text', '---\nhello\n---\n', /no keys/, 2],
    ['two documents', '---\na: 1\n--- b\n---\n', /not YAML/, 2],
    ['a tag of a program’s', '---\na: !ruby/object:X {}\n---\n', /unknown.*tag/, 2],
    ['deep nesting', `---\na: ${'['.repeat(99)}${']'.repeat(99)}\n---\n`, /maxDepth/, 2],
  ])('%s', (_, input, message, line) => {
    const error = failure(input);
    expect(error.message).toMatch(message);
    expect(error.line).toBe(line);
    expect(error.remedy).toMatch(/^[A-Z].*\.$/);
  });

  test('the parser’s own error travels along', () => {
    expect(failure('---\na: [\n---\n').cause).toMatchObject({ name: 'YAMLException' });
    expect(failure(Uint8Array.of(0xff)).cause).toBeInstanceOf(TypeError);
  });

  test('an alias bomb is refused at once', () => {
    const levels = Array.from({ length: 9 }, (_, at) => {
      const aliases = Array(9).fill(`*a${at}`).join(', ');
      return `a${at + 1}: &a${at + 1} [${aliases}]`;
    });
    const before = performance.now();
    expect(failure(`---\na0: &a0 lol\n${levels.join('\n')}\n---\n`).message).toMatch(/maxAliases/);
    expect(performance.now() - before).toBeLessThan(500);
  });
});
