import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { dump } from 'js-yaml';
import { stringify } from 'smol-toml';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { init } from '../../src/cli/init.ts';
import { readSite } from '../../src/site.ts';

const golden = join(import.meta.dirname, 'golden/init');

let blog: string;
let said: string;
let complaint: string;

function run(folder: string, options: { out?: string; force?: boolean } = {}): Promise<number> {
  said = '';
  complaint = '';
  return init(join(blog, folder), options, {
    out: (text) => {
      said += text;
    },
    err: (text) => {
      complaint += text;
    },
  });
}

const written = (file = 'tidings.yml') => readFile(join(blog, file), 'utf8');

async function put(file: string, text: string): Promise<void> {
  await mkdir(join(blog, file, '..'), { recursive: true });
  await writeFile(join(blog, file), text);
}

beforeEach(async () => {
  blog = await mkdtemp(join(tmpdir(), 'tidings-init-'));
  await mkdir(join(blog, '.git')); // nothing above it is looked at
});

afterEach(() => rm(blog, { recursive: true }));

describe('feeds that a Jekyll blog makes itself', () => {
  const rss =
    '<?xml version="1.0"?>\n<rss version="2.0">{% for post in site.posts %}{% endfor %}</rss>';
  const atom = '<feed xmlns="http://www.w3.org/2005/Atom">{% for post in site.posts %}…</feed>';
  const movedBy = async (files: Record<string, string>) => {
    await put('_config.yml', 'title: Own feeds\nurl: https://example.org\n');
    for (const [file, text] of Object.entries(files)) await put(file, text);
    expect(await run('.')).toBe(0);
    return readSite(await written()).moved;
  };

  it.each([
    [
      'at its own address',
      { 'feed.xml': `---\nlayout: null\n---\n${rss}` },
      { '/feed.xml': '/feed.rss' },
    ],
    ['without fields', { 'rss.xml': `---\n---\n${rss}` }, { '/rss.xml': '/feed.rss' }],
    [
      'with redirect_from',
      { 'atom.xml': `---\nredirect_from:\n  - /feed/\n  - old.xml\n---\n${atom}` },
      { '/atom.xml': '/feed.atom', '/feed/': '/feed.atom', '/old.xml': '/feed.atom' },
    ],
    [
      'with one old address, and a permalink',
      {
        'feeds/main.xml': `---\npermalink: /blog/index.xml\nredirect_from: /blog/rss\n---\n${rss}`,
      },
      { '/blog/index.xml': '/feed.rss', '/blog/rss': '/feed.rss' },
    ],
    [
      'with aliases',
      {
        'feed.json': '---\naliases: [/json]\n---\n{"version": "https://jsonfeed.org/version/1.1"}',
      },
      { '/json': '/feed.json' },
    ],
    ['with broken fields', { 'rss.xml': `---\na: [\n---\n${rss}` }, { '/rss.xml': '/feed.rss' }],
    ['that are no templates', { 'rss.xml': rss }, {}],
    ['that are sitemaps', { 'sitemap.xml': '---\n---\n<urlset></urlset>' }, {}],
    [
      'of one category',
      { 'news.xml': `---\n---\n<rss>{% for post in site.categories.news %}</rss>` },
      {},
    ],
  ])('lead to ours: %s', async (_, files, moved) => {
    expect(await movedBy(files as Record<string, string>)).toEqual(moved);
  });
});

describe('a blog’s own configuration becomes a site file', () => {
  it.each([
    ['jekyll', '_posts'],
    ['hexo', 'source/_posts'],
    ['hugo', 'content/posts'],
    ['hugo-folder', 'content/blog'],
    ['eleventy', 'content/blog'],
    ['astro', 'src/content/blog'],
    ['nothing', '.'],
  ])('%s', async (name, posts) => {
    await cp(join(golden, name, 'blog'), blog, { recursive: true });
    expect(await run(posts)).toBe(0);
    const yaml = await written(join(posts, 'tidings.yml'));
    await expect(yaml).toMatchFileSnapshot(join(golden, name, 'tidings.yml'));
    await expect(said.replaceAll(blog, '/blog')).toMatchFileSnapshot(
      join(golden, name, 'report.txt'),
    );
    expect(() => readSite(yaml)).not.toThrow();
  });
});

describe('tidings init', () => {
  it('replaces no file without --force', async () => {
    await put('tidings.yml', 'title: Mine\n');
    expect(await run('.')).toBe(2);
    expect(complaint).toContain('is there already; --force replaces it');
    expect(await written()).toBe('title: Mine\n');
    expect(await run('.', { force: true })).toBe(0);
    expect(await written()).toContain('# title: My blog');
  });

  it('writes where --out says', async () => {
    await put('_config.yml', 'title: Mine');
    expect(await run('.', { out: join(blog, 'site.yml') })).toBe(0);
    expect(readSite(await written('site.yml')).title).toBe('Mine');
  });

  it.each([
    ['missing', 'is not a folder; name the one that holds your posts'],
    ['file.md', 'is not a folder; name the one that holds your posts'],
  ])('refuses %s with status 2', async (folder, message) => {
    await put('file.md', '');
    expect(await run(folder)).toBe(2);
    expect(complaint).toContain(message);
  });

  it('says why a file cannot be written', async () => {
    expect(await run('.', { out: join(blog, 'no/such/folder.yml') })).toBe(2);
    expect(complaint).toMatch(/folder\.yml cannot be written: ENOENT/);
  });

  it('looks no higher than the blog’s repository', async () => {
    await put('_config.yml', 'title: Not this one');
    await mkdir(join(blog, 'inner/.git'), { recursive: true });
    expect(await run('inner')).toBe(0);
    expect(said).toContain('No configuration of Jekyll, Hugo, Hexo, Eleventy or Astro found');
  });

  it('names a configuration that it cannot read, and goes on without it', async () => {
    await put('_config.yml', 'title: a: b');
    expect(await run('.')).toBe(0);
    expect(said).toContain('Not read: _config.yml cannot be read: ');
    expect(readSite(await written()).title).toBe('example.com');
  });

  it('points to the folder of posts when it is given the blog', async () => {
    await put('_config.yml', 'title: A');
    await mkdir(join(blog, '_posts'));
    await run('.');
    expect(said).toContain('_posts: tidings init');
  });

  it('takes the domain of a GitHub page where the configuration has none', async () => {
    await put('_config.yml', 'title: A\nurl: ""\n');
    await put('CNAME', 'blog.example.com\n');
    await run('.');
    expect(readSite(await written()).url).toBe('https://blog.example.com');
  });

  it('leaves out what the site file would not take, and says why in it', async () => {
    await put('_config.yml', 'url: example.org\nlang: klingon\ntimezone: "Mars/\\tBase"\n');
    await run('.');
    const yaml = await written();
    expect(yaml).toContain('# Left out: url: must be an absolute http or https address');
    expect(yaml).toContain('# Left out: language: must be a language code');
    expect(yaml).toContain('# Left out: timezone: must be a time zone');
    expect(readSite(yaml).url).toBe('https://example.com');
  });

  it('does not run what a configuration holds', async () => {
    await put(
      'astro.config.mjs',
      'globalThis.ran = true;\nexport default { site: "https://a.example" };',
    );
    await run('.');
    expect(readSite(await written()).url).toBe('https://a.example');
    expect('ran' in globalThis).toBe(false);
  });
});

describe('people in a configuration', () => {
  it('are taken over if there is more to them than a name', async () => {
    await put('_config.yml', 'author: { name: Ann, bio: Writes }');
    await run('.');
    expect(readSite(await written()).authors).toEqual({});
    await put('_config.yml', 'author: { name: Ann, uri: "https://ann.example" }');
    await run('.', { force: true });
    expect(readSite(await written()).authors).toEqual({
      Ann: { name: 'Ann', uri: 'https://ann.example/' },
    });
  });
});

describe('whatever a configuration holds', () => {
  const keys = [
    ...['url', 'baseurl', 'baseURL', 'title', 'description', 'lang', 'language', 'languageCode'],
    ...['timezone', 'permalink', 'permalinks', 'author', 'authors', 'feed', 'params', 'taxonomies'],
    ...['excerpt_separator', 'copyright', 'languages', 'new_post_name', 'defaults', 'logo', 'root'],
  ];
  const nested = fc.dictionary(
    fc.oneof(
      fc.constantFrom(
        'name',
        'email',
        'url',
        'path',
        'limit',
        'posts',
        'tag',
        '__proto__',
        'x\n- y',
      ),
      fc.string({ unit: 'binary' }),
    ),
    fc.oneof(fc.string({ unit: 'binary' }), fc.webUrl(), fc.dictionary(fc.string(), fc.string())),
  );
  const value = fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue(), nested, fc.webUrl());
  const config = fc.dictionary(fc.constantFrom(...keys), value);

  const forms = [
    ['_config.yml', (data: object) => dump(data)],
    ['hugo.json', (data: object) => JSON.stringify(data)],
    ['hugo.toml', (data: object) => stringify(withoutNull(data))],
    ['eleventy.config.js', (data: object) => JSON.stringify(data)],
    ['astro.config.ts', (data: object) => `export default ${JSON.stringify(data, null, 2)}`],
  ] as const;

  // TOML has no null.
  const withoutNull = (data: object) =>
    JSON.parse(JSON.stringify(data, (_, one) => (one === null ? '' : one)));

  it.each(forms)('what is made of %s can be read back', async (file, form) => {
    await fc.assert(
      fc.asyncProperty(config, async (data) => {
        await put(file, form(data));
        if (file.startsWith('eleventy')) await put('_data/site.json', form(data));
        expect(await run('.', { force: true })).toBe(0);
        readSite(await written());
      }),
      { numRuns: 60 },
    );
  });
});
