import axe, { type AxeResults } from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listen } from '../../src/cli/http.ts';
import { type Serving, serveBlog } from '../../src/cli/serve.ts';
import { post } from '../blog.ts';
import { folderWith } from '../cli/terminal.ts';

// Names of many scripts, some longer than a phone is wide, and more terms than one looks through.
const long = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';
const rtl = folderWith({
  'tidings.yml':
    'url: https://khabar.example\ntitle: الأخبار الهادئة\ndescription: ملاحظات\nlanguage: ar\n',
  'one.md': post(
    { title: 'RSS: تاريخ قصير', date: '2024-03-09', tags: ['شبكة', 'RSS', long], author: 'ليلى' },
    'هذه مقالة عن [المغذّيات](https://example.com/) و`RSS`.\n\n## عنوان\n\n![](a.png)',
  ),
  ...Object.fromEntries(
    Array.from({ length: 70 }, (_, n) => [
      `${n}.md`,
      post({
        title: `مقالة ${n}`,
        date: '2024-01-01',
        tags: [`${'وسم كلمة خبر'.split(' ')[n % 3]} ${n}`],
      }),
    ]),
  ),
});

let browser: Browser;
let ltrBlog: Serving;
let rtlBlog: Serving;

const quiet = { out: () => {}, err: () => {} };
const local = { port: 0, host: '127.0.0.1' };

beforeAll(async () => {
  ltrBlog = await serveBlog(undefined, local, quiet);
  rtlBlog = await serveBlog(rtl, local, quiet);
  browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
  });
});

afterAll(async () => {
  await browser?.close();
  await Promise.all([ltrBlog?.close(), rtlBlog?.close()]);
});

/** A page, and what the browser complained of or asked other hosts for while it was open. */
async function opened(address: string, options: BrowserContextOptions = {}) {
  const context = await browser.newContext({ ...options, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const complaints: string[] = [];
  const hosts = new Set<string>();
  page.on('console', (one) => {
    if (one.type() === 'error' || one.type() === 'warning') complaints.push(one.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (one) => hosts.add(new URL(one.url()).host));
  await page.goto(address, { waitUntil: 'networkidle' });
  return { page, complaints, hosts, close: () => context.close() };
}

/** What axe finds wrong or cannot tell. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  // WCAG 2.2 §2.5.8, which axe leaves out unless it is asked.
  const options = JSON.stringify({ rules: { 'target-size': { enabled: true } } });
  const results = (await page.evaluate(`axe.run(${options})`)) as AxeResults;
  return [...results.violations, ...results.incomplete].flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`),
  );
}

const shown = (page: Page, selector: string) => page.locator(`${selector}:visible`).count();

const pages = [
  { name: 'all feeds', of: () => `${ltrBlog.address}/` },
  { name: 'a tag', of: () => `${ltrBlog.address}/tags/rss/` },
  { name: 'a mix', of: () => `${ltrBlog.address}/mix/tags:atom+tags:rss/` },
  { name: 'all feeds, right to left', of: () => `${rtlBlog.address}/` },
  {
    name: 'a tag, right to left',
    of: () => `${rtlBlog.address}/tags/${encodeURIComponent('شبكة')}/`,
  },
];

describe.each(pages)('the page of $name', ({ of }) => {
  test.each([
    { colorScheme: 'light', width: 1280 },
    { colorScheme: 'dark', width: 1280 },
    { colorScheme: 'light', width: 390 },
    { colorScheme: 'dark', width: 320 },
  ] as const)(
    'is accessible and quiet in $colorScheme at $width px',
    async ({ colorScheme, width }) => {
      const { page, complaints, hosts, close } = await opened(of(), {
        colorScheme,
        viewport: { width, height: 800 },
      });
      expect(await violations(page)).toEqual([]);
      expect(complaints).toEqual([]);
      expect([...hosts]).toEqual([new URL(of()).host]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(
        width,
      );
      await close();
    },
  );

  test('is laid out once: nothing moves while it loads', async () => {
    const { page, close } = await opened(of());
    const shifts = await page.evaluate(`new Promise((done) => {
      let sum = 0;
      new PerformanceObserver((list) => { for (const one of list.getEntries()) sum += one.value; })
        .observe({ type: 'layout-shift', buffered: true });
      setTimeout(() => done(sum), 300);
    })`);
    expect(shifts).toBe(0);
    await close();
  });

  test('can be walked with the keyboard, the skip link first, and shows where one is', async () => {
    const { page, close } = await opened(of());
    const all = await shown(page, ':is(a[href], button, input, summary)');
    const reached = new Set<string>();
    for (let step = 0; step < all; step++) {
      await page.keyboard.press('Tab');
      const { at, outline } = (await page.evaluate(`(() => {
        const one = document.activeElement;
        const at = [...document.querySelectorAll('*')].indexOf(one) + one.tagName;
        return { at, outline: getComputedStyle(one).outlineStyle };
      })()`)) as { at: string; outline: string };
      reached.add(at);
      expect(outline, at).toBe('solid');
    }
    expect(reached.size).toBe(all);
    await close();
  });

  test('lacks nothing but copying and filtering without JavaScript', async () => {
    const scripted = await opened(of());
    const plain = await opened(of(), { javaScriptEnabled: false });
    expect(await shown(plain.page, ':is(button, input)')).toBe(0);
    expect(await shown(scripted.page, ':is(button, input)')).toBeGreaterThan(0);
    expect(await shown(plain.page, 'a[href]')).toBe(await shown(scripted.page, 'a[href]'));
    await scripted.close();
    await plain.close();
  });
});

describe('the page of all feeds', () => {
  test('opens the latest posts in place, by keyboard and without JavaScript', async () => {
    const { page, close } = await opened(`${ltrBlog.address}/`, { javaScriptEnabled: false });
    const first = page.locator('details').first();
    expect(await page.locator('details').count()).toBe(5);
    expect(await first.locator('p').first().isVisible()).toBe(false);
    await first.locator('summary').focus();
    await page.keyboard.press('Enter');
    expect(await first.locator('p').first().isVisible()).toBe(true);
    await close();
  });

  test('stays accessible with posts open', async () => {
    const { page, close } = await opened(`${rtlBlog.address}/`, { colorScheme: 'dark' });
    for (const one of await page.locator('summary').all()) await one.click();
    expect(await violations(page)).toEqual([]);
    await close();
  });
});

describe('the page of 5,000 tags', () => {
  const words = 'ant bee cat dog elk fox gnu hen ibis jay kite lynx mole newt owl pig'.split(' ');
  const tagOf = (n: number) => `${words[n % 16]} ${words[(n >> 4) % 16]} ${n}`;
  let blog: Serving;

  beforeAll(async () => {
    const posts = Array.from({ length: 100 }, (_, n) => [
      `${n}.md`,
      post({
        title: `Post ${n}`,
        date: '2024-01-01',
        tags: Array.from({ length: 50 }, (_, at) => tagOf(50 * n + at)),
      }),
    ]);
    blog = await serveBlog(folderWith(Object.fromEntries(posts)), local, quiet);
  });
  afterAll(() => blog?.close());

  test.each([1280, 390])('is there at once and accessible at %d px', async (width) => {
    const { page, complaints, close } = await opened(`${blog.address}/`, {
      viewport: { width, height: 800 },
    });
    expect(await shown(page, '.terms a')).toBe(5000);
    const ready = `performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd`;
    expect(await page.evaluate(ready)).toBeLessThan(3000);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    // It is slow with so many elements, and wide pages are looked at above.
    if (width === 390) expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  test('is filtered as one types, and tells how many are left', async () => {
    const { page, close } = await opened(`${blog.address}/`);
    const box = page.getByRole('searchbox');
    const started = performance.now();
    await box.pressSequentially('JAY 42');
    expect(performance.now() - started).toBeLessThan(3000);
    const left = Array.from({ length: 5000 }, (_, n) => tagOf(n)).filter((one) =>
      one.includes('jay 42'),
    );
    expect(left.length).toBeGreaterThan(1);
    expect(await shown(page, '.terms a')).toBe(left.length);
    expect(await page.locator('nav output').textContent()).toBe(`${left.length} / 5000`);
    // What is left is in sight: nothing empty stands between.
    const { y } = (await page.locator('.terms a:visible').first().boundingBox())!;
    const { y: boxY } = (await box.boundingBox())!;
    expect(y - boxY).toBeLessThan(400);
    await close();
  });

  test('leads to a letter and back without JavaScript', async () => {
    const { page, close } = await opened(`${blog.address}/`, { javaScriptEnabled: false });
    await page.locator('.letters').getByRole('link', { name: 'O', exact: true }).click();
    const letter = page.locator('.letter', { has: page.locator('[id="tags/O"]') });
    expect((await letter.boundingBox())!.y).toBeLessThan(100);
    expect(await letter.locator('.terms a').first().textContent()).toMatch(/^owl/);
    await letter.getByRole('link', { name: 'All letters' }).click();
    expect((await page.locator('.letters').boundingBox())!.y).toBeLessThan(200);
    await close();
  });
});

describe('an address without a feed', () => {
  test.each(['light', 'dark'] as const)(
    'has an accessible page in %s, which leads to a near feed',
    async (colorScheme) => {
      const { page, complaints, close } = await opened(`${ltrBlog.address}/tags/rsss/`, {
        colorScheme,
        viewport: { width: 320, height: 800 },
      });
      expect(await violations(page)).toEqual([]);
      // The browser's own word on the status, and no more: style and icon are allowed.
      expect(complaints).toEqual([expect.stringContaining('404')]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
      await page.getByRole('link', { name: '/tags/rss/' }).click();
      expect(page.url()).toBe(`${ltrBlog.address}/tags/rss/`);
      await close();
    },
  );
});

describe('the script', () => {
  test('copies an address and says so', async () => {
    const { page, close } = await opened(`${ltrBlog.address}/tags/rss/`, {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await page.getByRole('button', { name: 'Copy Atom address' }).click();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(
      `${ltrBlog.address}/tags/rss/feed.atom`,
    );
    expect(await page.locator('.card output').textContent()).toBe('Atom address copied');
    await close();
  });

  test('filters terms by any part of their names, whatever its case or accents', async () => {
    const { page, close } = await opened(`${ltrBlog.address}/`);
    const all = await shown(page, '.terms a');
    await page.getByRole('searchbox').fill('RÉSS');
    expect(await shown(page, '.terms a')).toBe(0);
    await page.getByRole('searchbox').fill('rŚS');
    const some = await shown(page, '.terms a');
    expect(some).toBeGreaterThan(0);
    expect(some).toBeLessThan(all);
    expect(await page.locator('nav output').textContent()).toBe(`${some} / ${all}`);
    expect(await shown(page, 'main h2')).toBeLessThan(5);
    await page.getByRole('searchbox').fill('');
    expect(await shown(page, '.terms a')).toBe(all);
    await close();
  });

  test('leaves the skip link to lead to the feeds', async () => {
    const { page, close } = await opened(`${ltrBlog.address}/`);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('feeds');
    await close();
  });
});

describe('the address of a feed', () => {
  test.each([
    ['/feed.rss', '/'],
    ['/tags/rss/feed.atom', '/tags/rss/'],
    ['/tags/rss/feed.json', '/tags/rss/'],
  ])('%s opened in a browser shows its page, and the feed to what fetches it', async (feed, at) => {
    const { page, close } = await opened(ltrBlog.address + feed);
    expect(page.url()).toBe(ltrBlog.address + at);
    expect(await page.locator('h1').count()).toBe(1);
    const fetched = await fetch(ltrBlog.address + feed);
    expect(fetched.headers.get('content-type')).not.toContain('html');
    await close();
  });

  test('followed from its page, or with ?raw, shows the feed itself', async () => {
    const { page, close } = await opened(`${ltrBlog.address}/tags/rss/`);
    const shownBy = async (act: () => Promise<unknown>) => {
      const [response] = await Promise.all([page.waitForResponse(/feed\.rss/), act()]);
      return [response.status(), response.headers()['content-type']];
    };
    const rss = [200, 'application/rss+xml; charset=utf-8'];
    const link = page.getByRole('link', { name: 'RSS', exact: true }).first();
    expect(await shownBy(() => link.click())).toEqual(rss);
    expect(await shownBy(() => page.goto(`${ltrBlog.address}/feed.rss?raw`))).toEqual(rss);
    await close();
  });

  test('is read by a script of another site, with conditions and without', async () => {
    const elsewhere = await listen(
      async () => new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } }),
      { ...local, onError: () => {} },
    );
    const { page, close } = await opened(elsewhere.address);
    const read = (headers: object) =>
      page.evaluate(`(async () => {
        const response = await fetch('${ltrBlog.address}/tags/rss/feed.json', {
          headers: ${JSON.stringify(headers)}, cache: 'no-store',
        });
        const text = await response.text();
        return [response.status, response.headers.get('etag'), text.includes('jsonfeed.org')];
      })()`) as Promise<[number, string, boolean]>;
    const [status, etag, isFeed] = await read({});
    expect([status, isFeed]).toEqual([200, true]);
    expect(etag).toMatch(/^"/);
    expect((await read({ 'If-None-Match': etag }))[0]).toBe(304);
    await close();
    elsewhere.server.close().closeAllConnections();
  });
});
