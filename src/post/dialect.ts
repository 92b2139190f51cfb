import type { Dialect, Source } from './post.ts';

// Keys of front matter that only Hugo knows.
const hugoKeys = new Set(
  (
    'lastmod publishdate expirydate unpublishdate linktitle iscjklanguage aliases cascade resources ' +
    'markup headless outputs'
  ).split(' '),
);

type Signs = Pick<Source, 'key' | 'matter' | 'syntax' | 'body'>;

/**
 * The tool the post was written for. Hugo's shortcodes are looked for before Liquid's tags: to Liquid
 * `{{< ref "x" >}}` is an expression, and it would print `false` in its place.
 */
export function dialectOf({ key, matter, syntax, body }: Signs): Dialect {
  if (key.endsWith('.mdx')) return 'mdx';
  if (syntax === 'toml' || isHugo(body)) return 'hugo';
  if (isHexo(body) || /(?:^|\/)source\/_posts\//.test(key)) return 'hexo';
  const keys = Object.keys(matter).map((name) => name.toLowerCase());
  if (isJekyll(key, body) || keys.includes('layout')) return 'jekyll';
  if (keys.some((name) => hugoKeys.has(name))) return 'hugo';
  return /(?:^|\/)content\//.test(key) && key.endsWith('/index.md') ? 'hugo' : 'plain';
}

function isHugo(body: string): boolean {
  // A search for two characters is far quicker than an expression, and finds them in few posts.
  if (!body.includes('{{<') && !body.includes('{{%')) return false;
  return /\{\{(?:<\s*(?:\/|\/\*\s*)?[\w./-]|%\s*\/?[\w./-])/.test(body);
}

const hexoTags =
  /\{%-?\s*(?:asset_(?:img|link|path)|post_(?:link|path)|include_code|centerquote|cq)\s/;
// Plugins of Jekyll have these names too.
const sharedTags =
  /\{%-?\s*(?:codeblock|pullquote|blockquote|quote|youtube|vimeo|iframe|img|jsfiddle|note)\s/;
const jekyllTags =
  /\{%-?\s*(?:post_url|link|highlight|include\w*|assign|capture|comment|if|for|unless|gist)\s/;
const jekyllVariables = /\{\{-?\s*(?:site|page)\./;

function isHexo(body: string): boolean {
  if (!body.includes('{%')) return false;
  if (hexoTags.test(body)) return true;
  return sharedTags.test(body) && !jekyllTags.test(body) && !jekyllVariables.test(body);
}

function isJekyll(key: string, body: string): boolean {
  if (/(?:^|\/)_(?:posts|drafts)\//.test(key)) return true;
  if (body.includes('{%') && /\{%-?\s*[a-z]/.test(body)) return true;
  return body.includes('{{') && jekyllVariables.test(body);
}
