const players: readonly [RegExp, string][] = [
  [
    /^https?:\/\/(?:www\.)?youtube(?:-nocookie)?\.com\/(?:embed|v|shorts)\/videoseries\?(?:.*&)?list=([\w-]+).*$/,
    'https://www.youtube.com/playlist?list=$1',
  ],
  [
    /^https?:\/\/(?:www\.)?youtube(?:-nocookie)?\.com\/(?:embed|v|shorts)\/([\w-]+).*$/,
    'https://www.youtube.com/watch?v=$1',
  ],
  [/^https?:\/\/player\.vimeo\.com\/video\/(\d+).*$/, 'https://vimeo.com/$1'],
  [/^https?:\/\/vimeo\.com\/moogaloop\.swf\?(?:.*&)?clip_id=(\d+).*$/, 'https://vimeo.com/$1'],
  [
    /^https?:\/\/(?:www\.)?dailymotion\.com\/(?:embed|swf)\/video\/(\w+).*$/,
    'https://www.dailymotion.com/video/$1',
  ],
  [/^https?:\/\/open\.spotify\.com\/embed(?:-podcast)?\/(.*)$/, 'https://open.spotify.com/$1'],
  [/^https?:\/\/embed\.podcasts\.apple\.com\/(.*)$/, 'https://podcasts.apple.com/$1'],
  [/^https?:\/\/embed\.music\.apple\.com\/(.*)$/, 'https://music.apple.com/$1'],
  [
    /^https?:\/\/embed(?:-ssl)?\.ted\.com\/talks\/(.*?)(?:\.html)?$/,
    'https://www.ted.com/talks/$1',
  ],
  [
    /^https?:\/\/codepen\.io\/([\w-]+)\/embed\/(?:preview\/)?([\w-]+).*$/,
    'https://codepen.io/$1/pen/$2',
  ],
  [/^https?:\/\/asciinema\.org\/a\/(\w+)\/(?:iframe|embed).*$/, 'https://asciinema.org/a/$1'],
];

/** The page where people watch or hear what an embedding shows: its own, if the player is not known. */
export function playerPage(url: string): string {
  const nested = soundcloud(url);
  if (nested !== undefined) return nested;
  const known = players.find(([pattern]) => pattern.test(url));
  return known ? url.replace(known[0], known[1]) : url;
}

/** SoundCloud's player names the track in its `url` parameter. */
function soundcloud(url: string): string | undefined {
  if (!/^https?:\/\/w\.soundcloud\.com\/player/.test(url)) return undefined;
  const track = URL.parse(url)?.searchParams.get('url') ?? '';
  return /^https?:\/\/soundcloud\.com\//.test(track) ? track : undefined;
}
