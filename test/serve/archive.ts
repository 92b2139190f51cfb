import type { Format } from '../../src/keys.ts';
import { compressor } from '../../src/serve/encoding.ts';
import { serve } from '../../src/serve/serve.ts';
import { readSite } from '../../src/site.ts';
import { post, type TestBlog, testBlog } from '../blog.ts';
import { type Counts, countingStore, noCounts, trips } from '../costs/counting-store.ts';

/** A blog that was really built, to ask for what its index tells. */
export interface Archive extends TestBlog {
  /** Selections whose refresh was asked for by an answer. */
  asked: string[];
  get(path: string, headers?: Record<string, string>, method?: string): Promise<Response>;
  /** What the last answer cost. */
  cost(): { state: Counts; feeds: Counts };
}

export const settings =
  'url: https://blog.example\nfeeds: https://feeds.example\ntitle: Blog\nhubs: [https://hub.example/]\nentries: 3\n';

export async function archiveOf(
  count: number,
  tagsOf: (at: number) => string[],
  given = settings,
): Promise<Archive> {
  const blog = testBlog(given);
  for (let at = 0; at < count; at++) await writePost(blog, at, tagsOf(at));
  await blog.run();
  const site = readSite(given);
  const asked: string[] = [];
  const queue = { refresh: async (wanted: string[]) => void asked.push(...wanted) };
  const compress = compressor();
  let cost = { state: noCounts(), feeds: noCounts() };
  return {
    ...blog,
    asked,
    cost: () => cost,
    get: (path, headers = {}, method = 'GET') => {
      cost = { state: noCounts(), feeds: noCounts() };
      const shelves = {
        state: countingStore(blog.pipeline.state, cost.state, trips()),
        feeds: countingStore(blog.pipeline.feeds, cost.feeds, trips()),
        queue,
        compress,
      };
      return serve(new Request(`http://localhost${path}`, { method, headers }), shelves, site);
    },
  };
}

/** A post of the `at`th hour of 2020. */
export async function writePost(blog: TestBlog, at: number, tags: string[]): Promise<void> {
  const date = new Date(Date.UTC(2020, 0, 1, at)).toISOString();
  await blog.write(`p${at}.md`, post({ title: `P${at}`, date, tags }, `Text ${at}.`));
}

/** The path of what a document calls next. */
export function nextIn(text: string, format: Format): string | undefined {
  const address = {
    rss: /<atom:link href="([^"]+)" rel="next"/,
    atom: /<link rel="next" href="([^"]+)"/,
    json: /"next_url":\s*"([^"]+)"/,
  }[format].exec(text)?.[1];
  return address?.replace('https://feeds.example', '');
}
