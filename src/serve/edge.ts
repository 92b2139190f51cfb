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
