import { describe, expect, test } from 'vitest';
import { findings } from './findings.ts';

const head = [
  '<id>tag:example.com,2024:feed</id><title>T</title><updated>2024-03-09T08:15:00Z</updated>',
  '<link rel="self" href="https://example.com/feed.atom"/><author><name>Ann</name></author>',
].join('');
const content = '<content type="html">&lt;p&gt;Hello&lt;/p&gt;</content>';

/** A valid feed with more in its head, on line 2, and in its entry, from line 4 on. */
function atom(more: string, entry = '', body = content): string {
  return `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:fh="http://purl.org/syndication/history/1.0">${head}
${more}
<entry><id>tag:example.com,2024:1</id><title>E</title><updated>2024-03-09T09:00:00Z</updated>${body}
${entry}</entry></feed>`;
}

describe('a feed', () => {
  test.each([
    ['<title>U</title>', 'error DuplicateElement 2'],
    ['<blink/>', 'error UndefinedElement 2'],
    ['<title xmlns="">U</title>', 'error UndefinedElement 2'],
    ['text', 'error UnexpectedText 1'],
    ['<subtitle type="text/html">U</subtitle>', 'error InvalidTextType 2'],
    ['<subtitle>a &lt;b&gt;b&lt;/b&gt;</subtitle>', 'warning ContainsUndeclaredHTML 2'],
    ['<subtitle/>', 'warning NotBlank 2'],
    ['<subtitle><b>b</b></subtitle>', 'error UndefinedElement 2'],
    ['<subtitle mode="escaped">s</subtitle>', 'error UnexpectedAttribute 2'],
    ['<icon> https://example.com/i.png </icon>', 'error UnexpectedWhitespace 2'],
    ['<logo/>', 'warning NotBlank 2'],
    ['<generator/>', 'warning NotBlank 2'],
    ['<category/>', 'error MissingAttribute 2'],
    ['<category term="" label="&lt;/b>"/>', 'warning AttrNotBlank 2', 'warning ContainsHTML 2'],
    ['<category term="a" scheme="tags"/>', 'error InvalidFullLink 2'],
    ['<contributor/>', 'error MissingElement 2'],
    ['<contributor><name/></contributor>', 'warning NotBlank 2'],
    ['<contributor><name>A</name><email>a</email></contributor>', 'error InvalidContact 2'],
    [
      '<contributor><name>A</name><url>https://e.com</url></contributor>',
      'error UndefinedElement 2',
    ],
    ['<link/>', 'error MissingHref 2'],
    ['<link href="http:///a"/>', 'error InvalidIRI 2'],
    ['<link href="/a b"/>', 'error InvalidUriChar 2'],
    ['<link href="https://example.com/привет"/>'],
    ['<link href="https://e.com/" type="html"/>', 'error InvalidMIMEType 2'],
    ['<link href="https://e.com/" hreflang="en_US"/>', 'error InvalidLanguage 2'],
    ['<link href="https://e.com/" length="big"/>', 'error InvalidNonNegativeInteger 2'],
    ['<link href="https://e.com/" rel="x"/>', 'warning UnregisteredAtomLinkRel 2'],
    [
      '<link href="https://e.com/" rel="" title=""/>',
      'warning AttrNotBlank 2',
      'warning AttrNotBlank 2',
    ],
    ['<link href="https://e.com/">x</link>', 'warning AtomLinkNotEmpty 2'],
    ['<link href="https://e.com/"/><link href="https://e.com/2"/>', 'error DuplicateAtomLink 2'],
    ['<link href="https://e.com/" hreflang="en"/><link href="https://e.com/2" hreflang="de"/>'],
    ['<link href="https://e.com/1" rel="hub"/><link href="https://e.com/2" rel="hub"/>'],
    ['<link href="https://e.com/p2" rel="next"/><link href="https://e.com/p1" rel="previous"/>'],
    ['<fh:complete/><link href="https://e.com/p2" rel="next"/>', 'error FeedRelInCompleteFeed 2'],
    [
      '<fh:complete/><link href="https://e.com/p2" rel="current"/>',
      'error CurrentNotSelfInCompleteFeed 2',
    ],
    ['<fh:archive/>', 'warning MissingCurrentInArchive 1'],
    [
      '<fh:archive/><link rel="current" href="https://e.com/"/><link rel="prev-archive" href="https://e.com/1"/>',
    ],
    ['<fh:complete>yes</fh:complete>', 'error UnexpectedText 2'],
  ])('with %s', (more, ...expected) => {
    expect(findings(atom(more))).toEqual(expected);
  });

  test('needs id, title, updated and an author, and should link to itself', () => {
    expect(findings('<feed xmlns="http://www.w3.org/2005/Atom"/>').sort()).toEqual([
      ...[
        'error MissingElement 1',
        'error MissingElement 1',
        'error MissingElement 1',
        'error MissingElement 1',
      ],
      'warning MissingSelf 1',
    ]);
  });

  test('needs no author if every entry has one', () => {
    const author = '<author><name>Ann</name></author>';
    const anonymous = atom('').replace(author, '');
    expect(findings(anonymous)).toEqual(['error MissingElement 3']);
    expect(findings(anonymous.replace('<entry>', `<entry>${author}`))).toEqual([]);
    const source = `<entry><source><id>tag:e.com,2024:s</id><title>S</title><updated>2024-03-09T08:15:00Z</updated>${author}</source>`;
    expect(findings(anonymous.replace('<entry>', source))).toEqual([]);
  });

  test.each([
    ['feed.atom', 'warning RelativeSelf 1'],
    ['https://example.com/other.atom', 'warning SelfDoesntMatchLocation 1'],
    ['https://EXAMPLE.com/feed.atom#top'],
  ])('calls itself %s', (self, ...expected) => {
    const feed = atom('').replace('href="https://example.com/feed.atom"', `href="${self}"`);
    expect(findings(feed, { location: 'https://example.com/feed.atom' })).toEqual(expected);
  });

  test('has a type of its own', () => {
    expect(findings(atom('').replace('rel="self"', 'rel="self" type="text/html"'))).toEqual([
      'warning SelfNotAtom 1',
    ]);
  });

  test('stands before its entries', () => {
    const late = atom('').replace('</feed>', '\n<rights>R</rights></feed>');
    expect(findings(late)).toEqual(['warning MisplacedMetadata 5']);
  });

  test('should not have a prefix', () => {
    const prefixed = atom('')
      .replace('xmlns=', 'xmlns:a=')
      .replace(/<(\/?)(?=[a-z])/g, '<$1a:');
    expect(findings(prefixed)).toEqual(['warning AvoidNamespacePrefix 1']);
  });
});

describe('an entry', () => {
  test.each([
    ['<id>x</id>', 'error DuplicateElement 4', 'error InvalidFullLink 4'],
    ['<published>2024-03-09</published>', 'error InvalidRFC3339Date 4'],
    ['<published>2024-03-39T08:15:00Z</published>', 'error InvalidRFC3339Date 4'],
    ['<published>2024-03-09T24:15:00Z</published>', 'error InvalidRFC3339Date 4'],
    ['<published>2024-03-09T08:15:00</published>', 'error InvalidRFC3339Date 4'],
    ['<published>2024-03-09t08:15:00z</published>', 'error InvalidRFC3339Date 4'],
    ['<published>2024-03-09T08:15:00.5+05:45</published>'],
    ['<published>1969-12-31T00:00:00Z</published>', 'warning ImplausibleDate 4'],
    ['<published> 2024-03-09T08:15:00Z</published>', 'error UnexpectedWhitespace 4'],
    ['<link rel="next" href="https://e.com/"/>', 'warning FeedHistoryRelInEntry 4'],
    ['<summary type="xhtml">x</summary>', 'error MissingXhtmlDiv 4'],
    [
      '<summary type="xhtml"><p xmlns="http://www.w3.org/1999/xhtml">x</p></summary>',
      'error MissingXhtmlDiv 4',
    ],
    [
      '<summary type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">\n<script/></div></summary>',
      'warning SecurityRisk 5',
    ],
    ['<summary type="html">&lt;img src="a.png"></summary>', 'warning ContainsRelRef 4'],
    ['<summary type="html" xml:base="https://e.com/">&lt;img src="a.png"></summary>'],
    [
      '<source/>',
      'warning MissingSourceElement 4',
      'warning MissingSourceElement 4',
      'warning MissingSourceElement 4',
    ],
    [
      '<source><entry/></source>'.replace(
        '<source>',
        '<source><id>tag:e.com,2024:s</id><title>S</title><updated>2024-03-09T08:15:00Z</updated>',
      ),
      'error UndefinedElement 4',
    ],
  ])('with %s', (entry, ...expected) => {
    expect(findings(atom('', entry))).toEqual(expected);
  });

  test.each([
    ['', 'error MissingContentOrAlternate 3', 'warning MissingTextualContent 3'],
    ['<link href="https://e.com/"/>', 'warning MissingTextualContent 3'],
    ['<summary>s</summary>', 'error MissingContentOrAlternate 3'],
    ['<content src="https://e.com/a.mp3" type="audio/mpeg"/>', 'error MissingSummary 3'],
    ['<content src="https://e.com/a.mp3"/><summary>s</summary>', 'warning MissingTypeAttr 3'],
    [
      '<content src="https://e.com/a.mp3" type="audio/mpeg">x</content><summary>s</summary>',
      'error UnexpectedText 3',
    ],
    ['<content type="image/png">iVBORw0KGgo=</content>', 'error MissingSummary 3'],
    ['<content type="image/png">&lt;&gt;</content><summary>s</summary>', 'error NotBase64 3'],
    ['<content type="multipart/mixed">x</content><summary>s</summary>', 'error InvalidMIMEType 3'],
    ['<content type="markdown">x</content>', 'error InvalidMIMEType 3'],
    ['<content type="text/markdown">*x*</content>'],
    [
      '<content type="application/mathml+xml"><math xmlns="http://www.w3.org/1998/Math/MathML"/></content>',
    ],
    ['<content/>', 'warning NotBlank 3'],
  ])('holding %s', (body, ...expected) => {
    expect(findings(atom('', '', body))).toEqual(expected);
  });

  test.each([
    ['http://example.com', 'warning NonCanonicalURI 3'],
    ['http://Example.com/', 'warning NonCanonicalURI 3'],
    ['HTTP://example.com/', 'warning NonCanonicalURI 3'],
    ['http://example.com:80/', 'warning NonCanonicalURI 3'],
    ['http://example.com/a/../b', 'warning NonCanonicalURI 3'],
    ['http://example.com/%d0', 'warning NonCanonicalURI 3'],
    ['http://example.com/%D0?p=1'],
    ['/relative', 'error InvalidFullLink 3'],
    ['', 'error InvalidFullLink 3'],
  ])('known as %s', (id, ...expected) => {
    expect(findings(atom('').replace('tag:example.com,2024:1<', `${id}<`))).toEqual(expected);
  });

  test.each([
    ['the same id and date', '', 'error DuplicateIds 5'],
    ['the same id', '09:00:01', 'warning DuplicateEntries 5'],
  ])('with %s as another', (_, updated, ...expected) => {
    const twice = atom('').replace(/<entry>[\s\S]*<\/entry>/, (one) => {
      return `${one}\n${updated ? one.replace('09:00:00', updated) : one}`;
    });
    expect(findings(twice)).toEqual(expected);
  });

  test('with the date of another', () => {
    const twice = atom('').replace(
      /<entry>[\s\S]*<\/entry>/,
      (one) => `${one}\n${one.replace('2024:1', '2024:2')}`,
    );
    expect(findings(twice)).toEqual(['warning DuplicateUpdated 5']);
  });

  test('may be a document', () => {
    const entry = atom('')
      .replace(/^[\s\S]*<entry>/, '<entry xmlns="http://www.w3.org/2005/Atom">')
      .replace('</feed>', '');
    expect(findings(entry)).toEqual(['error MissingElement 1']);
    expect(findings(entry.replace('<id>', '<author><name>A</name></author><id>'))).toEqual([]);
  });
});
