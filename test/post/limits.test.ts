import { describe, expect, test } from 'vitest';
import { InvalidPost } from '../../src/errors.ts';
import { readSource } from '../../src/post/front-matter.ts';
import { references } from '../../src/post/references.ts';
import { defaultLimits } from '../../src/site.ts';
import { parsed, post } from './reading.ts';
import { render } from './render.ts';

/** What is thrown, as its author reads it. */
function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof InvalidPost) return `${error.message} ${error.remedy}`;
    throw error;
  }
  return 'not refused';
}

const sized = (size: number) => ({ limits: { ...defaultLimits, size } });

describe('the size of a post', () => {
  const text = Buffer.from(`---\ndate: 2024-03-09\n---\n${'a'.repeat(2000)}`);

  test('is what the site file says', () => {
    expect(readSource('a.md', text, { size: 2 })).toMatchObject({ key: 'a.md' });
    expect(refusal(() => readSource('a.md', text, { size: 1 }))).toMatch(
      /^the file has 2 KB \(2025 bytes\), and a post may have 1 KB .*limits\.size/,
    );
  });

  test('bounds what templates, links and Markdown make of it', () => {
    const long = `long: ${'x'.repeat(500)}`;
    const loop = '{% for i in (1..20) %}{{ page.long }}{% endfor %}';
    const key = '_posts/2024-03-09-a.md';
    const site = sized(1);
    // A template that grows too much stays as written.
    const { entry, problems } = post(long, { key, site, body: loop });
    expect(entry.content).toContain('{% for');
    expect(problems[0]!.cause).toMatch(/becomes more than 4 KB of HTML/);
    for (const body of [
      '[a](b) '.repeat(200),
      `[a]: ${'b'.repeat(500)}\n\n${'[a] '.repeat(10)}`,
      '<img src="a.png">'.repeat(200),
    ])
      expect(refusal(() => post('', { site, body }))).toMatch(/more than 4 KB of HTML .*limits/);
    expect(post('', { body: '[a](b) '.repeat(100) }).entry.content).toContain('<a href');
  });
});

describe('the steps of Liquid', () => {
  const loop = (times: number) => `{% for i in (1..${times}) %}.{% endfor %}`;

  test('are counted, so that a post reads alike on every machine', () => {
    const site = { limits: { ...defaultLimits, steps: 100 } };
    expect(render('jekyll', loop(20), { site }).problems).toEqual([]);
    const { html, problems } = render('jekyll', loop(200), { site });
    expect(html).toContain('{% for');
    expect(problems[0]!.cause).toMatch(/more steps than `limits.steps` allows/);
  });

  test('end after half a second of the processor, the first ones too', () => {
    const busy = {
      toString() {
        const begun = process.threadCpuUsage();
        const spent = () => {
          const { user, system } = process.threadCpuUsage(begun);
          return user + system;
        };
        while (spent() < 600_000);
        return 'busy';
      },
    };
    const { problems } = render('jekyll', `{{ page.busy }}${loop(50)}`, { matter: { busy } });
    expect(problems[0]!.cause).toMatch(/more than half a second/);
  });

  test('are not ended by a machine that is busy with something else', () => {
    const slow = {
      toString() {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 800);
        return 'slow';
      },
    };
    const matter = { slow };
    const { html, problems } = render('jekyll', `{{ page.slow }}${loop(50)}`, { matter });
    expect(problems).toEqual([]);
    expect(html).toContain('slow...');
  });

  test('include those of nested code, of which each level would be five times as long', () => {
    const body = `${'{% highlight go %}'.repeat(30)}<${'{% endhighlight %}'.repeat(30)}`;
    expect(render('jekyll', body).problems[0]!.cause).toMatch(/memory alloc limit exceeded/);
    const hugo = `${'{{< highlight go >}}'.repeat(30)}<${'{{< /highlight >}}'.repeat(30)}`;
    expect(refusal(() => render('hugo', hugo))).toMatch(/more than 2048 KB/);
  });
});

describe('what nests or repeats', () => {
  test.each([
    ['hugo', `${'{{< a >}}'.repeat(60)}${'{{< /a >}}'.repeat(60)}`, /nested more than 50 deep/],
    ['hugo', '{{% a '.repeat(500), /shortcodes have no end/],
  ] as const)('in %s (%.20s…) is refused', (dialect, body, expected) => {
    expect(refusal(() => render(dialect, body))).toMatch(expected);
  });

  test('has its author told of what is left out', () => {
    const notes = Array.from({ length: 1001 }, (_, n) => `[^${n}]`).join('');
    expect(render('plain', notes).problems[0]!.cause).toMatch(/more than 1000 footnotes/);
    const lists = '*a*{: .b} '.repeat(3000);
    expect(render('jekyll', lists)).toMatchObject({
      html: expect.not.stringContaining('{:'),
      problems: [expect.objectContaining({ cause: expect.stringMatching(/attribute lists/) })],
    });
  });

  test('a list of problems ends', () => {
    const { problems } = post('tags: a\n'.repeat(1000));
    expect(problems).toHaveLength(201);
    expect(problems.at(-1)!.cause).toMatch(/^it has \d+ problems more$/);
  });

  test('a body names five hundred posts at most', () => {
    const body = Array.from({ length: 600 }, (_, n) => `{% post_url 2024-01-01-a${n} %}`).join('');
    expect(references(readSource('a.md', Buffer.from(body)))).toHaveLength(500);
  });

  test('a body has a hundred sounds at most', () => {
    const body = Array.from({ length: 200 }, (_, n) => `<audio src="${n}.mp3"></audio>`).join('');
    expect(post('', { body }).entry.enclosures).toHaveLength(100);
  });
});

describe('long values', () => {
  test.each([
    ['permalink', `permalink: /${'a'.repeat(3000)}/`, 'https://x.org/a/'],
    [
      'permalink of titles',
      `title: ${'a'.repeat(500)}\npermalink: ${'/:post_title'.repeat(200)}`,
      'https://x.org/a/',
    ],
    ['slug', `slug: ${'b'.repeat(3000)}`, `https://x.org/${'b'.repeat(500)}/`],
  ])('a long %s does not make a long link', (_name, matter, link) => {
    expect(post(matter).entry.link).toBe(link);
  });

  test('an address of more than 8,000 characters is none', () => {
    const long = `https://x.org/${'a'.repeat(8000)}`;
    const { entry } = post(`image: ${long}`, { body: `<a href="${long}">a</a>` });
    expect(entry).toMatchObject({ content: expect.not.stringContaining('href') });
    expect(entry.image).toBeUndefined();
  });
});

describe('found by fuzzing', () => {
  test.each(['ge', 'false', 'x-y', 'e'])('%s is no language', (lang) => {
    const { entry, problems } = post(`lang: ${lang}`);
    expect(entry.language).toBeUndefined();
    expect(problems[0]!.cause).toMatch(/is no language/);
  });

  test.each(['http:/', 'http:a', 'https:///x', 'x:[', 'https://x.org/?a[]=b', 'http://x:99999/'])(
    'the guid %s is no IRI, so it becomes a tag: URI',
    (guid) => {
      expect(post(`guid: "${guid}"`).entry.id).toMatch(/^tag:x\.org,2000-01-01:/);
    },
  );

  test.each(['http://x:99999', 'http://1.2.3.999/a.mp3'])('%s is the address of nothing', (url) => {
    const { entry } = post(`enclosure: ${url}\nimage: ${url}`, { body: `<img src="${url}">a` });
    expect(entry).toMatchObject({ enclosures: [], content: '<p>a</p>' });
    expect(entry.image).toBeUndefined();
  });

  test.each(['a@]', 'a@b', 'a b@c.de', 'a@c..de', 'ä@c.de'])('%s is no e-mail address', (email) => {
    const { entry } = post(`author: { name: A, email: "${email}" }`);
    expect(entry.authors).toEqual([{ name: 'A' }]);
  });

  test('a problem is told on one line without what a terminal obeys', () => {
    const { problems } = post('"a\\e[31m\\nb": 1\ndate: 2024-01-01\n"lang": "\\e[31m"', {
      key: '_posts/2024-01-01-a.md',
      body: '{% post_url \u001b[31m %}{% \u001b]0;x\u0007 %}',
    });
    expect(problems.length).toBeGreaterThan(1);
    for (const { cause } of problems) expect(cause).not.toMatch(/\p{Cc}/u);
    expect(refusal(() => parsed('---\n"a\\e": "\u001b[31m\n---\n'))).not.toMatch(/\p{Cc}/u);
  });

  test('a fault in the first line of front matter without a fence is in line 1', () => {
    try {
      parsed('title: 0\n? [a]: \n---\n');
    } catch (error) {
      expect(error).toMatchObject({ line: expect.toSatisfy((line: number) => line >= 1) });
    }
    expect.assertions(1);
  });

  test.each(['constructor', '__proto__', 'tostring'])(
    'a taxonomy may be of the field %s',
    (field) => {
      const site = { taxonomies: Object.assign(Object.create(null), { [field]: 'constructor' }) };
      const { entry } = post('', { site });
      expect(entry.terms).toEqual({ constructor: [], authors: [] });
    },
  );
});
