// Schemes that a reader may follow; everything else (javascript:, vbscript:, data:, about:) is dropped.
const followed = new Set(
  'http https mailto tel sms ftp ftps sftp xmpp irc ircs news nntp magnet webcal feed podcast git ssh geo matrix acct'
    .split(' ')
    .map((scheme) => `${scheme}:`),
);
const fetched = new Set(['http:', 'https:']);
const plainUrl = /^https?:\/\/[\w.-]+(?::\d+)?(?:[/?#][\w\-.~:/?#@!$&'()*+,;=%]*)?$/;
const picture = /^data:image\/(?:png|gif|jpe?g|webp|avif);base64,[\w+/=\s]+$/i;

/** Makes URLs of a body absolute: `link` for what readers follow, `resource` for what they load. */
export interface Resolver {
  link(url: string): string | undefined;
  resource(url: string): string | undefined;
  image(url: string): string | undefined;
}

/**
 * A resolver for the post at `link`; what cannot be an absolute URL, or must not be one, is undefined.
 * `image.png` lies beside the post, in its own folder, also where the link has no final slash.
 */
export function resolver(link: string): Resolver {
  const base = folderOf(link);
  const page = link.split('#', 1)[0]!;
  const resolve = (url: string, schemes: ReadonlySet<string>): string | undefined => {
    if (plainUrl.test(url)) return url;
    const text = url.trim();
    if (text === '' || text === '#') return undefined;
    const parsed = URL.parse(text.startsWith('#') ? page + text : text, base);
    return parsed && schemes.has(parsed.protocol) ? parsed.href : undefined;
  };
  return {
    link: (url) => resolve(url, followed),
    resource: (url) => resolve(url, fetched),
    image: (url) => (picture.test(url) ? url.replace(/\s+/g, '') : resolve(url, fetched)),
  };
}

function folderOf(link: string): string {
  const url = URL.parse(link);
  if (!url) return link;
  const last = url.pathname.slice(url.pathname.lastIndexOf('/') + 1);
  if (last !== '' && !last.includes('.')) url.pathname += '/';
  url.search = '';
  url.hash = '';
  return url.href;
}
