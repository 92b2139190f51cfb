import { feedChannel } from '../../src/feed/channel.ts';
import { feedPage } from '../../src/feed/page-feed.ts';
import { renderFeed } from '../../src/feed/render.ts';
import { formats } from '../../src/keys.ts';
import { readSource } from '../../src/post/front-matter.ts';
import { parsePost } from '../../src/post/parse.ts';
import type { Page, Post } from '../../src/post/post.ts';
import { references } from '../../src/post/references.ts';
import type { Site } from '../../src/site.ts';
import type { Costly } from './costly-parts.ts';

/** What a post costs from its bytes to its feeds. */
export interface Cost {
  /** Of the processor. */
  milliseconds: number;
  /** Characters of the longest feed. */
  written: number;
  post?: Post | Page;
  /** Why it was refused. */
  error?: unknown;
}

/** Reads a post of about so many bytes, and makes its record, feeds and page. */
export function cost({ key = 'costly.md', text }: Costly, size: number, site: Site): Cost {
  const bytes = Buffer.from(text(size));
  const begun = process.cpuUsage();
  const made: Omit<Cost, 'milliseconds'> = { written: 0 };
  try {
    const source = readSource(key, bytes, site.limits);
    references(source);
    made.post = parsePost(source, site);
    if ('entry' in made.post) made.written = publish(made.post, site);
  } catch (error) {
    made.error = error;
  }
  const { user, system } = process.cpuUsage(begun);
  return { ...made, milliseconds: (user + system) / 1000 };
}

function publish({ entry, problems }: Post, site: Site): number {
  const entries = [entry];
  const channel = feedChannel('site', { entries }, site);
  const sizes = formats.map((format) => renderFeed(format, channel, entries, site).length);
  feedPage(feedChannel('tags/a', { entries }, site), entries, site);
  return Math.max(...sizes, JSON.stringify({ entry, problems }).length);
}
