import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { findings } from './findings.ts';

const namespaces = [
  'xmlns:atom="http://www.w3.org/2005/Atom"',
  'xmlns:content="http://purl.org/rss/1.0/modules/content/"',
  'xmlns:dc="http://purl.org/dc/elements/1.1/"',
  'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"',
  'xmlns:media="http://search.yahoo.com/mrss/"',
  'xmlns:podcast="https://podcastindex.org/namespace/1.0"',
  'xmlns:slash="http://purl.org/rss/1.0/modules/slash/"',
  'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"',
  'xmlns:thr="http://purl.org/syndication/thread/1.0"',
  'xmlns:wfw="http://wellformedweb.org/CommentAPI/"',
  'xmlns:x="urn:unknown"',
].join(' ');

const head = [
  '<title>T</title><link>https://example.com/</link><description>D</description>',
  '<atom:link rel="self" href="https://example.com/feed.rss" type="application/rss+xml"/>',
].join('');

/** A valid feed with more in its channel, from line 3 on, and in its item, from line 5 on. */
function rss(channel: string, item = '', guid = '<guid>https://example.com/1</guid>'): string {
  return `<rss version="2.0" ${namespaces.replace(' xmlns:x="urn:unknown"', '')}>
<channel>${head}
${channel}
<item><title>I</title><description>d</description>${guid}
${item}
</item></channel></rss>`;
}

describe('a channel', () => {
  test.each([
    ['<title>U</title>', 'error DuplicateElement 3'],
    ['<blink/>', 'error UndefinedElement 3'],
    ['text', 'error UnexpectedText 2'],
    ['<language>en_US</language>', 'error InvalidLanguage 3'],
    ['<language>zz</language>', 'error InvalidLanguage 3'],
    ['<language>english</language>', 'error InvalidLanguage 3'],
    ['<copyright>&lt;b&gt;me&lt;/b&gt;</copyright>', 'warning ContainsHTML 3'],
    ['<copyright>a &lt;T&gt;</copyright>', 'warning CharacterData 3'],
    ['<copyright>Tom &amp;amp; Jerry</copyright>', 'warning ContainsHTML 3'],
    ['<managingEditor>Ann</managingEditor>', 'error InvalidContact 3'],
    ['<managingEditor>Ann &lt;ann@example.com&gt;</managingEditor>', 'warning EmailFormat 3'],
    ['<webMaster>ann@example.com</webMaster>', 'warning MissingRealName 3'],
    ['<pubDate>2024-03-09T08:15:00Z</pubDate>', 'error InvalidRFC2822Date 3'],
    ['<lastBuildDate>Sat, 09 Mar 2024 08:15:00 UTC</lastBuildDate>', 'error InvalidRFC2822Date 3'],
    ['<lastBuildDate>Fri, 09 Mar 2024 08:15:00 GMT</lastBuildDate>', 'error IncorrectDOW 3'],
    ['<lastBuildDate>sat, 9 mar 24 08:15 GMT</lastBuildDate>', 'warning ProblematicalRFC822Date 3'],
    ['<lastBuildDate>Wed, 31 Dec 1969 23:59:59 GMT</lastBuildDate>', 'warning ImplausibleDate 3'],
    ['<docs>rss.html</docs>', 'error InvalidFullLink 3'],
    ['<docs>https://example.com/a b</docs>', 'error InvalidUriChar 3'],
    ['<docs>https://example.com/привет</docs>', 'error UriNotIri 3'],
    ['<docs>https:///path</docs>', 'error InvalidFullLink 3'],
    ['<docs>tag:nodate:x</docs>', 'error InvalidTAG 3'],
    ['<docs>urn:uuid:1234</docs>', 'error InvalidUUID 3'],
    ['<docs>urn:x</docs>', 'error InvalidURN 3'],
    ['<ttl>0</ttl>', 'error InvalidPositiveInteger 3'],
    ['<category/>', 'warning NotBlank 3'],
    ['<category Domain="x">a</category>', 'error UnexpectedAttribute 3'],
    ['<skipHours><hour>25</hour></skipHours>', 'error InvalidHour 3'],
    ['<skipHours><hour>24</hour></skipHours>', 'warning UseZeroForMidnight 3'],
    ['<skipHours><hour>1</hour><hour>1</hour></skipHours>', 'error DuplicateValue 3'],
    [
      `<skipHours>${'<hour>1</hour>'.repeat(25)}</skipHours>`,
      'error NotEnoughHoursInTheDay 3',
      'error DuplicateValue 3',
    ],
    ['<skipDays><day>Montag</day></skipDays>', 'error InvalidDay 3'],
    [
      `<skipDays>${['Mon', 'Tues', 'Wednes', 'Thurs', 'Fri', 'Satur', 'Sun', 'Sun'].map((day) => `<day>${day}day</day>`).join('')}</skipDays>`,
      'error EightDaysAWeek 3',
      'error DuplicateValue 3',
    ],
    ['<cloud domain="d" port="80" path="/" protocol="http-post"/>', 'error MissingAttribute 3'],
    [
      '<cloud domain="d" port="0" path="/" registerProcedure="" protocol="soap"/>',
      'error InvalidIntegerAttribute 3',
    ],
    [
      '<image><url>https://example.com/a.png</url><title>T</title></image>',
      'error MissingElement 3',
    ],
    [
      '<image><url>https://example.com/a.webp</url><title>T2</title><link>https://example.com</link><width>145</width><height>401</height></image>',
      'warning ImageUrlFormat 3',
      'warning ImageTitleDoesntMatch 3',
      'warning ImageLinkDoesntMatch 3',
      'error InvalidWidth 3',
      'error InvalidHeight 3',
    ],
    [
      '<textInput><title>S</title><description>S</description><name>q</name></textInput>',
      'warning AvoidTextInput 3',
      'error MissingElement 3',
    ],
    [
      '<managingEditor>a@b.c (A)</managingEditor><dc:creator>A</dc:creator>',
      'warning DuplicateSemantics 3',
    ],
    ['<sy:updatePeriod>often</sy:updatePeriod>', 'error InvalidUpdatePeriod 3'],
    ['<sy:updatePeriod>\n hourly\n </sy:updatePeriod>'],
    ['<dc:date>2024-03-09T08:15</dc:date>', 'error InvalidW3CDTFDate 3'],
    ['<atom:link rel="hub"/>', 'error MissingHref 3'],
    ['<atom:link rel="hub" href="https://hub.example/"/>'],
    ['<thr:totals>1</thr:totals>', 'warning UndefinedElement 3'],
    ['<x:y/>', 'error MissingNamespace 3'],
    ['<x:y xmlns:x="urn:unknown"/>', 'warning UnknownNamespace 3'],
    ['<media:y xmlns:media="http://search.yahoo.com/mrss"/>', 'warning MediaRssNamespace 3'],
    ['<dc:y xmlns:dc="http://purl.org/dc/elements/1.1"/>', 'warning ReservedPrefix 3'],
    [
      '<generator x:y="z" xmlns:x="http://xmlns.com/foaf/0.1/">G</generator>',
      'warning UseOfExtensionAttr 3',
    ],
  ])('with %s', (channel, ...expected) => {
    expect(findings(rss(channel))).toEqual(expected);
  });

  test('needs title, link and description, and should say its own address', () => {
    expect(findings('<rss version="2.0"><channel/></rss>')).toEqual([
      'error MissingElement 1',
      'error MissingElement 1',
      'error MissingElement 1',
      'warning MissingAtomSelfLink 1',
    ]);
  });

  test('stands before its items', () => {
    const late = rss('').replace('</channel>', '\n<ttl>60</ttl></channel>');
    expect(findings(late)).toEqual(['warning MisplacedItem 7']);
  });

  test('is compared with the address from which it came', () => {
    expect(findings(rss(''), { location: 'https://example.com/feed.rss' })).toEqual([]);
    expect(findings(rss(''), { location: 'https://example.com/other' })).toEqual([
      'warning SelfDoesntMatchLocation 2',
    ]);
  });
});

describe('an item', () => {
  test.each([
    ['<title>U</title>', 'error DuplicateElement 5'],
    ['<link>/relative</link>', 'error InvalidFullLink 5'],
    ['<author>Ann</author>', 'error InvalidContact 5'],
    ['<author>ann@example.com (Ann)</author>'],
    ['<author>a@b.c (A)</author><dc:creator>A</dc:creator>', 'warning DuplicateItemSemantics 5'],
    ['<pubDate>Sat, 09 Mar 2024 08:15:00 +0300</pubDate>'],
    ['<pubDate>Sat, 30 Feb 2024 08:15:00 GMT</pubDate>', 'error InvalidRFC2822Date 5'],
    ['<pubDate>Sat, 09 Mar 2024 08:15:00</pubDate>', 'error InvalidRFC2822Date 5'],
    ['<source>S</source>', 'error MissingAttribute 5'],
    ['<enclosure url="/a.mp3" length="1" type="audio/mpeg"/>', 'error InvalidURLAttribute 5'],
    [
      '<enclosure url="https://e.com/a.mp3" length="-1" type="audio/mpeg"/>',
      'error UseZeroForUnknown 5',
    ],
    [
      '<enclosure url="https://e.com/a.mp3" length="1 MB" type="audio/mpeg"/>',
      'error InvalidIntegerAttribute 5',
    ],
    [
      '<enclosure url="https://e.com/a.mp3" length="1" type="mp3"/>',
      'error InvalidMIMEAttribute 5',
    ],
    [
      '<enclosure url="https://e.com/a.mp3"/>',
      'error MissingAttribute 5',
      'error MissingAttribute 5',
    ],
    [
      '<enclosure url="https://e.com/a.mp3" length="1" type="audio/mpeg"/>\n<enclosure url="https://e.com/b.mp3" length="1" type="audio/mpeg"/>',
      'warning DuplicateEnclosure 6',
    ],
    ['<content:encoded>&lt;p onclick="x"&gt;</content:encoded>', 'warning SecurityRiskAttr 5'],
    [
      '<content:encoded><![CDATA[<a href="javascript:x()">a</a>]]></content:encoded>',
      'warning SecurityRiskAttr 5',
    ],
    [
      '<content:encoded><![CDATA[\n\n<iframe src="https://e.com"></iframe>]]></content:encoded>',
      'warning SecurityRisk 7',
    ],
    [
      '<content:encoded><![CDATA[\n<img src="a.png">\n<img src="b.png">]]></content:encoded>',
      'warning ContainsRelRef 6',
    ],
    [
      '<content:encoded><![CDATA[<img srcset="https://e.com/a.png 1x, b.png 2x">]]></content:encoded>',
      'warning ContainsRelRef 5',
    ],
    [
      '<content:encoded><![CDATA[<p style="position: fixed">]]></content:encoded>',
      'warning DangerousStyleAttr 5',
    ],
    ['<content:encoded><p>x</p></content:encoded>', 'error UndefinedElement 5'],
    [
      '<content:encoded>a</content:encoded><content:encoded>b</content:encoded>',
      'error DuplicateElement 5',
    ],
    [
      '<slash:comments>-1</slash:comments>',
      'error InvalidNonNegativeInteger 5',
      'warning SlashDate 5',
    ],
    ['<wfw:commentRss>x</wfw:commentRss>', 'error InvalidFullLink 5'],
    ['<wfw:commentRSS>https://e.com/</wfw:commentRSS>', 'warning CommentRSS 5'],
    [
      '<media:content url="a.jpg" medium="picture"/>',
      'error InvalidURLAttribute 5',
      'error InvalidMediaMedium 5',
    ],
    ['<media:group><media:thumbnail/></media:group>', 'warning MissingAttribute 5'],
    [
      '<media:content url="https://e.com/a" expression="part"><media:title type="xhtml">t</media:title></media:content>',
      'error InvalidMediaExpression 5',
      'error InvalidMediaTextType 5',
    ],
    [
      '<media:restriction relationship="maybe">us</media:restriction>',
      'error InvalidMediaRestrictionRel 5',
    ],
    [
      '<geo:lat xmlns:geo="http://www.w3.org/2003/01/geo/wgs84_pos#">91</geo:lat>',
      'error InvalidLatitude 5',
    ],
    [
      '<georss:point xmlns:georss="http://www.georss.org/georss">45.2 -181</georss:point>',
      'error InvalidLongitude 5',
    ],
    ['<georss:point xmlns:georss="http://www.georss.org/georss">45.2 -71.9</georss:point>'],
    ['<podcast:episode>one</podcast:episode>', 'error InvalidFloat 5'],
    [
      '<podcast:soundbite startTime="1:00" duration="60">s</podcast:soundbite>',
      'error InvalidNPTTime 5',
    ],
    ['<podcast:transcript url="https://e.com/t.vtt"/>', 'error MissingAttribute 5'],
    ['<podcast:chapters url="https://e.com/c.json" type="json"/>', 'error InvalidMIMEAttribute 5'],
    ['<atom:link rel="next" href="https://e.com/2"/>', 'warning FeedHistoryRelInEntry 5'],
    ['<atom:link rel="my-own" href="https://e.com/2"/>', 'warning UnregisteredAtomLinkRel 5'],
  ])('with %s', (item, ...expected) => {
    expect(findings(rss('', item))).toEqual(expected);
  });

  test.each([
    ['', 'warning MissingGuid 4'],
    ['<guid/>', 'warning NotBlank 4'],
    ['<guid>not a url</guid>', 'error InvalidHttpGUID 4'],
    ['<guid>tag:example.com,2024:1</guid>', 'error InvalidPermalink 4'],
    ['<guid isPermaLink="no">https://e.com/</guid>', 'error InvalidBooleanAttribute 4'],
    ['<guid isPermalink="false">https://e.com/</guid>', 'error UnexpectedAttribute 4'],
    ['<guid isPermaLink="false">12</guid>', 'warning NotSufficientlyUnique 4'],
    ['<guid isPermaLink="false">tag:example.com,2024:1</guid>'],
  ])('known by %s', (guid, ...expected) => {
    expect(findings(rss('', '', guid))).toEqual(expected);
  });

  test('has a title or a description, and the latter before the whole content', () => {
    const bare = rss('').replace('<title>I</title><description>d</description>', '');
    expect(findings(bare)).toEqual(['error ItemMustContainTitleOrDescription 4']);
    const content = bare.replace(
      '</item>',
      '<title>I</title><content:encoded>c</content:encoded></item>',
    );
    expect(findings(content)).toEqual(['warning NeedDescriptionBeforeContent 6']);
  });

  test('does not share its guid', () => {
    const twice = rss('').replace(/<item>[\s\S]*<\/item>/, (item) => `${item}\n${item}`);
    expect(findings(twice)).toEqual(['error DuplicateValue 7']);
  });
});

describe('a podcast', () => {
  const complete = readFileSync(new URL('valid/podcast.rss', import.meta.url), 'utf8');
  test.each([
    ['<itunes:explicit>false', '<itunes:explicit>yes', 'warning InvalidTrueFalse 16'],
    ['<itunes:explicit>false', '<itunes:explicit>maybe', 'error InvalidTrueFalse 16'],
    ['text="Wilderness"', 'text="Chess"', 'error InvalidItunesCategory 14'],
    [
      'text="Society &amp; Culture"',
      'text="News &amp; Politics"',
      'warning ObsoleteItunesCategory 15',
    ],
    ['<itunes:duration>1079', '<itunes:duration>18 min', 'error InvalidDuration 32'],
    ['<itunes:type>serial', '<itunes:type>weekly', 'error InvalidItunesChannelType 11'],
    [
      '<itunes:episodeType>trailer',
      '<itunes:episodeType>teaser',
      'error InvalidItunesEpisodeType 23',
    ],
    [
      '<itunes:episode>4',
      '<itunes:keywords>a b c</itunes:keywords><itunes:episode>4',
      'warning InvalidKeywords 24',
    ],
    ['<itunes:season>2', '<itunes:season>two', 'error InvalidPositiveInteger 24'],
    ['<itunes:image href="https://example.com/art.png"/>', '', 'warning MissingItunesElement 3'],
    [
      '<itunes:image href="https://example.com/art.png"/>',
      '<itunes:image/>',
      'error MissingAttribute 13',
    ],
    ['<language>en-us</language>', '', 'warning MissingItunesElement 3'],
    ['<itunes:email>mountainscape@icloud.com</itunes:email>', '', 'warning MissingItunesEmail 12'],
    ['mountainscape@icloud.com', 'nobody', 'error InvalidContact 12'],
    ['trailer.mp3', 'trailer.ogg', 'warning UnsupportedItunesFormat 29'],
    ['yes</podcast:locked>', 'perhaps</podcast:locked>', 'error InvalidYesNo 17'],
    ['917393e3-1b1e', '917393e3', 'error InvalidUUID 18'],
    ['startTime="73.0" ', '', 'error MissingAttribute 36'],
    ['<itunes:author>', `<itunes:author>${'x'.repeat(256)}`, 'warning TooLong 9'],
  ])('with %s as %s', (written, changed, ...expected) => {
    expect(complete).toContain(written);
    expect(findings(complete.replace(written, changed))).toEqual(expected);
  });
});

describe('the version', () => {
  test.each([
    ['0.91', 'warning ObsoleteVersion 1'],
    ['0.92', 'warning ObsoleteVersion 1'],
    ['3.0', 'error InvalidRSSVersion 1'],
    ['2.0.1'],
  ])('%s', (version, ...expected) => {
    const feed = rss('').replace('version="2.0"', `version="${version}"`);
    expect(findings(feed)).toEqual(expected);
  });

  test('is required', () => {
    expect(findings(rss('').replace(' version="2.0"', ''))).toEqual(['error MissingAttribute 1']);
  });
});
