import { EleventyHtmlBasePlugin } from '@11ty/eleventy';
import rss from '@11ty/eleventy-plugin-rss';

const base = 'http://blog.scottlowe.org';

export default function (config) {
  config.addPlugin(rss);
  config.addPlugin(EleventyHtmlBasePlugin, { baseHref: base });
  // `2015-01-12 09:12:00-0800`, which Jekyll reads and Eleventy refuses.
  config.addDateParsing((date) => (typeof date === 'string' ? new Date(date) : date));
  // What the posts' templates ask of Jekyll.
  config.addGlobalData('site', { url: base, title: "Scott's Weblog" });
  config.addLiquidTag('post_url', () => ({
    parse(token) {
      this.name = token.args.trim();
    },
    render() {
      return `${base}/${this.name.replace(/^(\d+)-(\d+)-(\d+)-/, '$1/$2/$3/')}/`;
    },
  }));
  config.addPairedLiquidShortcode('highlight', (code) => `<pre><code>${escaped(code)}</code></pre>`);
  config.addFilter('linkOf', (post) => `${base}/${dated(post.date)}/${post.fileSlug}/`);
  config.addCollection('selections', (api) => {
    const posts = api.getFilteredByGlob('posts/*').reverse();
    const site = { path: '', label: "Scott's Weblog", posts };
    return [site, ...terms(config, 'categories', posts), ...terms(config, 'tags', posts), ...terms(config, 'author', posts)].map(
      (one) => ({ ...one, posts: one.posts.slice(0, 20) }),
    );
  });
}

/** Names whose slugs are equal are one term: two files of one name would be an error. */
function terms(config, taxonomy, posts) {
  const slugify = config.getFilter('slugify');
  const found = new Map();
  for (const post of posts) {
    for (const label of new Set([post.data[taxonomy] ?? []].flat())) {
      const slug = slugify(String(label)) || 'none';
      const term = found.get(slug) ?? { path: `${taxonomy}/${slug}/`, label, posts: [] };
      found.set(slug, term);
      if (term.posts.at(-1) !== post) term.posts.push(post);
    }
  }
  return [...found.values()];
}

function dated(date) {
  return date.toISOString().slice(0, 10).replaceAll('-', '/');
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
