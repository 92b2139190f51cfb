import { describe, expect, test } from 'vitest';
import { check } from '../../src/check/check.ts';
import { findings } from './findings.ts';

const feed = (title: string, before = '') =>
  `${before}<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>
<title>${title}</title><link>https://e.com/</link><description>D</description>
<atom:link rel="self" href="https://e.com/feed"/></channel></rss>`;

const first = (document: string | Uint8Array) => {
  const bytes = typeof document === 'string' ? new TextEncoder().encode(document) : document;
  return check(bytes).findings[0]?.message;
};

describe('XML', () => {
  test.each([
    ['a control character', feed('a\u0008b'), 'error SAXError 2'],
    ['a reference to one', feed('a&#8;b'), 'error SAXError 2'],
    ['a noncharacter', feed('a\uffffb'), 'error SAXError 2'],
    ['a bare ampersand', feed('a & b'), 'error SAXError 2'],
    ['an entity of HTML', feed('a&nbsp;b'), 'error UndefinedNamedEntity 2'],
    ['an end tag too many', feed('a</b>'), 'error SAXError 2'],
    ['an element left open', feed('a').replace('</channel></rss>', '<x>'), 'error SAXError 3'],
    ['two roots', `${feed('a')}<rss/>`, 'error SAXError 3'],
    ['an attribute twice', '<rss version="2.0" version="2.0"/>', 'error SAXError 1'],
    ['a line before the declaration', feed('a', '\n<?xml version="1.0"?>'), 'error WPBlankLine 2'],
    ['XML 1.1', feed('a', '<?xml version="1.1"?>'), 'error BadXmlVersion 1'],
    ['a DOCTYPE', feed('a', '<!DOCTYPE rss SYSTEM "x">'), 'warning InvalidDoctype 1'],
    ['C1 characters', feed('it\u0092s'), 'warning BadCharacters 2'],
    ['a lost character', feed('it\ufffds'), 'warning BadCharacters 2'],
  ])('with %s', (_, document, ...expected) => {
    expect(findings(document)).toEqual(expected);
  });

  test('names the element that was left open, and where it begins', () => {
    expect(first('<rss>\n<channel>\n<title>')).toContain('<title> of line 3 is not closed');
    expect(first('<rss>\n<title>\n<b>x</title></rss>')).toContain('<b> of line 3 is not closed');
  });

  test('never expands an entity', () => {
    const bomb = '<!DOCTYPE rss [<!ENTITY a "x"><!ENTITY b "&a;&a;">]>';
    expect(findings(feed('&b;', bomb))).toEqual([
      'error FatalSecurityRisk 1',
      'error UndefinedNamedEntity 2',
    ]);
  });

  test('may define entities in a DTD that is not read', () => {
    const dtd =
      '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd">';
    expect(findings(feed('&eacute;', dtd))).toEqual([
      'warning DeprecatedDTD 1',
      'warning UndefinedNamedEntity 2',
    ]);
  });

  test.each([
    ['nothing', '', 'error SAXError 1'],
    ['white space', ' \n ', 'error SAXError 1'],
    ['text', 'hello', 'error SAXError 1'],
    ['another vocabulary', '<svg/>', 'error UndefinedElement 1'],
    [
      'RSS 1.0',
      '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>',
      'error UndefinedElement 1',
    ],
    ['Atom 0.3', '<feed xmlns="http://purl.org/atom/ns#"/>', 'error ObsoleteNamespace 1'],
    ['Atom without its namespace', '<feed/>', 'error InvalidNamespace 1'],
    ['RSS in a namespace', '<rss xmlns="urn:x"/>', 'error InvalidNamespace 1'],
  ])('that is %s is no feed', (_, document, ...expected) => {
    expect(findings(document)).toEqual(expected);
    expect(check(new TextEncoder().encode(document)).kind).toBeUndefined();
  });
});

describe('a page of HTML', () => {
  test('is told the feeds it links to', () => {
    const page =
      '<!-- x --><!DOCTYPE html><link rel="alternate" type="application/atom+xml" href="/feed.atom"><p>';
    const { findings: found } = check(new TextEncoder().encode(page), {
      location: 'https://e.com/blog/',
    });
    expect(found[0]!.message).toBe(
      'this is an HTML page, not a feed; its feeds are: https://e.com/feed.atom',
    );
  });
  test('may link to none', () => {
    expect(first('<html></html>')).toContain('it links to no feed');
  });
});

describe('the encoding', () => {
  const declared = (label: string) => feed('é', `<?xml version="1.0" encoding="${label}"?>`);
  const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');
  test.each([
    ['UTF-8', Buffer.from(declared('UTF-8'))],
    ['UTF-8 with its mark', Buffer.from(`\ufeff${declared('utf-8')}`)],
    ['UTF-16 with its mark', utf16(declared('UTF-16'))],
    ['UTF-16 without', utf16(declared('UTF-16')).subarray(2)],
    ['Latin-1', Buffer.from(declared('ISO-8859-1'), 'latin1')],
    ['Latin-1 that is not declared', Buffer.from(feed('é'), 'latin1'), 'error UnicodeError 1'],
    ['UTF-8 called ASCII', Buffer.from(declared('US-ASCII')), 'error UnicodeError 1'],
    ['UTF-8 with the mark of UTF-16', utf16(declared('UTF-8')), 'error EncodingMismatch 1'],
    ['UTF-8 called UTF-16', Buffer.from(declared('UTF-16')), 'error EncodingMismatch 1'],
    [
      'KOI8-R',
      Buffer.from(feed('T', '<?xml version="1.0" encoding="koi8-r"?>')),
      'warning ObscureEncoding 1',
    ],
    ['none that is known', Buffer.from(declared('klingon')), 'error UnknownEncoding 1'],
  ])('%s', (_, bytes, ...expected) => {
    expect(findings(bytes)).toEqual(expected);
  });

  test('of the Content-Type comes before the declaration', () => {
    const bytes = Buffer.from(declared('UTF-8'));
    const contentType = 'application/rss+xml; charset=iso-8859-1';
    expect(findings(bytes, { contentType })).toEqual(['warning EncodingMismatch 1']);
  });

  test('that fails is told with its line', () => {
    expect(first(Buffer.from('<rss>\n\xe9</rss>', 'latin1'))).toContain('line 2');
  });
});
