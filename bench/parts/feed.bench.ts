import { bench, describe } from 'vitest';
import { atomEntry } from '../../src/feed/atom.ts';
import { channelOf } from '../../src/feed/channel.ts';
import { jsonEntry } from '../../src/feed/json.ts';
import { feedPage } from '../../src/feed/page-feed.ts';
import { feedParts } from '../../src/feed/render.ts';
import { rssEntry } from '../../src/feed/rss.ts';
import { formats, term } from '../../src/keys.ts';
import { compressor } from '../../src/serve/encoding.ts';
import { entries, site } from './posts.ts';

const selection = term('tags', 'linux');
const channel = channelOf(selection, 'Linux', site);
const body = Buffer.concat(feedParts('atom', channel, entries, site));
let etag = 0;

describe('20 entries', () => {
  bench('RSS', () => void entries.map((entry) => rssEntry(entry, site)));
  bench('Atom', () => void entries.map((entry) => atomEntry(entry, site)));
  bench('JSON Feed', () => void entries.map((entry) => jsonEntry(entry, site)));
  bench('three documents of entries that are rendered', () => {
    for (const format of formats) feedParts(format, channel, entries, site);
  });
  bench('page for people', () => void feedPage(channel, entries, site));
});

describe('the Atom feed of 20 entries', () => {
  const compress = compressor(0);
  for (const coding of ['gzip', 'br'] as const)
    bench(`served in ${coding}`, async () => {
      await compress('feed', { etag: `${etag++}`, body }, coding);
    });
});
