import { decodeHTMLStrict } from 'entities';
import { Parser } from 'htmlparser2';
import { type Fault, quoted, warning } from './report.ts';
import { isRelative } from './uris.ts';

/** A fault and its offset in the markup. */
export interface PlacedFault {
  fault: Fault;
  offset: number;
}

/** What readers strip or run: none of it belongs in a feed. */
const risky = new Set(
  'applet base embed form frame frameset iframe link meta object plaintext script style xmp'.split(
    ' ',
  ),
);
const addresses = ['href', 'src', 'poster', 'srcset', 'data', 'action', 'background'];
const riskyStyle =
  /expression\s*\(|javascript:|behavior\s*:|-moz-binding|position\s*:\s*(fixed|absolute|sticky)|url\s*\(/i;

/** Judges HTML of a feed; of each sort of fault the first, with the number of the others. */
export function judgeHtml(html: string, hasBase: boolean): PlacedFault[] {
  const found = new Map<string, PlacedFault & { more: number }>();
  const add = (fault: Fault, offset: number) => {
    const first = found.get(fault.name);
    if (first) first.more++;
    else found.set(fault.name, { fault, offset, more: 0 });
  };
  const parser = new Parser({
    onopentag: (tag, attributes) => {
      for (const fault of tagFaults(tag, attributes, hasBase)) add(fault, parser.startIndex);
    },
  });
  parser.end(html);
  return [...found.values()].map(({ fault, offset, more }) => ({
    offset,
    fault: more === 0 ? fault : { ...fault, message: `${fault.message} (and ${more} more)` },
  }));
}

/** Faults of one tag; also used for XHTML, where the tag is an element. */
export function tagFaults(
  tag: string,
  attributes: Record<string, string>,
  hasBase: boolean,
): Fault[] {
  const faults: Fault[] = [];
  if (risky.has(tag))
    faults.push(warning('SecurityRisk', `contains <${tag}>, which readers remove; remove it`));
  for (const [name, value] of Object.entries(attributes)) {
    if (/^on\w+$/i.test(name) || (addresses.includes(name) && isScript(value))) {
      faults.push(
        warning(
          'SecurityRiskAttr',
          `contains a script in ${name}, which readers remove; remove it`,
        ),
      );
    } else if (name === 'style' && riskyStyle.test(value)) {
      faults.push(
        warning(
          'DangerousStyleAttr',
          `contains style=${quoted(value)}, which readers remove; remove it`,
        ),
      );
    } else if (!hasBase && addresses.includes(name)) {
      const relative = urls(name, value).find((url) => url !== '' && isRelative(url));
      if (relative !== undefined) {
        faults.push(
          warning(
            'ContainsRelRef',
            `contains the relative URL ${quoted(relative)}; write it whole`,
          ),
        );
      }
    }
  }
  return faults;
}

function isScript(value: string): boolean {
  return /^(java|vb)script:/i.test(value.replace(/[\s\x00-\x1f]/g, ''));
}

/** HTML §2.3.9: image candidates are split by commas that end or follow a URL. */
function urls(name: string, value: string): string[] {
  if (name !== 'srcset') return [value.trim()];
  return [...value.matchAll(/([^\s,]\S*[^\s,])(\s+[^,]+)?(,|$)/g)].map((match) => match[1]!);
}

const htmlElement =
  /<\/(a|abbr|article|b|big|blockquote|br|center|cite|code|dd|del|div|dl|dt|em|figure|font|h[1-6]|i|ins|li|ol|p|pre|q|s|small|span|strike|strong|sub|sup|table|td|tr|tt|u|ul)>/i;

/** The first tag or entity of HTML in what should be plain text. */
export function markupIn(text: string): string | undefined {
  const tag = htmlElement.exec(text)?.[0];
  if (tag) return tag;
  for (const [entity] of text.matchAll(/&(#\d+|#x[\da-f]+|[a-z][a-z\d]*);/gi)) {
    if (decodeHTMLStrict(entity) !== entity) return entity;
  }
  return undefined;
}

/** The feeds that an HTML page links to, made absolute where its own address is known. */
export function feedsOf(html: string, location: string | undefined): string[] {
  const feeds: string[] = [];
  const parser = new Parser({
    onopentag: (tag, { rel = '', type = '', href = '' }) => {
      if (tag !== 'link' || !/\balternate\b/i.test(rel) || !/rss|atom|feed\+json|opml/i.test(type))
        return;
      feeds.push(URL.canParse(href, location) ? new URL(href, location).href : href);
    },
  });
  parser.end(html);
  return feeds.slice(0, 20);
}
