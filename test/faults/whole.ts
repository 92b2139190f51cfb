import { parseXml } from '@rgrove/parse-xml';
import { isDraft } from './blog-folder.ts';

/** The files that are not whole: what a reader must never get. */
export function broken(files: Map<string, string>): string[] {
  return [...files].filter(([name, text]) => !isWhole(name, text)).map(([name]) => name);
}

function isWhole(name: string, text: string): boolean {
  // A draft is nobody's feed.
  if (isDraft(name)) return true;
  try {
    if (name.endsWith('.json')) return JSON.parse(text) !== undefined;
    if (/\.(rss|atom|opml)$/.test(name)) return parseXml(text) !== undefined;
    return name.endsWith('.html') ? /<\/html>\s*$/.test(text) : true;
  } catch {
    return false;
  }
}
