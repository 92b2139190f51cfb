import { readSite } from '../../src/site.ts';
import { markdownXss, xss } from './xss.ts';

/** A post that would run a script, by where in it the script is. */
export interface HostilePost {
  place: string;
  payload: string;
  key: string;
  text: string;
}

const dated = 'date: 2024-03-09\ntags: [xss]';
const quoted = (text: string) => JSON.stringify(text);

const places: Record<string, (payload: string) => { key: string; text: string }> = {
  'an HTML body': (payload) => ({ key: 'a.html', text: `---\n${dated}\n---\n${payload}\n` }),
  'a Markdown body': (payload) => ({ key: 'a.md', text: `---\n${dated}\n---\na ${payload}\n` }),
  'an attribute': (payload) => ({
    key: 'a.html',
    text: `---\n${dated}\n---\n<p title="${payload}">a</p><p title='${payload}'>b</p>\n`,
  }),
  'every field': (payload) => ({
    key: 'a.md',
    text: `---\ndate: 2024-03-09\n${'title description summary author categories image cover lang slug permalink guid'
      .split(' ')
      .map((name) => `${name}: ${quoted(payload)}`)
      .join(
        '\n',
      )}\ntags: [xss, ${quoted(payload)}]\nenclosure: { url: ${quoted(`https://x.org/${payload}`)}, type: ${quoted(payload)}, title: ${quoted(payload)} }\n---\n{{ page.title }}\n`,
  }),
  'an MDX body': (payload) => ({ key: 'a.mdx', text: `---\n${dated}\n---\n${payload}\n` }),
  'a Jekyll body': (payload) => ({
    key: '_posts/2024-03-09-a.md',
    text: `---\n${dated}\nx: ${quoted(payload)}\n---\n{{ page.x }}{{ page.x | markdownify }}\n`,
  }),
};

const keysOf = ['_posts/2024-03-09-a.md', 'content/a.md', 'source/_posts/a.md', 'a.mdx', 'a.md'];

/** Every payload in every place. */
export const hostilePosts: readonly HostilePost[] = [
  ...Object.entries(places).flatMap(([place, make]) =>
    xss.map((payload) => ({ place, payload, ...make(payload) })),
  ),
  ...keysOf.flatMap((key) =>
    markdownXss.map((payload) => ({
      place: `Markdown of ${key}`,
      payload,
      key,
      text: `---\n${dated}\n---\n${payload}\n`,
    })),
  ),
];

export const siteWithNames = readSite('url: https://x.org');
