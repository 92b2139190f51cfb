import { describe, expect, test } from 'vitest';
import { cdata, clean, element, escaped, quoted, rssText, uri } from '../../src/feed/xml.ts';

describe('uri', () => {
  test.each([
    ['https://example.com/a?b=c&d=%20#e', 'https://example.com/a?b=c&d=%20#e'],
    ['https://example.com/a b', 'https://example.com/a%20b'],
    ['https://example.com/тест?q=ж', 'https://example.com/%D1%82%D0%B5%D1%81%D1%82?q=%D0%B6'],
    ['https://пример.рф/a', 'https://xn--e1afmkfd.xn--p1ai/a'],
    ['https://example.com/?a[]=1|2', 'https://example.com/?a%5B%5D=1%7C2'],
    ['http://[::1]:3000/[a]', 'http://[::1]:3000/%5Ba%5D'],
    ['https://example.com/100%', 'https://example.com/100%25'],
    ['https://example.com/"<>\\^`{}', 'https://example.com/%22%3C%3E%5C%5E%60%7B%7D'],
    ['ſ:\u212a', '%C5%BF:%E2%84%AA'],
    ['mailto:a@example.com', 'mailto:a@example.com'],
  ])('writes %s as %s', (address, expected) => {
    expect(uri(address)).toBe(expected);
  });

  test('leaves its own result as it is', () => {
    const once = uri('https://пример.рф/a b/[c]?d=%zz|');
    expect(uri(once)).toBe(once);
  });
});

test('clean drops what XML forbids and makes every newline one', () => {
  expect(clean('a\u0000\u0008\u000b\ufffe\ud800b\r\nc\rd\te')).toBe('ab\nc\nd\te');
});

test('escaped leaves quotes, quoted does not, and neither loses a newline', () => {
  expect(escaped(`<a> & "b" 'c'`)).toBe(`&lt;a&gt; &amp; "b" 'c'`);
  expect(quoted(`"b" 'c'\n\td`)).toBe(`&quot;b&quot; 'c'&#10;&#9;d`);
});

test('cdata ends at its own end only, however often the text has one', () => {
  expect(cdata(']]>]]>')).toBe('<![CDATA[]]]]><![CDATA[>]]]]><![CDATA[>]]>');
});

test('element leaves out undefined attributes and closes itself when empty', () => {
  expect(element('a', { b: 1, c: undefined })).toBe('<a b="1"/>');
  expect(element('a', {}, 'x')).toBe('<a>x</a>');
});

test('rssText writes what looks like markup as the RSS profile asks', () => {
  expect(rssText('C++ & <T>')).toBe('C++ &#x26; &#x3C;T&gt;');
});
