import axe, { type AxeResults } from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
    const all = await shown(page, ':is(a[href], button, input)');
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
});
