import { site as siteSelection } from '../keys.ts';
import type { Entry } from '../post/entry.ts';
import type { Site } from '../site.ts';
import type { Channel } from './channel.ts';
import { given } from './slots.ts';
import { element, escaped, rssText, uri } from './xml.ts';

/**
 * What a podcast's RSS feed has besides: Apple's `itunes:` tags and the Podcast Namespace's. Other
 * sites have none of them, whatever their entries hold.
 */
export const namespaces = {
  'xmlns:itunes': 'http://www.itunes.com/dtds/podcast-1.0.dtd',
  'xmlns:podcast': 'https://podcastindex.org/namespace/1.0',
};

/** The elements of the channel. */
export function showElements(channel: Channel, { podcast: show, icon }: Site): string[] {
  if (!show) return [];
  const image = show.image ?? icon;
  const all = [
    element('itunes:author', {}, rssText(show.author)),
    category(show.category.split('>').map((name) => name.trim())),
    element('itunes:explicit', {}, String(show.explicit)),
    element('itunes:type', {}, show.type),
  ];
  if (image) all.push(element('itunes:image', { href: uri(image) }));
  if (show.email) {
    const name = element('itunes:name', {}, rssText(show.author));
    all.push(element('itunes:owner', {}, name + element('itunes:email', {}, escaped(show.email))));
  }
  // It names the show for ever; with it, a term's feed would be taken for the show, moved.
  if (show.guid && channel.selection === siteSelection)
    all.push(element('podcast:guid', {}, escaped(show.guid)));
  if (show.locked !== undefined) {
    all.push(element('podcast:locked', { owner: show.email }, show.locked ? 'yes' : 'no'));
  }
  return all;
}

/** `Society & Culture > Documentary` is an element within an element. */
function category([text, ...rest]: string[]): string {
  return element('itunes:category', { text }, rest.length > 0 ? category(rest) : '');
}

/** The elements of an item. */
export function episodeElements(entry: Entry): string[] {
  const { number, season, type, explicit, transcript, chapters } = entry.episode ?? {};
  const values = given({
    'itunes:duration': entry.enclosures[0]?.duration,
    // Apple: "non-zero integer"; many a podcast begins with an episode 0.
    'itunes:season': season || undefined,
    'itunes:episode': number || undefined,
    'itunes:episodeType': type,
    'itunes:explicit': explicit,
  });
  const all = Object.entries(values).map(([name, value]) =>
    element(name, {}, escaped(String(value))),
  );
  if (entry.image) all.push(element('itunes:image', { href: uri(entry.image) }));
  if (transcript) {
    const type = transcriptType(transcript);
    all.push(element('podcast:transcript', { url: uri(transcript), type }));
  }
  if (chapters) {
    const type = 'application/json+chapters';
    all.push(element('podcast:chapters', { url: uri(chapters), type }));
  }
  return all;
}

const transcriptTypes: Record<string, string> = {
  html: 'text/html',
  json: 'application/json',
  srt: 'application/x-subrip',
  vtt: 'text/vtt',
};

/** The namespace requires a type, which posts do not tell. */
function transcriptType(url: string): string {
  const extension = /\.(\w+)(?:[?#]|$)/.exec(url)?.[1] ?? '';
  return transcriptTypes[extension.toLowerCase()] ?? 'text/plain';
}
