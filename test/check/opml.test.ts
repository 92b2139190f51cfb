import { describe, expect, test } from 'vitest';
import { findings } from './findings.ts';

/** A valid list with more in its head, on line 2, and in its body, on line 3. */
function opml(head: string, body = '', version = '2.0'): string {
  return `<opml version="${version}"><head><title>T</title>
${head}</head><body><outline text="x"/>
${body}</body></opml>`;
}

describe('a list', () => {
  test.each([
    ['<title>U</title>', 'error DuplicateElement 2'],
    ['<author>A</author>', 'error UndefinedElement 2'],
    ['<dateCreated>2024-03-09</dateCreated>', 'error InvalidRFC2822Date 2'],
    ['<dateModified>Sat, 09 Mar 2024 08:15:00 GMT</dateModified>'],
    ['<ownerEmail>Ann</ownerEmail>', 'error InvalidContact 2'],
    ['<ownerId>ann</ownerId>', 'error InvalidURLAttribute 2'],
    ['<expansionState>1, 2; 3</expansionState>', 'error InvalidExpansionState 2'],
    ['<windowTop>high</windowTop>', 'error InvalidInteger 2'],
  ])('with %s in its head', (head, ...expected) => {
    expect(findings(opml(head))).toEqual(expected);
  });

  test.each([
    ['1.0', 'warning ObsoleteVersion 1'],
    ['1.1', 'warning ObsoleteVersion 1'],
    ['3', 'error InvalidOPMLVersion 1'],
  ])('of version %s', (version, ...expected) => {
    expect(findings(opml('', '', version))).toEqual(expected);
  });

  test('needs version, head, body and an outline', () => {
    expect(findings('<opml/>')).toEqual([
      'error MissingAttribute 1',
      'error MissingElement 1',
      'error MissingElement 1',
    ]);
    expect(findings('<opml version="2.0"><head/><body/></opml>')).toEqual([
      'error MissingElement 1',
    ]);
  });
});

describe('an outline', () => {
  test.each([
    ['<outline/>', 'error MissingAttribute 3'],
    ['<outline text="a">\n<outline/></outline>', 'error MissingAttribute 4'],
    ['<outline text="a" anything="b"/>'],
    ['<outline text="a">b</outline>', 'error UnexpectedText 3'],
    ['<outline text="a" type="rss" title="a" xmlUrl="https://e.com/"/>'],
    ['<outline text="a" type="rss" title="a"/>', 'error MissingXmlURL 3'],
    ['<outline text="a" type="rss" xmlUrl="https://e.com/"/>', 'warning MissingTitleAttr 3'],
    ['<outline text="a" title="a" xmlUrl="https://e.com/"/>', 'warning MissingOutlineType 3'],
    ['<outline text="a" type="include"/>', 'error MissingUrlAttr 3'],
    ['<outline text="a" type="rss" title="a" xmlUrl="/feed"/>', 'error InvalidFullLink 3'],
    ['<outline text="a" created="yesterday"/>', 'error InvalidRFC2822Date 3'],
    ['<outline text="a" isComment="yes"/>', 'error InvalidTrueFalse 3'],
    ['<outline text="a" language="English"/>', 'error InvalidLanguage 3'],
    ['<outline text="a" version="Gopher"/>', 'warning InvalidOutlineVersion 3'],
    ['<item/>', 'error UndefinedElement 3'],
  ])('like %s', (outline, ...expected) => {
    expect(findings(opml('', outline))).toEqual(expected);
  });
});
