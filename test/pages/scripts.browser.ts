import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { feedChannel } from '../../src/feed/channel.ts';
import { feedPage } from '../../src/feed/page-feed.ts';
import type { Entry } from '../../src/post/entry.ts';
import { readSource } from '../../src/post/front-matter.ts';
import { parsePost } from '../../src/post/parse.ts';
import { xss } from '../fuzz/xss.ts';
import { hostilePosts, siteWithNames as site } from '../fuzz/xss-posts.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
  });
});
afterAll(() => browser?.close());

const entries: Entry[] = hostilePosts.flatMap(({ key, text }) => {
  if (text.includes('\0')) return [];
  const post = parsePost(readSource(key, Buffer.from(text)), site);
  return 'entry' in post ? [post.entry] : [];
});

/**
 * Which of these documents call `alert`, of themselves or when their links are followed and all else
 * is touched. Each is a document of its own, and nothing but what it says keeps its scripts from running.
 */
async function alerting(documents: string[]): Promise<number[]> {
  const page = await emptyPage();
  const run = `async (documents) => {
    const hits = new Set();
    for (let from = 0; from < documents.length; from += 50) {
      const frames = documents.slice(from, from + 50).map((html, at) => {
        const frame = document.body.appendChild(document.createElement('iframe'));
        const inner = frame.contentWindow;
        inner.alert = () => hits.add(from + at);
        frame.contentDocument.open();
        frame.contentDocument.write(html);
        frame.contentDocument.close();
        return { frame, inner, html, at: from + at };
      });
      await new Promise((done) => setTimeout(done, 150));
      for (const { inner, html, at } of frames) {
        try {
          inner.alert = () => hits.add(at);
          // What a reader does that puts it into a page, and what a person does with it.
          const box = inner.document.body.appendChild(inner.document.createElement('div'));
          box.innerHTML = html;
          for (const one of inner.document.querySelectorAll('*')) {
            for (const type of ['mouseover', 'focus', 'load', 'animationend', 'toggle'])
              one.dispatchEvent(new inner.Event(type));
            if (/^javascript:/i.test(one.href?.baseVal ?? one.href ?? '')) one.click?.();
          }
        } catch {}
      }
      await new Promise((done) => setTimeout(done, 150));
      for (const { frame } of frames) frame.remove();
    }
    return [...hits];
  }`;
  const hits = (await page.evaluate(`(${run})(${JSON.stringify(documents)})`)) as number[];
  await page.close();
  return hits;
}

async function emptyPage(): Promise<Page> {
  const context = await browser.newContext();
  // Nothing is fetched: a missing picture is an error at once.
  await context.route('**', (route) =>
    route.request().url() === 'http://blank.example/'
      ? route.fulfill({ contentType: 'text/html', body: '<!doctype html><body></body>' })
      : route.abort(),
  );
  const page = await context.newPage();
  page.on('dialog', (dialog) => dialog.dismiss());
  await page.goto('http://blank.example/');
  return page;
}

test('as they were written, many of them run', async () => {
  expect((await alerting([...xss])).length).toBeGreaterThan(40);
}, 120_000);

test('what a feed carries runs nothing', async () => {
  expect(entries.length).toBeGreaterThan(1200);
  const all = entries.flatMap(({ content, summary }) => [content, summary]);
  const documents = [...new Set(all)];
  expect((await alerting(documents)).map((at) => documents[at])).toEqual([]);
}, 240_000);

test('nor do our pages, even without their policy', async () => {
  const pages = [...Map.groupBy(entries, (entry) => entries.indexOf(entry) >> 4).values()].map(
    (some) => {
      const html = feedPage(feedChannel('tags/xss', { entries: some }, site), some, site);
      return html.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, '');
    },
  );
  expect(pages[0]).not.toContain('Content-Security-Policy');
  expect((await alerting(pages)).map((at) => pages[at])).toEqual([]);
}, 240_000);
