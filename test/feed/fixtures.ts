import { readFileSync } from 'node:fs';
import type { Directory } from '../../src/feed/listing.ts';
import type { Format, Selection } from '../../src/keys.ts';
import type { Entry } from '../../src/post/entry.ts';
import type { Site } from '../../src/site.ts';

/** A site of which every optional field is absent. */
export const bareSite: Site = {
  url: 'https://blog.example.com',
  feeds: 'https://feeds.example.com',
  title: 'The Blog',
  description: 'Notes on this and that',
  timezone: 'UTC',
  authority: 'blog.example.com',
  since: '2000-01-01',
  taxonomies: {},
  authors: {},
  entries: 20,
  content: 'full',
  hubs: [],
  legacy: [],
  moved: {},
  gone: [],
  freshness: 300,
  invalidate: true,
  limits: { size: 512, steps: 100_000 },
};

/** An entry of which every optional field is absent or empty. */
export const bareEntry: Entry = {
  id: 'tag:blog.example.com,2000-01-01:2024/hello',
  link: 'https://blog.example.com/2024/hello/',
  title: 'Hello',
  published: '2024-03-09T08:15:00Z',
  updated: '2024-03-09T08:15:00Z',
  authors: [],
  terms: {},
  summary: '',
  content: '<p>Hello, world.</p>',
  enclosures: [],
};

/** What a golden folder's `input.json` holds; sites and entries name what differs from the bare ones. */
export interface Golden {
  site: Site;
  selection: Selection;
  label?: string;
  next?: Record<Format, string>;
  entries: Entry[];
  directory?: Directory;
}

export function golden(name: string): Golden {
  const text = readFileSync(new URL(`golden/${name}/input.json`, import.meta.url), 'utf8');
  const input = JSON.parse(text);
  return {
    selection: 'site',
    ...input,
    site: { ...bareSite, ...input.site },
    entries: (input.entries ?? []).map((entry: object) => ({ ...bareEntry, ...entry })),
  };
}
