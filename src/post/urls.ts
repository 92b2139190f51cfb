// Schemes that a reader may follow; everything else (javascript:, vbscript:, data:, about:) is dropped.
const followed = new Set(
  'http https mailto tel sms ftp ftps sftp xmpp irc ircs news nntp magnet webcal feed podcast git ssh geo matrix acct'
    .split(' ')
    .map((scheme) => `${scheme}:`),
);
const fetched = new Set(['http:', 'https:']);
// What needs no parser: a host whose name no parser would read as a number, and a usual port.
const plainUrl = /^https?:\/\/[\w.-]*[a-z](?::\d{1,4})?(?:[/?#][\w\-.~:/?#@!$&'()*+,;=%]*)?$/i;
const picture = /^data:image\/(?:png|gif|jpe?g|webp|avif);base64,[\w+/=\s]+$/i;

// RFC 9110 §4.1 asks for 8,000 bytes at least; whoever writes more of them wants to do harm.
const longest = 8000;

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
    if (url.length <= longest && plainUrl.test(url)) return url;
    const text = url.trim();
    if (text === '' || text === '#' || text.length > longest) return undefined;
    const parsed = URL.parse(text.startsWith('#') ? page + text : text, base);
    if (!parsed || !schemes.has(parsed.protocol)) return undefined;
    return parsed.href.length <= longest ? parsed.href : undefined;
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
