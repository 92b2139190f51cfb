import { glob } from 'node:fs/promises';
import { load } from 'js-yaml';
import { type Data, dataOf, readText, textOf } from './init-config.ts';
import type { Found } from './init-found.ts';

/**
 * Feeds that a Jekyll blog makes of templates of its own: `feed.xml` with front matter. They are
 * often RSS where the plugin's would be Atom, and `redirect_from` or `aliases` tell where they were.
 */
export async function feedTemplates(root: string): Promise<Found[]> {
  const found: Found[] = [];
  const files = glob('{,feed/,feeds/,rss/,atom/}*.{xml,rss,atom,json}', { cwd: root });
  for await (const file of files) {
    const written = await readText(root, file);
    const [whole, matter] = /^---\r?\n(?:([\s\S]*?)\r?\n)?---\r?\n/.exec(written ?? '') ?? [];
    const format = written && whole && formatOf(written.slice(whole.length));
    if (!format) continue;
    const fields = fieldsOf(matter ?? '');
    const own = textOf(fields['permalink']) ?? file.split('\\').join('/');
    const old = [fields['redirect_from'], fields['aliases']].flat().map(textOf);
    const paths = [own, ...old].flatMap((one) => (one ? [`/${one.replace(/^\//, '')}`] : []));
    const value = Object.fromEntries(
      paths.filter((path) => path !== `/feed.${format}`).map((path) => [path, `/feed.${format}`]),
    );
    found.push({ key: 'moved', value, from: file });
  }
  return found.sort((one, other) => (one.from < other.from ? -1 : 1));
}

/** A sitemap is none, nor the feed of one category. */
function formatOf(template: string): string | undefined {
  if (/\b(site\.categories|site\.tags|page\.(category|tag))\b/.test(template)) return undefined;
  if (/<rss[\s>]/.test(template)) return 'rss';
  if (/<feed[\s>]/.test(template)) return 'atom';
  return template.includes('jsonfeed.org/version/') ? 'json' : undefined;
}

function fieldsOf(matter: string): Data {
  try {
    return dataOf(load(matter, { maxAliases: 0 }));
  } catch {
    // Its address is that of the file, then.
    return {};
  }
}
