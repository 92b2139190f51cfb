import { Parser } from 'htmlparser2';
import { script, stylesheet } from '../../src/feed/stylesheet.ts';

/**
 * What no feed and no page of ours may hold, judged with lists of its own: nothing here is taken from
 * what makes the HTML, so that a slip there is not a slip here too.
 */

const elements = new Set(
  (
    'a abbr acronym address article aside audio b bdi bdo big blockquote br caption center cite code ' +
    'col colgroup dd del details dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr ' +
    'i img ins kbd li main mark ol p picture pre q rp rt ruby s samp section small source span strike ' +
    'strong sub summary sup table tbody td tfoot th thead time tr track tt u ul var video wbr'
  ).split(' '),
);
const attributes = new Set(
  (
    'align alt cite class colspan controls datetime dir headers height href hreflang id kind label lang ' +
    'longdesc media name open poster rel reversed rowspan scope sizes span src srclang srcset start title ' +
    'type valign value width'
  ).split(' '),
);
const addresses = new Set(['cite', 'href', 'longdesc', 'poster', 'src']);
const schemes =
  /^(?:https?|mailto|tel|sms|ftps?|sftp|xmpp|ircs?|news|nntp|magnet|webcal|feed|podcast|git|ssh|geo|matrix|acct):/;
const loaded = /^https?:/;
const picture = /^data:image\/(?:png|gif|jpe?g|webp|avif);base64,[A-Za-z0-9+/=_]+$/i;
const voids = new Set('br col hr img source track wbr'.split(' '));

/** A tag as clean HTML has it, or text: nothing that two parsers could read in two ways. */
const token = /<(\/?)([a-z][a-z0-9]*)((?: [a-z]+="[^"<>]*")*)>|[^<>]+/y;

/** What is wrong with clean HTML of a post, which is read by readers of every kind. */
export function faultsOfHtml(html: string): string[] {
  const faults: string[] = [];
  const open: string[] = [];
  for (let at = 0; at < html.length; at = token.lastIndex) {
    token.lastIndex = at;
    const [read, end, name, rest] = token.exec(html) ?? [];
    if (read === undefined) return [...faults, `no plain tag or text: ${html.slice(at, at + 80)}`];
    if (name === undefined) continue;
    if (!elements.has(name)) faults.push(`element ${name}`);
    if (end) {
      if (open.pop() !== name) faults.push(`end tag ${name} out of place`);
    } else if (!voids.has(name)) open.push(name);
    faults.push(...faultsOfAttributes(name, rest ?? ''));
  }
  if (open.length > 0) faults.push(`not closed: ${open.join(' ')}`);
  return [...faults, ...seenByParser(html)];
}

function faultsOfAttributes(element: string, written: string): string[] {
  const faults: string[] = [];
  for (const [, name = '', value = ''] of written.matchAll(/ ([a-z]+)="([^"]*)"/g)) {
    if (!attributes.has(name)) faults.push(`attribute ${name} of ${element}`);
    if (/&(?!(?:amp|lt|gt|quot);)/.test(value)) faults.push(`a reference in ${name}: ${value}`);
  }
  return faults;
}

/** The same once more by a parser that forgives, and the addresses as it decodes them. */
function seenByParser(html: string): string[] {
  const faults: string[] = [];
  const parser = new Parser({
    onopentag(name, given) {
      if (!elements.has(name)) faults.push(`parser sees element ${name}`);
      for (const [attribute, value] of Object.entries(given)) {
        if (!attributes.has(attribute)) faults.push(`parser sees attribute ${attribute}`);
        for (const url of urlsOf(attribute, value)) {
          if (!isHarmless(name, attribute, url)) faults.push(`address in ${attribute}: ${url}`);
        }
      }
    },
    oncomment: (text) => faults.push(`parser sees a comment: ${text}`),
    onprocessinginstruction: (_name, text) => faults.push(`parser sees ${text}`),
  });
  parser.end(html);
  return faults;
}

function urlsOf(attribute: string, value: string): string[] {
  if (attribute === 'srcset') return value.split(', ').map((one) => one.split(' ', 1)[0]!);
  return addresses.has(attribute) ? [value] : [];
}

function isHarmless(element: string, attribute: string, written: string): boolean {
  // As a browser reads it: URL Standard, "basic URL parser", steps 1 to 3.
  const url = written.replace(/^[\0-\x20]+|[\t\n\r]/g, '').toLowerCase();
  if (attribute === 'src' || attribute === 'srcset' || attribute === 'poster') {
    return loaded.test(url) || (element !== 'track' && picture.test(url));
  }
  return schemes.test(url);
}

const pageElements = new Set(
  (
    'html head meta title link style body script a abbr article b bdi bdo button cite code del dfn div ' +
    'em figcaption figure footer h1 h2 h3 header i input ins kbd label li main mark nav output p q rect ' +
    'rp rt ruby s samp section small span strong sub sup svg time u ul var'
  ).split(' '),
);

/** What is wrong with a page of ours: it has one script and one style, and all else is inert. */
export function faultsOfPage(html: string): string[] {
  const faults: string[] = [];
  const own = { script: 0, style: 0 };
  let inside = '';
  let text = '';
  const parser = new Parser({
    onopentag(name, given) {
      if (!pageElements.has(name)) faults.push(`element ${name} in a page`);
      inside = name;
      text = '';
      for (const [attribute, value] of Object.entries(given)) {
        if (/^on|^style$|^srcdoc$|^formaction$|^action$|:/i.test(attribute))
          faults.push(`attribute ${attribute} in a page`);
        if (attribute === 'href' && !isLink(value)) faults.push(`link in a page: ${value}`);
        if (attribute === 'src') faults.push(`a page loads ${value}`);
      }
    },
    ontext(part) {
      if (inside === 'script' || inside === 'style') text += part;
    },
    onclosetag(name) {
      if (name !== 'script' && name !== 'style') return;
      own[name]++;
      if (text !== (name === 'script' ? script : stylesheet)) faults.push(`a ${name} not ours`);
      inside = '';
    },
    oncomment: (comment) => faults.push(`a comment in a page: ${comment}`),
  });
  parser.end(html);
  if (own.script !== 1 || own.style !== 1)
    faults.push(`${own.script} scripts, ${own.style} styles`);
  return faults;
}

function isLink(written: string): boolean {
  const url = written.replace(/^[\0-\x20]+|[\t\n\r]/g, '').toLowerCase();
  return schemes.test(url) || url === 'data:,' || !/^[^/?#]*:/.test(url);
}
