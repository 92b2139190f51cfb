import type { Random } from '../simulation/random.ts';
import { addresses, phrase, several, word } from './words.ts';

/** Bodies by grammar: Markdown, tags of every template language, components, and HTML as no one should write it. */

const elements = (
  'a p b i em div span img table tr td th ul ol li pre code blockquote h1 h2 script style iframe object embed ' +
  'svg math mi mtext mglyph annotation-xml foreignObject desc title textarea xmp noscript noembed noframes ' +
  'plaintext template select option form input button isindex marquee video audio source track picture ' +
  'details summary link meta base body html head frameset frame applet param bgsound keygen dialog slot ' +
  'image font center listing x-y a:b A1 svg:script set animate use feImage ruby rt rp wbr br hr col caption'
).split(' ');
const attributes = (
  'href src srcset style onclick onerror onload onfocus autofocus id name class title alt data action ' +
  'formaction xlink:href srcdoc background poster cite longdesc rel target type value width height ping ' +
  'data-src data-srcset is contenteditable tabindex accesskey http-equiv content lang dir align controls'
).split(' ');

function tag(random: Random): string {
  const name = random.pick(elements);
  const given = several(random, 3, () => {
    const attribute = random.chance(0.1) ? word(random) : random.pick(attributes);
    const of = random.chance(0.6) ? random.pick(addresses) : phrase(random, 3);
    const quote = random.pick(['"', "'", '', '`', '"']);
    return `${attribute}${random.pick(['=', '=', ' = ', ''])}${quote}${of}${random.chance(0.95) ? quote : ''}`;
  });
  const gap = random.pick([' ', ' ', '/', '\n', '\t', '\f']);
  return `<${random.chance(0.1) ? name.toUpperCase() : name}${given.map((one) => gap + one).join('')}${random.pick(['>', '>', '>', '/>', ' >', ''])}`;
}

function element(random: Random, depth: number): string {
  if (depth > 3 || random.chance(0.3)) return tag(random);
  const name = random.pick(elements);
  const close = random.pick([
    `</${name}>`,
    `</${name}>`,
    `</${name} >`,
    '',
    `</${random.pick(elements)}>`,
  ]);
  return `<${name}>${pieces(random, depth + 1)}${close}`;
}

function markdown(random: Random, depth: number): string {
  const inner = () => (depth > 3 ? word(random) : pieces(random, depth + 1));
  const url = () => random.pick(addresses);
  return random.pick<() => string>([
    () => `**${inner()}**`,
    () => `*${inner()}_`,
    () => `[${inner()}](${url()} "${word(random)}")`,
    () => `![${word(random)}](<${url()}>)`,
    () => `[${word(random)}][x]\n\n[x]: ${url()} '${word(random)}'\n\n`,
    () => `<${url()}>`,
    () => `\n\n# ${inner()} {#${word(random)} .x}\n\n`,
    () => `\n\n> ${inner()}\n\n`,
    () => `\n- ${inner()}\n  1. ${word(random)}\n`,
    () => `\n\n| a | ${word(random)} |\n|:-|-:|\n| ${inner()} | b |\n\n`,
    () => `\n\`\`\`${word(random)}\n${word(random)}\n\`\`\`\n`,
    () => `\`${word(random)}\``,
    () => `\n\n    ${word(random)}\n\n`,
    () => `text[^1]\n\n[^1]: ${inner()}\n\n`,
    () => `^[${inner()}]`,
    () => `\n\n*[${word(random)}]: ${word(random)}\n\n`,
    () => `\n\n${word(random)}\n: ${inner()}\n\n`,
    () => `\n{: .${word(random)} #${word(random)} onclick="x" style="y"}\n`,
    () => `~~${inner()}~~`,
    () => `\n\n***\n\n`,
    () => `\n<div markdown="1">${inner()}</div>\n`,
    () => `\n- [x] ${word(random)}\n`,
    () => `\n<!--more-->\n`,
    () => `$$${word(random)}$$`,
  ])();
}

function liquid(random: Random, depth: number): string {
  const inner = () => (depth > 3 ? word(random) : pieces(random, depth + 1));
  const of = () =>
    random.pick([
      'page.title',
      'page.tags',
      'site.url',
      'page',
      'site',
      'x',
      '"a"',
      '1',
      'page.constructor',
      'site.__proto__',
      '(1..5)',
      'page["title"]',
    ]);
  const filter = () =>
    random.pick([
      'upcase',
      'strip_html',
      'markdownify',
      'escape',
      'url_encode',
      'json',
      'inspect',
      'split: ""',
      'join: "<"',
      'date: "%Y"',
      'relative_url',
      'absolute_url',
      'size',
      'first',
      'slugify',
      'truncate: 3',
      'append: "<script>"',
      'replace: "a", "<"',
      'where: "a"',
      'xml_escape',
      'nothing',
    ]);
  return random.pick<() => string>([
    () => `{{ ${of()} | ${filter()} | ${filter()} }}`,
    () => `{{- ${word(random)} -}}`,
    () => `{% if ${of()} contains ${of()} %}${inner()}{% else %}b{% endif %}`,
    () => `{% for x in ${of()} %}${inner()}{% endfor %}`,
    () => `{% assign x = ${of()} | ${filter()} %}`,
    () => `{% capture x %}${inner()}{% endcapture %}{{ x }}`,
    () => `{% highlight ${word(random)} %}${inner()}{% endhighlight %}`,
    () => `{% raw %}${inner()}{% endraw %}`,
    () => `{% include ${word(random)} %}{% include_relative ../../etc/passwd %}`,
    () => `{% render "/etc/passwd" %}{% layout "x" %}`,
    () => `{% post_url ${word(random)} %}`,
    () => `[a]({% link ${word(random)} %})`,
    () => `{% comment %}${inner()}{% endcomment %}`,
    () => `{% ${word(random)} ${word(random)} %}`,
    () => `{% youtube ${word(random)} %}{% img ${word(random)} %}`,
    () => `{% unless x %}${inner()}`,
    () =>
      `{% cycle "a", "b" %}{% increment x %}{% tablerow x in page.tags %}${word(random)}{% endtablerow %}`,
  ])();
}

function shortcode(random: Random, depth: number): string {
  const inner = () => (depth > 3 ? word(random) : pieces(random, depth + 1));
  const name = random.pick(
    'figure img highlight code gist youtube vimeo x tweet instagram qr audio video param toc comment quote note ref relref tab constructor __proto__ a/b'.split(
      ' ',
    ),
  );
  const given = several(random, 3, () => {
    const of = random.chance(0.5) ? random.pick(addresses) : word(random);
    const named = random.pick([
      '',
      '',
      'src=',
      'title=',
      'caption=',
      'link=',
      'href=',
      'text=',
      'path=',
      'id=',
      'alt=',
      'width=',
      '__proto__=',
    ]);
    return `${named}${random.pick([`"${of}"`, `\`${of}\``, of])}`;
  }).join(' ');
  const [open, close] = random.pick([
    ['{{<', '>}}'],
    ['{{%', '%}}'],
    ['{{<', '%}}'],
  ] as const);
  return random.pick([
    `${open} ${name} ${given} ${close}`,
    `${open} ${name} ${given} ${close}${inner()}${open} /${name} ${close}`,
    `${open} ${name} ${given} /${close}`,
    `${open}/* ${name} */${close}`,
    `${open} ${name} ${given}`,
  ]);
}

function hexo(random: Random, depth: number): string {
  const inner = () => (depth > 3 ? word(random) : pieces(random, depth + 1));
  const name = random.pick(
    'codeblock quote pullquote asset_img asset_link asset_path post_link post_path youtube iframe link url jsfiddle raw constructor'.split(
      ' ',
    ),
  );
  const given = several(
    random,
    3,
    () =>
      `${random.pick(['', '"'])}${random.chance(0.5) ? random.pick(addresses) : word(random)}${random.pick(['', '"'])}`,
  );
  return `{% ${name} ${given.join(' ')} %}${random.chance(0.5) ? `${inner()}{% end${name} %}` : ''}`;
}

function component(random: Random, depth: number): string {
  const inner = () => (depth > 3 ? word(random) : pieces(random, depth + 1));
  return random.pick<() => string>([
    () => `<Image src="${random.pick(addresses)}" alt={"${word(random)}"} />`,
    () => `<YouTube id="${word(random)}"/>`,
    () => `<A.B c={${word(random)}}>${inner()}</A.B>`,
    () => `{${word(random)}}`,
    () => `{"${word(random)}"}`,
    () => `{/* ${word(random)} */}`,
    () => `\n\nimport a from "${word(random)}"\n\n`,
    () => `\n\nexport const a = {\n${word(random)}\n}\n\n`,
    () => `<div className="${word(random)}" onClick={() => ${word(random)}}>${inner()}</div>`,
    () => `<>${inner()}</>`,
  ])();
}

const kinds = [markdown, element, liquid, shortcode, hexo, component];

function pieces(random: Random, depth: number): string {
  return several(random, 4, () => piece(random, depth)).join(random.pick(['', ' ', '\n', '\n\n']));
}

function piece(random: Random, depth: number): string {
  return random.chance(0.35) ? phrase(random) : random.pick(kinds)(random, depth);
}

/** A body: of one language as a rule, with bits of the others. */
export function body(random: Random): string {
  const main = random.pick(kinds);
  const all = Array.from({ length: random.below(9) }, () =>
    random.chance(0.7) ? main(random, 0) : piece(random, 0),
  );
  return all.join(random.pick(['', ' ', '\n', '\n\n']));
}
