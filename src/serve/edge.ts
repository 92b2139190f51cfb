import { queryPath, twinOf } from '../keys.ts';

/**
 * The path that a reader asked for, with its query if that matters, where `functions/edge.js` made
 * `path` of it; any other path is itself. Nothing else about an address is changed at the edge
 * that matters here: `index.html` for a folder names the same key.
 */
export function askedAt(path: string): string {
  const twin = twinOf(path);
  if (twin !== undefined) return twin;
  if (!path.startsWith(queryPath)) return path;
  const asked = Buffer.from(path.slice(queryPath.length), 'base64url').toString();
  // What a stranger made up must not name another host.
  return /^\/(?!\/)/.test(asked) ? asked : path;
}

/**
 * False for a path of which a URL would make another (WHATWG URL §4.4): by dot segments, `\`, `#`
 * and what it drops. Each stored object would have addresses without number, and a CDN keeps each.
 */
export function isPlain(path: string): boolean {
  return /^\/[^\\#\0-\x20\x7f]*$/.test(path) && !/\/(?:\.|%2e){1,2}(?:\/|$)/i.test(path);
}
