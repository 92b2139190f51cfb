import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanHtml } from '../../src/post/html.ts';

const link = 'https://example.com/2024/hello/';
const clean = (html: string) => cleanHtml(html, link).html;

describe('URLs', () => {
  test.each([
    ['beside the post', 'image.png', 'https://example.com/2024/hello/image.png'],
    ['from the root', '/a.png', 'https://example.com/a.png'],
    ['above the post', '../b/a.png', 'https://example.com/2024/b/a.png'],
    ['without a scheme', '//cdn.example.net/a.png', 'https://cdn.example.net/a.png'],
    ['with spaces', 'my file.png', 'https://example.com/2024/hello/my%20file.png'],
    ['with letters of any script', '/ф.png', 'https://example.com/%D1%84.png'],
    ['absolute already', 'http://a.example/x?a=1', 'http://a.example/x?a=1'],
  ])('a resource %s is absolute', (_name, url, expected) => {
    expect(clean(`<img src="${url}">`)).toBe(`<img src="${expected}">`);
  });

  test.each([
    ['http://'],
    ['http://[bad/'],
    ['javascript:alert(1)'],
    [' jav&#x09;ascript:alert(1)'],
    ['JAVASCRIPT&colon;alert(1)'],
    ['vbscript:x'],
    ['data:text/html,<script>x</script>'],
    ['about:invalid'],
    ['#'],
    [''],
  ])('a link to %s keeps its text and nothing else', (url) => {
    expect(clean(`<p><a href="${url}">text</a></p>`)).toBe('<p>text</p>');
  });

  test('a part of the page is a part of the post', () => {
    expect(clean('<a href="#part">x</a>')).toBe(`<a href="${link}#part">x</a>`);
    expect(cleanHtml('<a href="#part">x</a>', 'https://example.com/a').html).toBe(
      '<a href="https://example.com/a#part">x</a>',
    );
  });

  test('the post has a folder of its own, unless its link names a file', () => {
    const image = '<img src="a.png">';
    expect(cleanHtml(image, 'https://example.com/x').html).toContain('https://example.com/x/a.png');
    expect(cleanHtml(image, 'https://example.com/x.html').html).toContain(
      'https://example.com/a.png',
    );
  });

  test('a picture in a srcset that is written out keeps its comma, which is part of it', () => {
    const srcset = 'data:image/png;base64,AAAA 1x, https://example.com/b%2Cc.png 2x';
    const html = `<img srcset="${srcset}" alt="">`;
    expect(clean(html)).toBe(html);
  });

  test('every candidate of a srcset is absolute', () => {
    expect(clean('<img src="a.png" srcset="a.png 1x, /b,c.png 2x, data:x 3x">')).toBe(
      `<img src="${link}a.png" srcset="${link}a.png 1x, https://example.com/b%2Cc.png 2x">`,
    );
  });

  test('a lazy image gets its address, and pictures in data: URLs stay', () => {
    expect(clean('<img data-src="a.png" src="data:image/gif;base64,R0lGOD">')).toBe(
      `<img src="${link}a.png">`,
    );
    expect(clean('<img src="data:image/png;base64,iVBO">')).toBe(
      '<img src="data:image/png;base64,iVBO">',
    );
    expect(clean('<img src="data:image/svg+xml;base64,PHN2">')).toBe('');
  });
});

describe('what does not belong in a feed', () => {
  test.each([
    ['scripts', 'a<script>alert("<p>")</script>b', 'ab'],
    ['styles', 'a<style>p{}</style><p style="color:red" onclick="x()">b</p>', 'a<p>b</p>'],
    ['templates and no-scripts', '<template><p>a</p></template><noscript>b</noscript>c', 'c'],
    ['forms, but not their text', '<form>a<input value="x"><label>b</label></form>', 'a b'],
    ['comments and declarations', '<!DOCTYPE html><!-- a --><?php x ?>b', 'b'],
    ['unknown elements, but not their text', '<my-box><font>a</font></my-box>', 'a'],
    ['pictures of code', '<p>a<svg><title>t</title><path d="M0"/></svg>b</p>', '<p>ab</p>'],
    ['formulas, but not their text', '<math alttext="x^2"><mi>x</mi></math>', 'x^2'],
    ['paragraphs of nothing', '<p></p><p>&nbsp;</p><p>a</p>', '<p>a</p>'],
    [
      'links around links',
      '<a href="/a">a<a href="/b">b</a></a>',
      '<a href="https://example.com/a">a</a><a href="https://example.com/b">b</a>',
    ],
    ['characters that XML forbids', 'a&#8;b\u000bc&#xFFFE;d', 'abcd'],
  ])('%s are left out', (_name, html, expected) => {
    expect(clean(html)).toBe(expected);
  });
});

test('a name in angle brackets that is no element stays, unless an end tag shows it is one', () => {
  expect(clean('<p>ssh <user name>@host</p>')).toBe('<p>ssh &lt;user name&gt;@host</p>');
  expect(clean('<p><password></p>')).toBe('<p>&lt;password&gt;</p>');
  expect(clean('<p><mark><blah>a</blah></mark><font>b</p>')).toBe('<p><mark>a</mark>b</p>');
});

describe('players', () => {
  test.each([
    [
      'https://www.youtube.com/embed/dQw4w9WgXcQ?rel=0',
      'https://www.youtube.com/watch?v=dQw4w9WgXcQ',
    ],
    ['//www.youtube-nocookie.com/embed/dQw4w9WgXcQ', 'https://www.youtube.com/watch?v=dQw4w9WgXcQ'],
    ['https://player.vimeo.com/video/76979871?h=x', 'https://vimeo.com/76979871'],
    ['https://open.spotify.com/embed/episode/abc', 'https://open.spotify.com/episode/abc'],
    [
      'https://w.soundcloud.com/player/?url=https%3A//soundcloud.com/a/b&amp;color=red',
      'https://soundcloud.com/a/b',
    ],
    ['https://maps.example.com/frame', 'https://maps.example.com/frame'],
  ])('a frame of %s is a link to its page', (src, page) => {
    expect(clean(`<iframe src="${src}"></iframe>`)).toBe(`<p><a href="${page}">${page}</a></p>`);
  });

  test('the title of a frame is the text of its link', () => {
    expect(clean('<p><iframe src="https://vimeo.com/1" title="A & B"></iframe></p>')).toBe(
      '<p><a href="https://vimeo.com/1">A &amp; B</a></p>',
    );
  });

  test('an object and the embedding in it are one link', () => {
    const html =
      '<object><param name="movie" value="http://www.youtube.com/v/abc"><embed src="http://www.youtube.com/v/abc"></object>';
    expect(clean(html)).toBe(
      '<p><a href="https://www.youtube.com/watch?v=abc">https://www.youtube.com/watch?v=abc</a></p>',
    );
  });
});

describe('parts', () => {
  test('the first paragraph with text, heading and image are noted', () => {
    const html =
      '<h2>A &amp; <em>b</em></h2><p><img src="/p.gif" width="1"><img src="/a.png"></p><p>One <b>two</b></p><p>Three</p>';
    expect(cleanHtml(html, link)).toMatchObject({
      firstHeading: 'A & b',
      firstParagraph: 'One <b>two</b>',
      firstImage: 'https://example.com/a.png',
    });
  });

  test('media are noted once, with their types', () => {
    const html =
      '<audio src="a.mp3"></audio><video><source src="/v.webm"><source src="/v.mp4"></video>' +
      '<audio><source src="https://example.com/x" type="audio/ogg; codecs=opus"></audio><audio src="a.mp3"></audio>';
    expect(cleanHtml(html, link).media).toEqual([
      { url: `${link}a.mp3`, type: 'audio/mpeg' },
      { url: 'https://example.com/v.webm', type: 'video/webm' },
      { url: 'https://example.com/x', type: 'audio/ogg' },
    ]);
  });

  test.each([
    ['<!--more-->'],
    ['<!-- more -->'],
    ['<!-- excerpt -->'],
    ['<!-- truncate -->'],
    ['<!--more Read on-->'],
  ])('%s ends the excerpt, which is well nested', (marker) => {
    const parts = cleanHtml(`<div><p>One</p><ul><li>two${marker} three</li></ul></div>`, link);
    expect(parts.excerpt).toBe('<div><p>One</p><ul><li>two</li></ul></div>');
    expect(parts.html).toBe('<div><p>One</p><ul><li>two three</li></ul></div>');
  });

  test('what was opened only for what follows is not in the excerpt', () => {
    expect(cleanHtml('<p>One</p><div><p><!--more-->two</p></div>', link).excerpt).toBe(
      '<p>One</p>',
    );
  });

  test('a marker before all text, or a comment about more, ends nothing', () => {
    expect(cleanHtml('<!--more--><p>a</p>', link).excerpt).toBeUndefined();
    expect(cleanHtml('<p>a</p><!-- more of this later -->', link).excerpt).toBeUndefined();
  });
});

const voids = new Set('br col hr img source track wbr'.split(' '));

/** The fault in the nesting or escaping of clean HTML, if there is one. */
function fault(html: string): string | undefined {
  const open: string[] = [];
  for (const [tag, end, name] of html.matchAll(/<(\/?)([a-z0-9]+)(?: [a-z]+="[^"<>]*")*>|[<>]/g)) {
    if (!name) return `stray ${tag}`;
    if (voids.has(name)) continue;
    if (!end) open.push(name);
    else if (open.pop() !== name) return `${tag} closes another`;
  }
  return open.length > 0 ? `open: ${open}` : undefined;
}

test('whatever enters, what leaves is well nested, and cleaning it again changes nothing', () => {
  const piece = fc.constantFrom(
    ...'<p>,</p>,<a href="b">,</a>,<a>,<div>,</div>,<li>,<ul>,</ul>,<table>,<tr>,<td>,</table>,<br>,</br>,<img src="x">,<pre>,</pre>,<!--more-->,<iframe src="y">,</iframe>,<object>,</object>,<svg>,</svg>,<b>,</b>,text, ,&lt;,&amp;,<,>,",\u0001,<form>,<script>,</script>,<span id="i">,</span>,<audio>,<source src="a.mp3">'.split(
      ',',
    ),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const { html, excerpt = '', firstParagraph } = cleanHtml(pieces.join(''), link);
      for (const part of [html, excerpt, firstParagraph]) expect(fault(part)).toBeUndefined();
      expect(clean(html)).toBe(html);
    }),
    { numRuns: 500 },
  );
});

test('a hundred thousand nested elements end in bounded time, cut at a bounded depth', () => {
  const html = clean(`${'<div>'.repeat(100_000)}deep`);
  expect(html).toContain('deep');
  expect(html.indexOf('</div>')).toBe('<div>'.length * 257);
  expect(fault(html)).toBeUndefined();
});

test('what stands after elements too deep is as deep as its author put it', () => {
  const html = clean(`${'<div>'.repeat(300)}a${'</div>'.repeat(300)}<p>b</p>`);
  expect(html.endsWith('</div><p>b</p>')).toBe(true);
});
