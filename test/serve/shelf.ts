import { compressor } from '../../src/serve/encoding.ts';
import { type Shelves, serve } from '../../src/serve/serve.ts';
import { readSite, type Site } from '../../src/site.ts';
import { MemoryStore } from '../../src/store/memory.ts';

/** A host with a few feeds, to send requests to. */
export interface Host {
  feeds: MemoryStore;
  state: MemoryStore;
  shelves: Shelves;
  site: Site;
  /** Selections whose refresh was asked for. */
  asked: string[];
  /** When the next objects are stamped, epoch milliseconds. */
  clock: { now: number };
  get(path: string, headers?: Record<string, string>, method?: string): Promise<Response>;
}

/** Every feed and page of a term, as the pipeline leaves them. */
export async function hostWith(
  settings = '',
  terms = ['tags/docker', 'tags/c-plus-plus', 'tags/ёлка', 'categories/news', 'authors/ann'],
): Promise<Host> {
  const clock = { now: Date.UTC(2026, 0, 1) };
  const [feeds, state] = [new MemoryStore(() => clock.now), new MemoryStore(() => clock.now)];
  for (const selection of ['', ...terms.map((term) => `${term}/`)])
    for (const name of ['feed.rss', 'feed.atom', 'feed.json', 'index.html'])
      await feeds.put(selection + name, `${selection}${name} `.repeat(200));
  for (const name of ['feeds.opml', 'feeds.json']) await feeds.put(name, name.repeat(200));
  for (const selection of ['site', ...terms]) await state.put(`terms/${selection}.json`, '{}');
  const site = readSite(`url: https://blog.example\nfeeds: https://feeds.example\n${settings}`);
  const asked: string[] = [];
  const queue = { refresh: async (wanted: string[]) => void asked.push(...wanted) };
  const shelves = { feeds, state, queue, compress: compressor() };
  return {
    feeds,
    state,
    shelves,
    site,
    asked,
    clock,
    get: (path, headers = {}, method = 'GET') =>
      serve(new Request(`http://localhost${path}`, { method, headers }), shelves, site),
  };
}
